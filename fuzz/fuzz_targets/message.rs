#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| accord_fuzz::target("message").expect("it is listed")(bytes));
