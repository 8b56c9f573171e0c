#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| accord_fuzz::target("bundle").expect("it is listed")(bytes));
