//! Organisations come and go, spaces are opened and closed to them, secretariats decide apart from each other; and some
//! nodes are hostile.

use std::time::Duration;

use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use crate::scenario::{Action, Matter, TROUBLE, Where};
use crate::world::What;
use crate::{Failure, Founding, Mischief, Settings, World};

/// How long silence is borne before others are asked: what is withheld may need it a few times.
const PATIENCE: u64 = 120_000;

/// How many entries beyond a cut are taken here: few, so that a flood in a simulation is one.
const BEYOND: u64 = 24;

/// Runs the scenario of a seed: decisions on members, spaces and access, proposed and signed on both sides of partitions,
/// while everybody edits and nodes crash; and with `hostile`, members and one secretariat that break the rules.
///
/// While it runs: nobody honest sends an entry of a space to a device that, as far as the sender knows, may not read it;
/// no device shows two entries at one place; nobody honest takes more beyond a cut than is kept; nothing goes out of force unless somebody equivocated. In the end: what is in
/// force has both votes and is alone at its version; no honest secretariat voted twice in a slot; all honest nodes have the
/// same decisions in force and know of the same equivocations; all honest readers of a space offer the same of it; what
/// counts is on all of their disks; and what an honest device in good standing wrote counts.
///
/// # Errors
/// [`Failure`] with the first thing that does not hold.
pub fn run_governed(seed: u64, hostile: bool) -> Result<Duration, Failure> {
    let mut dice = <ChaCha8Rng as rand::SeedableRng>::seed_from_u64(seed ^ 0x60_7e_44);
    let members = dice.random_range(2..=6);
    let second = dice.random_bool(0.3);
    let founding = Founding::new(members, second);
    let settings = Settings {
        delay: (Duration::from_millis(1), Duration::from_millis(dice.random_range(3..300))),
        disk: Duration::from_millis(dice.random_range(1..40)),
        read: Duration::from_millis(dice.random_range(0..20)),
        dial: dice.random_range(0.3..1.0),
        pack_from: crate::scenario::pack_from(seed),
    };
    let mut world = World::new(&founding, seed, settings);
    world.governed = true;
    let count = world.len();
    // Everybody has a path of readers to everybody: by the secretariats, which read all that is shared.
    world.link(0, 1);
    for member in 2..count {
        world.link(0, member);
        world.link(1, member);
    }
    for _ in 0..dice.random_range(0..4) {
        let (a, b) = (dice.random_range(2..count), dice.random_range(2..count));
        if a != b {
            world.link(a, b);
        }
    }
    let mut plan = decisions(&mut dice, count);
    if second && dice.random_bool(0.7) {
        // The first secretariat ends its second device, which hears of it or not.
        plan.push((at(&mut dice), Action::Revoke { node: 0 }));
    }
    for _ in 0..dice.random_range(10..50) {
        let space = match dice.random_range(0..4) {
            0 => Where::Programme,
            space => Where::Opened(space),
        };
        let node = dice.random_range(0..count);
        let burst = if dice.random_bool(0.1) { dice.random_range(5..30) } else { 1 };
        plan.push((at(&mut dice), Action::Edit { node, count: burst, space }));
    }
    troubles(&mut dice, &world, &mut plan);
    if hostile {
        for node in &mut world.nodes {
            node.beyond = BEYOND;
        }
        mischief(&mut dice, &mut world, &mut plan);
        stolen(&mut dice, &mut world, second, &mut plan);
    }
    for (at, action) in plan {
        world.schedule(Duration::from_millis(at), What::Act(action));
    }
    world.run_until(Duration::from_millis(TROUBLE))?;
    world.act_now(Action::Heal);
    for node in 0..world.len() {
        world.act_now(Action::Restart(node));
    }
    for node in 0..2 {
        world.schedule(Duration::from_secs(5), What::Act(Action::Sign { node, again: 30 }));
    }
    if hostile {
        world.run_until(Duration::from_millis(TROUBLE + PATIENCE))?;
    }
    world.run_until_quiet()
}

fn at(dice: &mut ChaCha8Rng) -> u64 {
    dice.random_range(0..TROUBLE - 1)
}

/// Spaces are opened first; then anything happens.
fn decisions(dice: &mut ChaCha8Rng, count: usize) -> Vec<(u64, Action)> {
    let mut plan = Vec::new();
    let some =
        |dice: &mut ChaCha8Rng| -> Vec<usize> { (2..count).filter(|_| dice.random_bool(0.5)).collect() };
    for space in 1..4 {
        let (readers, writers) = (some(dice), some(dice));
        let matter = Matter::Open { space, readers, writers };
        plan.push((dice.random_range(0..4_000), Action::Decide { node: dice.random_range(0..2), matter }));
    }
    for _ in 0..dice.random_range(3..15) {
        let node = dice.random_range(2..count);
        let space = Where::Opened(dice.random_range(1..4));
        let matter = match dice.random_range(0..11) {
            10 => Matter::ReplaceRoot { node },
            0 => Matter::Remove { node },
            1 => Matter::Admit { node, number: u8::try_from(node).unwrap_or(0) },
            2..=5 => Matter::Grant { node, space, write: dice.random_bool(0.6) },
            _ => Matter::Withdraw { node, space, read: dice.random_bool(0.6) },
        };
        plan.push((at(dice), Action::Decide { node: dice.random_range(0..2), matter }));
    }
    for from in (1_000..TROUBLE).step_by(1_500) {
        for node in 0..2 {
            plan.push((from + dice.random_range(0..1_500), Action::Sign { node, again: 3 }));
        }
    }
    plan
}

fn troubles(dice: &mut ChaCha8Rng, world: &World, plan: &mut Vec<(u64, Action)>) {
    let count = world.len();
    let links: Vec<(usize, usize)> = world.links.keys().copied().collect();
    for _ in 0..dice.random_range(0..8) {
        if let Some(link) = links.choose(dice) {
            plan.push((at(dice), Action::Cut(*link)));
        }
    }
    for _ in 0..dice.random_range(0..5) {
        let (node, from) = (dice.random_range(0..count), at(dice));
        plan.push((from, Action::Crash(node)));
        plan.push((from + dice.random_range(1..8_000), Action::Restart(node)));
    }
    for _ in 0..dice.random_range(0..3) {
        let sides = (0..count).map(|_| dice.random_range(0..2)).collect();
        let from = at(dice);
        plan.push((from, Action::Part(sides)));
        plan.push((from + dice.random_range(1..10_000), Action::Heal));
    }
}

/// Members that forge, write on after their removal, feed others with that, and withhold; and at times a secretariat that
/// says two things at once.
fn mischief(dice: &mut ChaCha8Rng, world: &mut World, plan: &mut Vec<(u64, Action)>) {
    let count = world.len();
    let villain = dice.random_range(2..count);
    world.hostile.insert(villain);
    for _ in 0..3 {
        plan.push((at(dice), Action::Forge { node: villain }));
    }
    if dice.random_bool(0.6) {
        // It is removed, and goes on as if it had not been; another one goes on to connect with it, and to pass it on.
        world.nodes[villain].defiant = true;
        plan.push((10_000, Action::Decide { node: 0, matter: Matter::Remove { node: villain } }));
        for _ in 0..5 {
            let space = Where::Programme;
            plan.push((at(dice), Action::Edit { node: villain, count: 3, space }));
        }
        // A flood: more than anybody takes of who is gone.
        let flood = Action::Edit { node: villain, count: 64, space: Where::Programme };
        plan.push((dice.random_range(12_000..TROUBLE - 1), flood));
        let accomplice = dice.random_range(2..count);
        if accomplice != villain {
            world.hostile.insert(accomplice);
            let device = world.device(villain);
            world.nodes[accomplice].colludes_with.insert(device);
            world.link(villain, accomplice);
        }
    }
    if dice.random_bool(0.4) {
        let withholder = dice.random_range(2..count);
        let author = world.device(dice.random_range(0..count));
        world.hostile.insert(withholder);
        world.misbehave(withholder, Mischief::Withhold(author));
    }
    if dice.random_bool(0.3) {
        world.hostile.insert(1);
        for _ in 0..3 {
            plan.push((at(dice), Action::Equivocate { node: 1 }));
        }
    }
}

/// A revoked device that feeds a partner which has not heard, and a thief that shows a second first entry long after.
fn stolen(dice: &mut ChaCha8Rng, world: &mut World, second: bool, plan: &mut Vec<(u64, Action)>) {
    let count = world.len();
    let members = if second { 2..count - 1 } else { 2..count };
    if second && members.len() > 1 && dice.random_bool(0.6) {
        let (laptop, innocent) = (count - 1, dice.random_range(members));
        world.hostile.insert(laptop);
        world.nodes[laptop].defiant = true;
        world.link(laptop, innocent);
        let apart = (0..count).map(|node| usize::from(node == laptop || node == innocent)).collect();
        plan.push((7_900, Action::Part(apart)));
        plan.push((8_000, Action::Revoke { node: 0 }));
        for _ in 0..4 {
            let at = dice.random_range(8_000..14_000);
            plan.push((at, Action::Edit { node: laptop, count: 3, space: Where::Programme }));
            plan.push((at + 300, Action::Edit { node: innocent, count: 1, space: Where::Programme }));
        }
        plan.push((14_500, Action::Heal));
    }
    if dice.random_bool(0.4) {
        let (thief, of) = (dice.random_range(2..count), dice.random_range(0..count));
        if thief != of {
            world.hostile.insert(thief);
            plan.push((dice.random_range(20_000..TROUBLE - 1), Action::SecondFirst { thief, of }));
        }
    }
}
