//! Many nodes with steady edits, in virtual time: how long an edit takes to be on every disk, and what all that costs.
//!
//!     cargo bench -p accord-sim --bench load                   # 50 nodes, one minute of theirs
//!     cargo bench -p accord-sim --bench load -- 200 10         # 200 nodes, ten minutes
//!
//! Each node is linked to the next and to three others by chance, with 2 to 150 ms on the way, and some link is cut every ten
//! seconds. Exits with 1 if the nodes do not end in step.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use accord_core::{Head, LogId, programme_space};
use accord_sim::{Founding, Settings, Where, World};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// How often somebody edits.
const EVERY: Duration = Duration::from_millis(200);
/// How exactly it is seen when an edit has come everywhere.
const LOOK: Duration = Duration::from_millis(50);
/// How often a link is cut; both ends connect again by themselves.
const CUT: Duration = Duration::from_secs(10);
/// How long the last edits may take.
const PATIENCE: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    // Cargo says `--bench` to every bench.
    let numbers = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let numbers: Result<Vec<u64>, _> = numbers.map(|argument| argument.parse()).collect();
    let (nodes, minutes) = match numbers.as_deref() {
        Ok([]) => (50, 1),
        Ok([nodes @ 3..=250, minutes @ 1..=600]) => (*nodes, *minutes),
        _ => {
            eprintln!("error: say how many nodes, 3 to 250, and how many minutes, or nothing");
            return ExitCode::from(2);
        }
    };
    match run(usize::try_from(nodes).unwrap_or(usize::MAX), minutes) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// An edit that is not everywhere yet.
struct Edit {
    log: LogId,
    head: Head,
    at: Duration,
}

fn run(nodes: usize, minutes: u64) -> Result<bool, accord_sim::Failure> {
    let began = Instant::now();
    let mut dice = ChaCha8Rng::seed_from_u64(200);
    let founding = Founding::new(nodes - 2, false);
    let mut world = World::new(&founding, 1, Settings::default());
    for node in 0..nodes {
        world.link(node, (node + 1) % nodes);
        for _ in 0..3 {
            let other = dice.random_range(0..nodes);
            if other != node {
                world.link(node, other);
            }
        }
    }
    world.run_until_quiet()?;
    world.reset_stats();

    let space = programme_space(&world.programme());
    let (start, end) = (world.now(), world.now() + Duration::from_secs(60 * minutes));
    let (mut edits, mut under_way, mut lags) = (0, Vec::<Edit>::new(), Vec::new());
    let (mut next_edit, mut next_cut) = (start, start + CUT);
    while world.now() < end || !under_way.is_empty() {
        if world.now() > end + PATIENCE {
            eprintln!("error: {} edits never came everywhere", under_way.len());
            return Ok(false);
        }
        if world.now() >= next_edit && world.now() < end {
            let node = dice.random_range(0..nodes);
            world.edit(node, Where::Programme);
            next_edit += EVERY;
            edits += 1;
        }
        if world.now() >= next_cut && world.now() < end {
            let node = dice.random_range(0..nodes);
            world.disconnect(node, (node + 1) % nodes);
            next_cut += CUT;
        }
        let now = world.now() + LOOK;
        let before: Vec<Option<Head>> = (0..nodes).map(|node| own_head(&world, node, space)).collect();
        world.run_until(now)?;
        for (node, before) in before.into_iter().enumerate() {
            let log = LogId { space, device: world.device(node) };
            match own_head(&world, node, space) {
                Some(head) if Some(head) != before => under_way.push(Edit { log, head, at: now }),
                _ => {}
            }
        }
        under_way.retain(|edit| {
            let holds = |node| world.disk(node).head(&edit.log).is_some_and(|head| head.seq >= edit.head.seq);
            let everywhere = (0..nodes).all(holds);
            if everywhere {
                lags.push((now - edit.at).as_secs_f64());
            }
            !everywhere
        });
    }
    world.run_until_quiet()?;

    let traffic = &world.stats().traffic;
    let over = (world.now() - start).as_secs_f64();
    let each = nodes as f64 * over;
    println!("| {nodes} simulated nodes, {minutes} minutes | figure |");
    println!("| --- | --- |");
    println!("| edits | {edits} |");
    println!("| from being durable at the author to every disk, median | {:.2} s |", tenth(&mut lags, 5));
    println!("| 9 of 10 | {:.2} s |", tenth(&mut lags, 9));
    println!("| the longest | {:.2} s |", tenth(&mut lags, 10));
    println!("| copies of an entry that a node received, mean | {:.2} |", world.stats().mean_copies());
    println!("| the most of one | {} |", world.stats().most_copies());
    println!("| bytes a node sent each second | {:.0} |", (traffic.control + traffic.runs) as f64 / each);
    println!("| of these, entries | {:.0} |", traffic.entries as f64 / each);
    println!("| real time | {:.0} s |", began.elapsed().as_secs_f64());
    Ok(true)
}

fn own_head(world: &World, node: usize, space: accord_core::SpaceId) -> Option<Head> {
    world.disk(node).head(&LogId { space, device: world.device(node) })
}

/// Of sorted figures the one that so many tenths do not exceed.
fn tenth(figures: &mut [f64], tenths: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    let at = (figures.len() * tenths / 10).min(figures.len().saturating_sub(1));
    figures.get(at).copied().unwrap_or(f64::NAN)
}
