//! What the calls did: to which file, under which names, and what they brought to the disk.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path};

use super::trace::{Argument, Call};

/// A file or folder, whatever its name is by now. 0 is the recorded folder itself.
pub(super) type Inode = usize;

/// What happened, in order.
#[derive(Debug)]
pub(super) enum Event {
    /// A file's content was written to.
    Data { file: Inode, at: u64, bytes: Vec<u8> },
    /// A file was cut or made longer.
    Length { file: Inode, length: u64 },
    /// Names came, went or changed hands, all at once.
    Names(Vec<Name>),
    /// What had happened before the event of this number came to the disk.
    Synced { what: Scope, before: usize },
    /// The process told this.
    Told(String),
}

/// One name in a folder, and what it leads to from now on.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) folder: Inode,
    pub(super) name: Vec<u8>,
    pub(super) to: Option<Target>,
}

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    File(Inode),
    Folder(Inode),
}

/// What a sync is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    File(Inode),
    Folder(Inode),
    All,
}

/// Plays the calls over the folder. Gives the events, and how many files and folders there ever were.
pub(super) fn play(root: &Path, calls: &[Call]) -> (Vec<Event>, usize) {
    let mut player = Player {
        root: root.as_os_str().as_encoded_bytes().to_vec(),
        folders: HashMap::from([(0, BTreeMap::new())]),
        count: 1,
        last: HashMap::new(),
        positions: HashMap::new(),
        events: Vec::new(),
    };
    // The number of events that there were when so many calls had ended.
    let mut events_after = vec![0];
    for call in calls {
        player.call(call, &events_after);
        events_after.push(player.events.len());
    }
    (player.events, player.count)
}

struct Player {
    root: Vec<u8>,
    /// The names as the process sees them.
    folders: HashMap<Inode, BTreeMap<Vec<u8>, Target>>,
    count: usize,
    /// What a path led to last, for descriptors of what has no name any more.
    last: HashMap<Vec<u8>, Target>,
    /// Where the next plain write of a descriptor goes.
    positions: HashMap<i64, u64>,
    events: Vec<Event>,
}

impl Player {
    fn call(&mut self, call: &Call, events_after: &[usize]) {
        use Argument::{File, Text, Word};
        let arguments = call.arguments.as_slice();
        match (call.name.as_str(), arguments) {
            ("open" | "creat", [Text(path), rest @ ..]) => self.open(&absolute(None, path), rest, call),
            ("openat", [File(_, folder), Text(path), rest @ ..]) => {
                self.open(&absolute(Some(folder), path), rest, call);
            }
            ("lseek", [File(fd, _), ..]) => {
                self.positions.insert(*fd, u64::try_from(call.result).unwrap_or(0));
            }
            ("write", [File(1, _), Text(bytes), ..]) => {
                for line in String::from_utf8_lossy(bytes).lines().filter(|line| !line.is_empty()) {
                    self.events.push(Event::Told(line.to_owned()));
                }
            }
            ("write", [File(fd, path), Text(bytes), ..]) => {
                let written = usize::try_from(call.result).unwrap_or(0);
                let position = self.positions.entry(*fd).or_default();
                let at = *position;
                *position += written as u64;
                self.data(path, at, &bytes[..written]);
            }
            ("pwrite64", [File(_, path), Text(bytes), _, Word(at)]) => {
                let written = usize::try_from(call.result).unwrap_or(0);
                self.data(path, at.parse().expect("a position"), &bytes[..written]);
            }
            ("ftruncate", [File(_, path), Word(length)]) => {
                if let Some(Target::File(file)) = self.target(path) {
                    self.events.push(Event::Length { file, length: length.parse().expect("a length") });
                }
            }
            ("rename", [Text(from), Text(to)]) => self.rename(&absolute(None, from), &absolute(None, to), ""),
            ("renameat" | "renameat2", [File(_, a), Text(from), File(_, b), Text(to), flags @ ..]) => {
                let flags = flags.first().map_or("", |flags| if let Word(word) = flags { word } else { "" });
                self.rename(&absolute(Some(a), from), &absolute(Some(b), to), flags);
            }
            ("unlink" | "rmdir", [Text(path)]) => self.set(&absolute(None, path), None),
            ("unlinkat", [File(_, folder), Text(path), ..]) => self.set(&absolute(Some(folder), path), None),
            ("mkdir", [Text(path), ..]) => self.make_folder(&absolute(None, path)),
            ("mkdirat", [File(_, folder), Text(path), ..]) => self.make_folder(&absolute(Some(folder), path)),
            ("fsync" | "fdatasync", [File(_, path)]) => {
                let what = match self.target(path) {
                    Some(Target::File(file)) => Scope::File(file),
                    Some(Target::Folder(folder)) => Scope::Folder(folder),
                    None => return,
                };
                self.events.push(Event::Synced { what, before: events_after[call.begun] });
            }
            ("syncfs" | "sync", _) => {
                self.events.push(Event::Synced { what: Scope::All, before: events_after[call.begun] });
            }
            (name, arguments) => {
                let inside = arguments.iter().any(|argument| match argument {
                    Text(path) | File(_, path) => path.starts_with(&self.root),
                    Word(_) => false,
                });
                assert!(!inside, "{name} cannot be played back");
            }
        }
    }

    fn open(&mut self, path: &[u8], flags: &[Argument], call: &Call) {
        self.positions.insert(call.result, 0);
        let has = |flag: &str| {
            call.name == "creat"
                || flags.iter().any(|f| matches!(f, Argument::Word(words) if words.contains(flag)))
        };
        let Some((folder, name)) = self.place(path) else { return };
        match self.folders[&folder].get(&name).copied() {
            Some(Target::File(file)) if has("O_TRUNC") => self.events.push(Event::Length { file, length: 0 }),
            None if has("O_CREAT") => {
                let file = Target::File(self.count);
                self.count += 1;
                self.set(path, Some(file));
            }
            _ => {}
        }
    }

    fn data(&mut self, path: &[u8], at: u64, bytes: &[u8]) {
        if let Some(Target::File(file)) = self.target(path) {
            self.events.push(Event::Data { file, at, bytes: bytes.to_vec() });
        }
    }

    fn make_folder(&mut self, path: &[u8]) {
        if self.place(path).is_some() {
            let folder = self.count;
            self.count += 1;
            self.folders.insert(folder, BTreeMap::new());
            self.set(path, Some(Target::Folder(folder)));
        }
    }

    fn rename(&mut self, from: &[u8], to: &[u8], flags: &str) {
        let (from_place, to_place) = (self.place(from), self.place(to));
        let (Some(from), Some(to)) = (from_place, to_place) else { return };
        let moved = self.folders[&from.0].get(&from.1).copied();
        let back = self.folders[&to.0].get(&to.1).copied().filter(|_| flags.contains("RENAME_EXCHANGE"));
        self.names(vec![
            Name { folder: from.0, name: from.1, to: back },
            Name { folder: to.0, name: to.1, to: moved },
        ]);
    }

    fn set(&mut self, path: &[u8], to: Option<Target>) {
        if let Some((folder, name)) = self.place(path) {
            if let Some(target) = to.or_else(|| self.folders[&folder].get(&name).copied()) {
                self.last.insert(path.to_vec(), target);
            }
            self.names(vec![Name { folder, name, to }]);
        }
    }

    fn names(&mut self, names: Vec<Name>) {
        for Name { folder, name, to } in &names {
            let folder = self.folders.entry(*folder).or_default();
            match to {
                Some(to) => folder.insert(name.clone(), *to),
                None => folder.remove(name),
            };
        }
        self.events.push(Event::Names(names));
    }

    /// What a descriptor's path leads to.
    fn target(&self, path: &[u8]) -> Option<Target> {
        if path == self.root {
            return Some(Target::Folder(0));
        }
        let (folder, name) = self.place(path)?;
        self.folders[&folder].get(&name).or_else(|| self.last.get(path)).copied()
    }

    /// The folder that a path is in, and its name there; none outside of what is recorded.
    fn place(&self, path: &[u8]) -> Option<(Inode, Vec<u8>)> {
        let inside = path.strip_prefix(self.root.as_slice())?.strip_prefix(b"/")?;
        let inside = Path::new(std::str::from_utf8(inside).ok()?);
        let mut names: Vec<Vec<u8>> = inside
            .components()
            .filter_map(|part| match part {
                Component::Normal(name) => Some(name.as_encoded_bytes().to_vec()),
                _ => None,
            })
            .collect();
        let name = names.pop()?;
        let mut folder = 0;
        for part in names {
            match self.folders[&folder].get(&part) {
                Some(Target::Folder(next)) => folder = *next,
                _ => return None,
            }
        }
        Some((folder, name))
    }
}

fn absolute(folder: Option<&Vec<u8>>, path: &[u8]) -> Vec<u8> {
    match folder {
        Some(folder) if !path.starts_with(b"/") => [folder, &b"/"[..], path].concat(),
        _ => path.to_vec(),
    }
}
