//! What a person waits for at the command line, and what a node costs that nobody asks for anything.
//!
//! `cargo bench --bench node` measures everything; `-- get`, `-- idle`, `-- packed`, `-- bulk` or `-- live` only a part; `-- --documents 1000` takes a
//! smaller programme than the one that the targets are about, and `--store redb` the other engine for what is packed. What
//! each figure means is in `docs/performance.md`.
//! Exits with 1 if something that is held to a target misses it.

mod bulk;
mod get;
mod idle;
mod live;
mod packed;
mod table;

// What this bench and the one beside other systems have in common.
#[path = "../support/fill.rs"]
mod fill;
#[path = "../support/frameworks.rs"]
mod frameworks;
#[path = "../support/line.rs"]
mod line;
#[path = "../support/measure.rs"]
mod measure;
#[allow(dead_code, reason = "processor time is asked by the other benches")]
#[path = "../support/node.rs"]
mod node;
#[path = "../support/office.rs"]
mod office;

use std::path::PathBuf;
use std::process::ExitCode;

use table::Table;

/// Whatever goes wrong ends the bench with its words.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The program that is measured.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_accord"))
}

/// What to measure.
struct Wanted {
    get: bool,
    idle: bool,
    packed: bool,
    bulk: bool,
    live: bool,
    engine: String,
    documents: usize,
}

fn main() -> ExitCode {
    match wanted().and_then(|wanted| run(&wanted)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wanted() -> Outcome<Wanted> {
    let engine = "sled".to_owned();
    let mut wanted = Wanted {
        get: false,
        idle: false,
        packed: false,
        bulk: false,
        live: false,
        engine,
        documents: 10_000,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo says so to every bench.
            "--bench" => {}
            "get" => wanted.get = true,
            "idle" => wanted.idle = true,
            "packed" => wanted.packed = true,
            "bulk" => wanted.bulk = true,
            "live" => wanted.live = true,
            "--store" => wanted.engine = arguments.next().ok_or("which engine?")?,
            "--documents" => wanted.documents = arguments.next().ok_or("how many documents?")?.parse()?,
            other => {
                let known = "get, idle, packed, bulk, live, --documents NUMBER, --store ENGINE";
                return Err(format!("`{other}` is none of: {known}").into());
            }
        }
    }
    if !(wanted.get || wanted.idle || wanted.packed || wanted.bulk || wanted.live) {
        (wanted.get, wanted.idle, wanted.packed) = (true, true, true);
        (wanted.bulk, wanted.live) = (true, true);
    }
    Ok(wanted)
}

fn run(wanted: &Wanted) -> Outcome<bool> {
    let folder = tempfile::Builder::new().prefix("accord-bench-").tempdir()?;
    let mut table = Table::default();
    if wanted.get {
        get::measure(&folder.path().join("get"), &mut table)?;
    }
    if wanted.idle {
        idle::measure(&folder.path().join("idle"), wanted.documents, &mut table)?;
    }
    if wanted.packed {
        packed::measure(&folder.path().join("packed"), wanted.documents, &wanted.engine, &mut table)?;
    }
    if wanted.bulk {
        // With up to four hundred entries each.
        bulk::measure(&folder.path().join("bulk"), wanted.documents / 5, &mut table)?;
    }
    if wanted.live {
        live::measure(&folder.path().join("live"), wanted.documents, &mut table)?;
    }
    print!("{table}");
    Ok(table.holds())
}
