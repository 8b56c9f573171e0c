//! What happens in a world, drawn from a seed: who edits, what breaks, who is admitted and who leaves.

use std::time::Duration;

use accord_core::DeviceId;
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;

use crate::world::What;
use crate::{Failure, Founding, Party, Settings, Topology, Traffic, World};

/// Where an edit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In the space that all members share.
    Programme,
    /// In the organisation's own space.
    Private,
    /// In a space that was opened by decision, by its number.
    Opened(u8),
}

/// One thing that is done to the world, or by people in it.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Edit { node: usize, count: usize, space: Where },
    Cut((usize, usize)),
    Crash(usize),
    Restart(usize),
    Part(Vec<usize>),
    Heal,
    Propose { node: usize, member: Box<(u8, Party)> },
    Vote { node: usize, again: u32 },
    LearnEnd { node: usize, device: DeviceId },
    Decide { node: usize, matter: Matter },
    Sign { node: usize, again: u32 },
    Equivocate { node: usize },
    Forge { node: usize },
    SecondFirst { thief: usize, of: usize },
    Revoke { node: usize },
}

/// What is decided, with nodes in place of organisations.
#[derive(Debug, Clone)]
pub(crate) enum Matter {
    Open { space: u8, readers: Vec<usize>, writers: Vec<usize> },
    Grant { node: usize, space: Where, write: bool },
    Withdraw { node: usize, space: Where, read: bool },
    Remove { node: usize },
    Admit { node: usize, number: u8 },
    ReplaceRoot { node: usize },
}

/// What a seed amounted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How many nodes there were.
    pub nodes: usize,
    /// How many durable entries all nodes hold together.
    pub entries: usize,
    /// When all was in step, in virtual time.
    pub quiet_at: Duration,
    /// The most copies of one entry that one node received.
    pub most_copies: u32,
    /// What went over the network.
    pub traffic: Traffic,
}

/// The time in which things go wrong. After it everything heals.
pub(crate) const TROUBLE: u64 = 30_000;

/// From how many missing entries on packs are sent in the world of a seed: in every third as in a real node, which means never.
pub(crate) fn pack_from(seed: u64) -> u64 {
    if seed.is_multiple_of(3) { accord_sync::PACK_FROM } else { 1 + seed % 8 }
}

/// Runs the scenario of a seed: edits, decisions, cuts, partitions and crashes at random times; then everything heals.
///
/// While it runs: no entry goes twice in one direction of one connection, nothing is sent that is not durable at its
/// author, no space goes to a device that may not read it. When everything is quiet: every node that may read a space
/// holds the same of it, which is all that is durable anywhere; every connection says that it is in step; everybody has
/// the same decisions in force; every honest entry is in position; and nobody was refused anything. Nothing of that may need a time-out.
///
/// # Errors
/// [`Failure`] with the first thing that does not hold.
pub fn run_seed(seed: u64) -> Result<Outcome, Failure> {
    run(plan(seed, false))
}

/// The same, and every node's clock is a year behind, right, or a year ahead, in turn.
///
/// # Errors
/// [`Failure`] with the first thing that does not hold.
pub fn run_with_wrong_clocks(seed: u64) -> Result<Outcome, Failure> {
    let (mut world, plan) = plan(seed, false);
    // The world's own time begins at zero, so what is right is a year after it.
    let clocks = (0..MAX_CLOCKS).map(|node| (node, YEAR * u32::try_from(node % 3).unwrap_or_default()));
    world.clocks = clocks.collect();
    run((world, plan))
}

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// More nodes than any scenario has, those that are admitted on the way included.
const MAX_CLOCKS: usize = 128;

/// The same, and the home of a member was copied and runs twice.
///
/// # Errors
/// [`Failure`] with the first thing that does not hold.
pub fn run_copied(seed: u64) -> Result<Outcome, Failure> {
    run(plan(seed, true))
}

fn run((mut world, plan): (World, Vec<(u64, Action)>)) -> Result<Outcome, Failure> {
    for (at, action) in plan {
        world.schedule(Duration::from_millis(at), What::Act(action));
    }
    world.run_until(Duration::from_millis(TROUBLE))?;
    world.act_now(Action::Heal);
    for node in 0..world.len() {
        world.act_now(Action::Restart(node));
    }
    let quiet_at = world.run_until_quiet()?;
    if let Some((node, why)) = world.stats().refusals.first() {
        return Err(Failure(format!("node {node}, as honest as all others, was refused a log: {why}")));
    }
    let disks = world.nodes.iter().map(|node| &node.disk);
    let entries = disks.flat_map(|disk| disk.logs().map(|log| disk.durable(&log).len())).sum();
    let (most_copies, traffic) = (world.stats().most_copies(), world.stats().traffic.clone());
    Ok(Outcome { nodes: world.len(), entries, quiet_at, most_copies, traffic })
}

fn plan(seed: u64, copied: bool) -> (World, Vec<(u64, Action)>) {
    let mut dice = <rand_chacha::ChaCha8Rng as rand::SeedableRng>::seed_from_u64(seed ^ 0x5eed);
    let members = match dice.random_range(0..100) {
        0 => 28,
        1..=10 => dice.random_range(6..=12),
        _ => dice.random_range(0..=5),
    };
    let second = dice.random_bool(0.4);
    let founding = Founding::new(members, second);
    let slow = dice.random_range(3..400);
    let settings = Settings {
        delay: (Duration::from_millis(1), Duration::from_millis(slow)),
        disk: Duration::from_millis(dice.random_range(1..60)),
        read: Duration::from_millis(dice.random_range(0..20)),
        dial: dice.random_range(0.2..1.0),
        pack_from: pack_from(seed),
    };
    let mut world = World::new(&founding, seed, settings);
    let count = world.len();
    let shapes = [Topology::Ring, Topology::Mesh, Topology::Line, Topology::Star, Topology::Random];
    let shape =
        if count > 12 { Topology::Ring } else { *shapes.choose(&mut dice).unwrap_or(&Topology::Ring) };
    for (a, b) in shape.links(count, &mut dice) {
        world.link(a, b);
    }
    if second {
        // Any path of nodes that may read a space is enough, and a private one has no other.
        world.link(0, count - 1);
    }
    let mut plan = Vec::new();
    let at = |dice: &mut rand_chacha::ChaCha8Rng| dice.random_range(0..TROUBLE - 1);
    if dice.random_bool(0.4) {
        // A member is admitted in the middle. It knows who invited it, and nothing else.
        let number = u8::try_from(members + 2).unwrap_or(u8::MAX);
        let party = Party::new(number);
        let node = world.add_newcomer(party.clone(), world.device(0));
        world.link(0, node);
        world.link(dice.random_range(0..count), node);
        plan.push((at(&mut dice), Action::Propose { node: 0, member: Box::new((number, party)) }));
        for secretariat in 0..2 {
            plan.push((at(&mut dice), Action::Vote { node: secretariat, again: 100 }));
        }
    }
    let count = world.len();
    if members > 1 && dice.random_bool(0.2) {
        // A member's access ends. Each node learns of it at its own time, and the rest stays connected.
        let device = world.device(2);
        for node in (0..count).filter(|node| *node != 2) {
            plan.push((at(&mut dice), Action::LearnEnd { node, device }));
            if node > 0 {
                world.link(0, node);
            }
        }
    }
    for _ in 0..dice.random_range(3..40) {
        let space = if dice.random_bool(0.2) { Where::Private } else { Where::Programme };
        let burst = if dice.random_bool(0.1) { dice.random_range(5..40) } else { 1 };
        let node = dice.random_range(0..count);
        plan.push((at(&mut dice), Action::Edit { node, count: burst, space }));
    }
    if copied && members > 0 {
        plan_copy(&mut world, &mut dice, &mut plan);
    }
    let count = world.len();
    let links: Vec<(usize, usize)> = world.links.keys().copied().collect();
    for _ in 0..dice.random_range(0..8) {
        if let Some(link) = links.choose(&mut dice) {
            plan.push((at(&mut dice), Action::Cut(*link)));
        }
    }
    for _ in 0..dice.random_range(0..5) {
        let (node, from) = (dice.random_range(0..count), at(&mut dice));
        plan.push((from, Action::Crash(node)));
        plan.push((from + dice.random_range(1..10_000), Action::Restart(node)));
    }
    for _ in 0..dice.random_range(0..3) {
        let sides = (0..count).map(|_| dice.random_range(0..2)).collect();
        let from = at(&mut dice);
        plan.push((from, Action::Part(sides)));
        plan.push((from + dice.random_range(1..10_000), Action::Heal));
    }
    (world, plan)
}

/// The home of a member is copied, and both copies run and write: two histories of each of its logs. The copies have no
/// neighbour in common.
fn plan_copy(world: &mut World, dice: &mut rand_chacha::ChaCha8Rng, plan: &mut Vec<(u64, Action)>) {
    // The neighbours are the secretariats: who is admitted later is known only to whom somebody else tells of it.
    let (of, near, far) = (2, 0, 1);
    let copy = world.copy_home(of);
    // One neighbour is the copy's alone, and is not cut off by that.
    world.unlink(of, far);
    world.link(of, near);
    world.link(near, far);
    world.link(far, copy);
    for _ in 0..dice.random_range(2..25) {
        let node = if dice.random_bool(0.5) { of } else { copy };
        let count = if dice.random_bool(0.2) { dice.random_range(2..60) } else { 1 };
        let at = dice.random_range(0..TROUBLE - 1);
        plan.push((at, Action::Edit { node, count, space: Where::Programme }));
    }
    // What only the copies may read has no path between them.
    for (_, action) in plan {
        if let Action::Edit { node, space, .. } = action
            && *node == of
        {
            *space = Where::Programme;
        }
    }
}

impl World {
    pub(crate) fn act_now(&mut self, action: Action) {
        self.schedule(Duration::ZERO, What::Act(action));
    }

    /// Parts the nodes whose `side` differs, until [`World::heal`].
    pub fn part(&mut self, side: impl Fn(usize) -> usize) {
        let sides = (0..self.len()).map(side).collect();
        self.act_now(Action::Part(sides));
    }

    /// Ends a partition.
    pub fn heal(&mut self) {
        self.act_now(Action::Heal);
    }

    /// Ends the connection of two nodes, if there is one. They connect again.
    pub fn disconnect(&mut self, a: usize, b: usize) {
        self.act_now(Action::Cut((a.min(b), a.max(b))));
    }

    /// Lets a node learn that a device's access has ended.
    pub fn end_access(&mut self, node: usize, device: DeviceId) {
        self.act_now(Action::LearnEnd { node, device });
    }

    /// Has the first secretariat propose, and both vote for, the admission of a further organisation, whose device is
    /// added with nothing but the knowledge of who invited it. Gives its node.
    pub fn admit(&mut self, number: u8) -> usize {
        let party = Party::new(number);
        let node = self.add_newcomer(party.clone(), self.device(0));
        self.act_now(Action::Propose { node: 0, member: Box::new((number, party)) });
        self.act_now(Action::Vote { node: 0, again: 100 });
        self.act_now(Action::Vote { node: 1, again: 100 });
        node
    }
}
