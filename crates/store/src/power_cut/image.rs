//! What a disk can show after a cut.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use super::Random;
use super::play::{Event, Inode, Scope, Target};

/// What survives of the writes that were not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// A random part, by a seed.
    Some(u64),
    /// All of them.
    Everything,
}

impl Kept {
    /// The three images of a cut.
    pub fn each(seed: u64) -> [Kept; 3] {
        [Kept::Nothing, Kept::Some(seed), Kept::Everything]
    }
}

/// Disks write whole sectors, and file systems whole pages; of a page some sectors may be there and others not.
const SECTOR: u64 = 512;
const PAGE: u64 = 4096;

pub(super) fn write(events: &[Event], files: usize, kept: Kept, to: &Path) {
    let synced = synced(events, files);
    let mut random = Random(if let Kept::Some(seed) = kept { seed } else { 0 });
    let grain = if random.below(2) == 0 { SECTOR } else { PAGE };
    let plan = Plan::new(events, &synced, kept, grain, &mut random);
    let mut contents: HashMap<Inode, Vec<u8>> = HashMap::new();
    let mut folders: HashMap<Inode, BTreeMap<Vec<u8>, Target>> = HashMap::new();
    // How many of the uncertain states of each block, length and name have gone by.
    let mut gone: HashMap<(Inode, u64), usize> = HashMap::new();
    let (mut lengths, mut names) = (HashMap::<Inode, usize>::new(), 0);
    for (event, synced) in events.iter().zip(&synced) {
        match event {
            Event::Data { file, at, bytes } => {
                let content = contents.entry(*file).or_default();
                for (block, from, size) in blocks(*at, bytes.len(), grain) {
                    let survives = *synced || {
                        let seen = gone.entry((*file, block)).or_default();
                        *seen += 1;
                        *seen <= plan.data.get(&(*file, block)).copied().unwrap_or(0)
                    };
                    if survives {
                        put(content, at + from as u64, &bytes[from..from + size]);
                    }
                }
            }
            Event::Length { file, length } => {
                let seen = lengths.entry(*file).or_default();
                *seen += usize::from(!synced);
                if *synced || *seen <= plan.lengths.get(file).copied().unwrap_or(0) {
                    contents.entry(*file).or_default().resize(usize_of(*length), 0);
                }
            }
            Event::Names(changed) => {
                names += usize::from(!synced);
                if *synced || names <= plan.names {
                    for name in changed {
                        let folder = folders.entry(name.folder).or_default();
                        match name.to {
                            Some(to) => folder.insert(name.name.clone(), to),
                            None => folder.remove(&name.name),
                        };
                    }
                }
            }
            Event::Synced { .. } | Event::Told(_) => {}
        }
    }
    fill(to, 0, &folders, &contents);
}

/// Which events were synced before the end.
fn synced(events: &[Event], files: usize) -> Vec<bool> {
    // For each file and folder, before which event everything is synced; the last is for everything at once.
    let (mut by_file, mut all) = (vec![0; files], 0);
    for event in events {
        if let Event::Synced { what, before } = event {
            let mark = match what {
                Scope::File(inode) | Scope::Folder(inode) => &mut by_file[*inode],
                Scope::All => &mut all,
            };
            *mark = (*before).max(*mark);
        }
    }
    let before = |inode: Inode| by_file[inode].max(all);
    let is = |(at, event): (usize, &Event)| match event {
        Event::Data { file, .. } | Event::Length { file, .. } => at < before(*file),
        Event::Names(names) => names.iter().any(|name| at < before(name.folder)),
        Event::Synced { .. } | Event::Told(_) => true,
    };
    events.iter().enumerate().map(is).collect()
}

/// How many of the states that were not synced each block, each length, and the names went through on the disk.
struct Plan {
    data: HashMap<(Inode, u64), usize>,
    lengths: HashMap<Inode, usize>,
    names: usize,
}

impl Plan {
    fn new(events: &[Event], synced: &[bool], kept: Kept, grain: u64, random: &mut Random) -> Plan {
        let mut plan = Plan { data: HashMap::new(), lengths: HashMap::new(), names: 0 };
        let uncertain = || events.iter().zip(synced).filter(|(_, synced)| !**synced).map(|(event, _)| event);
        for event in uncertain() {
            match event {
                Event::Data { file, at, bytes } => {
                    for (block, ..) in blocks(*at, bytes.len(), grain) {
                        *plan.data.entry((*file, block)).or_default() += 1;
                    }
                }
                Event::Length { file, .. } => *plan.lengths.entry(*file).or_default() += 1,
                Event::Names(_) => plan.names += 1,
                Event::Synced { .. } | Event::Told(_) => {}
            }
        }
        let mut choose = |all: usize| match kept {
            Kept::Nothing => 0,
            Kept::Some(_) => random.below(all + 1),
            Kept::Everything => all,
        };
        // In a fixed order, so that a seed repeats its image.
        let mut order: Vec<_> = plan.data.iter_mut().collect();
        order.sort_unstable_by_key(|(place, _)| **place);
        order.into_iter().for_each(|(_, count)| *count = choose(*count));
        let mut order: Vec<_> = plan.lengths.iter_mut().collect();
        order.sort_unstable_by_key(|(file, _)| **file);
        order.into_iter().for_each(|(_, count)| *count = choose(*count));
        plan.names = choose(plan.names);
        plan
    }
}

/// The blocks that a write touches: which, from where in the write, and how much of it.
fn blocks(at: u64, len: usize, grain: u64) -> impl Iterator<Item = (u64, usize, usize)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        (from < len).then(|| {
            let place = at + from as u64;
            let size = usize_of(grain - place % grain).min(len - from);
            let this = (place / grain, from, size);
            from += size;
            this
        })
    })
}

fn put(content: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let at = usize_of(at);
    if content.len() < at + bytes.len() {
        content.resize(at + bytes.len(), 0);
    }
    content[at..at + bytes.len()].copy_from_slice(bytes);
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).expect("what was recorded fits into memory")
}

fn fill(
    to: &Path,
    folder: Inode,
    folders: &HashMap<Inode, BTreeMap<Vec<u8>, Target>>,
    contents: &HashMap<Inode, Vec<u8>>,
) {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(to).expect("a folder can be made");
    for (name, target) in folders.get(&folder).into_iter().flatten() {
        let path = to.join(std::str::from_utf8(name).expect("names are text"));
        match target {
            Target::Folder(inner) => fill(&path, *inner, folders, contents),
            Target::File(file) => {
                let options = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
                let content = contents.get(file).map_or(&[][..], Vec::as_slice);
                let mut file = options.expect("a file can be made");
                std::io::Write::write_all(&mut file, content).expect("a file can be written");
            }
        }
    }
}
