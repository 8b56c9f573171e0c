//! Accord beside its peers: the same documents and the same work, one table of figures and ratios.
//!
//!     cargo run --release --manifest-path benches/peers/Cargo.toml              # some minutes, and who takes too long is left out
//!     cargo run --release --manifest-path benches/peers/Cargo.toml -- --long    # one round, and everybody to the end: an hour
//!
//! `--program PATH` measures a program that is built already.
//!
//! Every node is a process of its own, with its documents on disk; the two of a pair reach each other only through a door
//! that counts what passes. Contenders are the real `accord`, samod with its file-system storage, Automerge's own sync of
//! documents that are loaded already, and the compressed changes over a bare stream.
//! What each line means is in `docs/performance.md`.

mod accord;
mod bare;
mod bound;
mod contender;
mod documents;
mod samod;
mod table;
mod worker;

// What this bench and the one of the node have in common.
#[path = "../../support/fill.rs"]
mod fill;
#[path = "../../support/frameworks.rs"]
mod frameworks;
#[path = "../../support/line.rs"]
mod line;
#[path = "../../support/measure.rs"]
mod measure;
#[allow(dead_code, reason = "what a node reads is asked by the other one")]
#[path = "../../support/node.rs"]
mod node;
#[path = "../../support/office.rs"]
mod office;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use std::time::Duration;

use contender::{Bounds, Make, Work, first_sync, steady};
use documents::Shape;
use table::Table;

/// Whatever goes wrong ends the bench with its words.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Who is measured, each in its turn.
const CONTENDERS: [Make; 4] = [accord::make, samod::make, bare::make, bound::make];

/// Some minutes: of each figure the least of three counts.
const SHORT: Bounds = Bounds { rounds: 3, patience: Duration::from_secs(60) };
/// Everybody to the end.
const LONG: Bounds = Bounds { rounds: 1, patience: Duration::from_secs(3_600) };

/// Where the project begins.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The program that is measured, once it is known.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

fn program() -> PathBuf {
    PROGRAM.get_or_init(|| project().join("target/release/accord")).clone()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        // A node of another system, in a process of its own: this program runs itself.
        ["worker", system, folder, port] => worker(system, Path::new(folder), port),
        [] => build().and_then(|()| bench(SHORT)),
        ["--long"] => build().and_then(|()| bench(LONG)),
        ["--program", path] => {
            PROGRAM.get_or_init(|| PathBuf::from(path));
            bench(SHORT)
        }
        _ => Err("the arguments are none, --long, or --program PATH".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn worker(system: &str, folder: &Path, port: &str) -> Outcome<()> {
    match system {
        "samod" => samod::worker(folder, port.parse()?),
        "bare" => bare::worker(folder, port.parse()?),
        _ => Err("there is no such system".into()),
    }
}

fn build() -> Outcome<()> {
    let mut cargo = Command::new("cargo");
    let built = cargo.args(["build", "--release", "--locked"]).current_dir(project());
    if built.status()?.success() { Ok(()) } else { Err("the program could not be built".into()) }
}

fn bench(bounds: Bounds) -> Outcome<()> {
    let folder = tempfile::Builder::new().prefix("accord-peers-").tempdir()?;
    let mut table = Table::default();
    for documents in [100, 1_000, 10_000] {
        let work = Work { documents, changes: 19, shape: Shape::Small, both: true };
        let folder = folder.path().join(documents.to_string());
        steady(&CONTENDERS, &folder, &work, bounds, &mut table)?;
        std::fs::remove_dir_all(folder)?;
    }
    let work = Work { documents: 1_000, changes: 19, shape: Shape::Tunisia, both: false };
    first_sync(&CONTENDERS, folder.path(), &work, bounds, &mut table)?;
    print!("{table}");
    folder.close()?;
    Ok(())
}
