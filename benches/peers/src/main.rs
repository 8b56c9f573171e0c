//! Accord beside its peers: the same documents and the same work, one table of figures and ratios.
//!
//!     cargo run --release --manifest-path benches/peers/Cargo.toml              # some minutes
//!     cargo run --release --manifest-path benches/peers/Cargo.toml -- --long    # with 10,000 documents everywhere: half an hour
//!
//! Every node is a process of its own, with its documents on disk; the two of a pair reach each other only through a door
//! that counts what passes. Contenders are the real `accord`, samod with its file-system storage, Automerge's own sync of
//! documents that are loaded already, and, as what no system can be below, the compressed changes over a bare stream.
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

use contender::{Contender, Work, first_sync, steady};
use documents::Shape;
use table::Table;

/// Whatever goes wrong ends the bench with its words.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Where the project begins.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The program that is measured.
fn program() -> PathBuf {
    project().join("target/release/accord")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        // A node of another system, in a process of its own: this program runs itself.
        ["worker", system, folder, port] => worker(system, Path::new(folder), port),
        [] => bench(false),
        ["--long"] => bench(true),
        _ => Err("the only argument is --long".into()),
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

fn bench(long: bool) -> Outcome<()> {
    let built =
        Command::new("cargo").args(["build", "--release", "--locked"]).current_dir(project()).status()?;
    if !built.success() {
        return Err("the program could not be built".into());
    }
    let mut table = Table::default();
    for documents in [100, 1_000, 10_000] {
        let work = Work { documents, changes: 19, shape: Shape::Small };
        run::<accord::Accord>(&mut table, steady::<accord::Accord>, &work)?;
        // Beyond a thousand documents these take most of the bench's time.
        if long || documents <= 1_000 {
            run::<samod::Samod>(&mut table, steady::<samod::Samod>, &work)?;
            run::<bare::Bare>(&mut table, steady::<bare::Bare>, &work)?;
        }
        run::<bound::Bound>(&mut table, steady::<bound::Bound>, &work)?;
    }
    let work = Work { documents: 1_000, changes: 19, shape: Shape::Tunisia };
    run::<accord::Accord>(&mut table, first_sync::<accord::Accord>, &work)?;
    run::<samod::Samod>(&mut table, first_sync::<samod::Samod>, &work)?;
    run::<bare::Bare>(&mut table, first_sync::<bare::Bare>, &work)?;
    run::<bound::Bound>(&mut table, first_sync::<bound::Bound>, &work)?;
    print!("{table}");
    Ok(())
}

fn run<C: Contender>(
    table: &mut Table,
    measure: impl Fn(&Path, &Work, &mut Table) -> Outcome<()>,
    work: &Work,
) -> Outcome<()> {
    eprintln!("{}, {} documents", C::NAME, measure::count(work.documents as u64));
    let folder = tempfile::Builder::new().prefix("accord-peers-").tempdir()?;
    measure(folder.path(), work, table).map_err(|error| format!("{}: {error}", C::NAME).into())
}
