//! `accord get` through the socket of a running node, beside a process that does nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::measure::{middle_and_ninth, time};
use crate::office::Programme;
use crate::table::Table;

/// The whole run of the command takes at most this many empty starts.
const AT_MOST: f64 = 4.0;

const WARM_UP: usize = 20;
const PAIRS: usize = 400;

pub(crate) fn measure(folder: &Path, table: &mut Table) -> Outcome<()> {
    let Programme { one, .. } = Programme::found(folder)?;
    let empty = empty_program(folder)?;
    let node = one.start()?;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tunisia.yaml");
    one.run(&["new", "framework", "Tunisia", "--from", &example.display().to_string()])?;
    let country = one.run(&["get", "Tunisia", "country"])?;
    if country != "TN" {
        return Err(format!("the country of the framework is TN, and not {country}").into());
    }
    let mut get = one.command(&["get", "Tunisia", "country"]);
    let mut nothing = Command::new(empty);
    nothing.env_clear();
    for _ in 0..WARM_UP {
        run(&mut get)?;
        run(&mut nothing)?;
    }
    let (mut gets, mut starts, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        // Each goes first every second time, so that neither always finds what the other left in the caches.
        let (get, start) = if pair % 2 == 0 {
            let get = run(&mut get)?;
            (get, run(&mut nothing)?)
        } else {
            let start = run(&mut nothing)?;
            (run(&mut get)?, start)
        };
        gets.push(get.as_secs_f64());
        starts.push(start.as_secs_f64());
        ratios.push(get.as_secs_f64() / start.as_secs_f64());
    }
    node.stop()?;
    let seconds = |seconds: f64| time(Duration::from_secs_f64(seconds));
    let both = |(middle, ninth): (f64, f64)| format!("{} ({})", seconds(middle), seconds(ninth));
    table.note("start of an empty process, median (9 of 10)", both(middle_and_ninth(starts)));
    table.note("`accord get` through the socket, median (9 of 10)", both(middle_and_ninth(gets)));
    let (ratio, ninth) = middle_and_ninth(ratios);
    let figure = format!("{ratio:.2} ({ninth:.2})");
    let target = format!("at most {AT_MOST}");
    table.hold("get / empty process, median of pairs (9 of 10)", figure, target, ratio <= AT_MOST);
    Ok(())
}

/// Builds a program that does nothing: what every process of this language and system costs.
fn empty_program(folder: &Path) -> Outcome<PathBuf> {
    let (source, program) = (folder.join("empty.rs"), folder.join("empty"));
    std::fs::write(&source, "fn main() {}\n")?;
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let built = Command::new(compiler)
        .args(["--edition", "2024", "-C", "opt-level=3", "-o"])
        .args([&program, &source])
        .status()?;
    if !built.success() {
        return Err("the program that does nothing could not be built".into());
    }
    Ok(program)
}

/// From before the process is made until it is gone.
fn run(command: &mut Command) -> Outcome<Duration> {
    let began = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?.wait()?;
    let took = began.elapsed();
    if !status.success() {
        return Err("a command that was measured failed".into());
    }
    Ok(took)
}
