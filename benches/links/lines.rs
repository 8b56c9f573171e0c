//! The lines, and what goes over each.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use accord_links::{Line, Net};

use crate::Outcome;
use crate::fill::fill;
use crate::office::{Programme, Router};
use crate::table::Table;

/// Round trips in milliseconds, how much is lost, and whether the line is what takes the time: over the better ones it is
/// verifying and storing, and what they carry is only told.
const LINES: [(u64, f64, bool); 4] =
    [(50, 0.0, false), (50, 0.01, false), (300, 0.01, true), (600, 0.03, true)];

/// What is new for each line.
const DOCUMENTS: usize = 1_000;
const ENTRIES: usize = 40;

/// How much of what the bare stream carries in a second must be carried at least.
const TARGET: f64 = 0.5;

const PATIENCE: Duration = Duration::from_secs(600);

/// Measures over each of the lines, and says whether all targets are met.
pub(crate) fn measure() -> Outcome<bool> {
    let routers = [Router::None, Router::None];
    let plan: Vec<_> = routers.iter().enumerate().map(|(at, router)| router.plan(at)).collect();
    let mut table = Table::default();
    for (milliseconds, loss, held) in LINES {
        let net = match Net::new(1, &plan) {
            Ok(net) => net,
            Err(why) => {
                println!("skipped: {why}");
                return Ok(true);
            }
        };
        let mut programme = Programme::found(net, &routers);
        // The filled documents stand under the authority of this one.
        programme.write(0, 1);
        programme.until_in_step(0, 1, PATIENCE);
        let line = Line::round_trip(Duration::from_millis(milliseconds)).losing(loss);
        let ours = sync(&mut programme, line)?;
        let theirs = stream(&programme, line, ours.bytes)?;
        let ratio = ours.rate() / theirs.rate();
        let words = |run: &Run| {
            format!("{:.0} kB/s ({:.2} MB in {:.1?})", run.rate() / 1e3, run.bytes as f64 / 1e6, run.took)
        };
        let what = format!("{milliseconds} ms, {} % lost", loss * 100.0);
        table.note(format!("{what}: accord"), words(&ours));
        table.note(format!("{what}: bare stream"), words(&theirs));
        let (what, figure) = (format!("{what}: ratio"), format!("{ratio:.2}"));
        if held {
            table.hold(what, figure, format!("at least {TARGET}"), ratio >= TARGET);
        } else {
            table.note(what, figure);
        }
    }
    println!("{table}");
    Ok(table.holds())
}

/// What went over the line of the one that sends, and how long it took.
struct Run {
    bytes: u64,
    took: Duration,
}

impl Run {
    fn rate(&self) -> f64 {
        self.bytes as f64 / self.took.as_secs_f64()
    }
}

/// Sends documents that are new to the other one, from the start of its node until both hold the same.
fn sync(programme: &mut Programme, line: Line) -> Outcome<Run> {
    programme.net.set(0, Line::default());
    programme.stop(1);
    programme.stop(0);
    fill(programme.home(0), DOCUMENTS, ENTRIES, None)?;
    programme.start(0);
    programme.net.set(0, line);
    let before = programme.net.counts(0).sent;
    let began = Instant::now();
    programme.start(1);
    programme.until_in_step(0, 1, PATIENCE);
    Ok(Run { took: began.elapsed(), bytes: programme.net.counts(0).sent - before })
}

/// Sends as many bytes over a bare stream, with both nodes stopped or silent.
fn stream(programme: &Programme, line: Line, bytes: u64) -> Outcome<Run> {
    programme.net.set(0, line);
    let me = std::env::current_exe()?;
    let me = me.to_str().ok_or("the path of this bench is no text")?;
    let address = format!("/ip4/{}/tcp/4801", Router::None.plan(1).0);
    let mut taker = programme.net.command(1, me).args(["take", &address]).stdout(Stdio::piped()).spawn()?;
    let said = taker.stdout.take().ok_or("it has no output")?;
    let mut first = String::new();
    BufReader::new(said).read_line(&mut first)?;
    let before = programme.net.counts(0).sent;
    let sent = programme.net.command(0, me).args(["send", &address, &bytes.to_string()]).output()?;
    let _ = taker.kill();
    let _ = taker.wait();
    if !sent.status.success() {
        return Err(format!("the bare stream failed: {}", String::from_utf8_lossy(&sent.stderr)).into());
    }
    let took: u64 = String::from_utf8(sent.stdout)?.trim().parse()?;
    Ok(Run { took: Duration::from_millis(took), bytes: programme.net.counts(0).sent - before })
}
