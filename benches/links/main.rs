//! How well a bad line is used: a first sync over slow lines that lose, beside a bare libp2p stream over TCP, Noise and Yamux that carries
//! as much over the same line.
//!
//! `cargo bench --bench links`, as root on Linux; elsewhere it says why it does nothing. What is compared is bytes on the line in a
//! second, packets that were lost and sent again included, so that neither gains by what it packs. Exits with 1 if a ratio misses
//! its target.

#[cfg(target_os = "linux")]
mod bare;
#[cfg(target_os = "linux")]
#[path = "../support/fill.rs"]
mod fill;
#[cfg(target_os = "linux")]
#[path = "../support/frameworks.rs"]
mod frameworks;
#[cfg(target_os = "linux")]
mod lines;
#[cfg(target_os = "linux")]
#[path = "../../tests/links/node.rs"]
mod node;
#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "the tests over bad lines do more with a programme")]
#[path = "../../tests/links/office.rs"]
mod office;
#[cfg(target_os = "linux")]
#[path = "../node/table.rs"]
mod table;

use std::process::ExitCode;

/// Whatever goes wrong ends the bench with its words.
#[cfg(target_os = "linux")]
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("skipped: network namespaces are of Linux only");
    ExitCode::SUCCESS
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    // Cargo says `--bench` to every bench; the bench runs itself in namespaces as the ends of the bare stream.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => lines::measure(),
        ["take", listen] => bare::take(listen).map(|()| true),
        ["send", to, bytes] => bare::send(to, bytes).map(|()| true),
        _ => Err("it takes no arguments".into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
