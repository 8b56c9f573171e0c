//! Logs of several authors, signed, with changes that the library made.

use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, DeviceId, DeviceKey, DocumentId, Entry, EntryId, Header,
    ProgrammeId, SpaceId,
};
use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc as _};

use super::super::Place;

/// Where all of it stands.
pub(super) const PLACE: Place = Place { programme: ProgrammeId([1; 32]), space: SpaceId([2; 32]) };

pub(super) struct Device {
    key: DeviceKey,
    log: Vec<Entry>,
    /// Its copy of each document, and its generation there.
    copies: Vec<(Automerge, u32)>,
    authority: Authority,
}

pub(super) struct History {
    pub(super) place: Place,
    pub(super) devices: Vec<Device>,
    documents: Vec<DocumentId>,
    clock: i64,
    forgotten: usize,
}

impl History {
    pub(super) fn new(devices: u8) -> Self {
        let place = PLACE;
        let device = |n: u8| Device {
            key: DeviceKey::from_seed(&[n + 3; 32]),
            log: Vec::new(),
            copies: Vec::new(),
            authority: Authority::Genesis,
        };
        Self {
            place,
            devices: (0..devices).map(device).collect(),
            documents: Vec::new(),
            clock: 0,
            forgotten: 0,
        }
    }

    pub(super) fn sample() -> Self {
        let mut history = Self::new(2);
        history.create(0);
        history.create(1);
        for step in 0..30 {
            history.step(step % 2, step % 3, (step * 7 % 12) as u8, step as u64 * 31);
        }
        history
    }

    /// What is packed: all logs that have anything beyond what was forgotten.
    pub(super) fn stretches(&self) -> Vec<(DeviceId, &[Entry])> {
        let rest = |device: &Device| device.log.len().min(self.forgotten);
        let all = self.devices.iter().map(|device| (device.key.id(), &device.log[rest(device)..]));
        all.filter(|(_, entries)| !entries.is_empty()).collect()
    }

    /// The first so many entries of each log are not packed, but for the last one.
    pub(super) fn forget(&mut self, entries: usize) {
        let longest = self.devices.iter().map(|device| device.log.len()).max().unwrap_or(0);
        self.forgotten = entries.min(longest.saturating_sub(1));
    }

    fn append(&mut self, author: usize, body: Body, payload: Vec<u8>) {
        let Place { programme, space } = self.place;
        let device = &mut self.devices[author];
        let header = Header {
            programme,
            space,
            device: device.key.id(),
            seq: device.log.len() as u64 + 1,
            prev: device.log.last().map(Entry::id),
            authority: device.authority,
            body,
        };
        device.log.push(header.sign(&device.key, payload));
    }

    pub(super) fn create(&mut self, author: usize) -> usize {
        let number = self.documents.len();
        let mut id = [number as u8; 16];
        id[0] = 200;
        self.documents.push(DocumentId(id));
        for device in &mut self.devices {
            device.copies.push((Automerge::new(), 0));
        }
        self.append(author, Body::Create { document: DocumentId(id), kind: "framework".into() }, Vec::new());
        number
    }

    fn actor(&self, author: usize, document: usize) -> ActorId {
        let device = &self.devices[author];
        let seed = ActorSeed {
            device: device.key.id(),
            space: self.place.space,
            document: self.documents[document],
            generation: device.copies[document].1,
        };
        ActorId::from(&seed.actor()[..])
    }

    fn change(&mut self, author: usize, document: usize, raw: Vec<u8>) {
        let hash = crate::ChangeMeta::parse(&raw).unwrap().hash;
        let generation = self.devices[author].copies[document].1;
        let body = Body::Change { document: self.documents[document], generation, change: ChangeHash(hash) };
        self.append(author, body, raw);
    }

    /// Makes a change by `make`, if it changes anything.
    fn make(
        &mut self,
        (author, document): (usize, usize),
        message: Option<String>,
        make: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), automerge::AutomergeError>,
    ) -> Option<Vec<u8>> {
        let actor = self.actor(author, document);
        self.clock += 7;
        let time = Some(self.clock + 60 * author as i64);
        let copy = &mut self.devices[author].copies[document].0;
        copy.set_actor(actor);
        copy.transact_with::<_, _, automerge::AutomergeError, _>(|()| CommitOptions { message, time }, make)
            .ok()?;
        let change = copy.get_last_local_change()?;
        Some(change.raw_bytes().to_vec())
    }

    pub(super) fn edit(&mut self, author: usize, document: usize, seed: u64) {
        self.hear(author, document);
        let value = format!("[\"{:012x}\",\"value {seed}\"]", seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16);
        let key = format!("activities/a{}/budget", seed % 9);
        if let Some(raw) = self.make((author, document), None, |tx| tx.put(ROOT, key, value)) {
            self.change(author, document, raw);
        }
    }

    /// Takes over what all others hold of a document.
    fn hear(&mut self, author: usize, document: usize) {
        for other in 0..self.devices.len() {
            if other != author {
                let mut theirs = self.devices[other].copies[document].0.clone();
                self.devices[author].copies[document].0.merge(&mut theirs).unwrap();
            }
        }
    }

    /// One of many things that can happen.
    pub(super) fn step(&mut self, author: usize, document: usize, what: u8, seed: u64) {
        let document = document % self.documents.len();
        let n = seed as usize % 7;
        let word = format!("word {} ", seed % 23);
        let message = (seed % 5 == 0).then(|| format!("about {}", seed % 3));
        let at = (author, document);
        let raw = match what {
            0 => {
                self.create(author);
                None
            }
            1 => {
                self.hear(author, document);
                None
            }
            2 => {
                let position = seed % 5 + 1;
                let id = EntryId([position as u8; 32]);
                self.devices[author].authority = Authority::At { position, id };
                None
            }
            3 => self.make(at, message, |tx| {
                let text = match tx.get(ROOT, "text")? {
                    Some((_, text)) => text,
                    None => tx.put_object(ROOT, "text", ObjType::Text)?,
                };
                let end = tx.length(&text);
                tx.splice_text(&text, n % (end + 1), (n % 4).min(end - n % (end + 1)) as isize, &word)
            }),
            4 => self.make(at, message, |tx| {
                tx.put_object(ROOT, format!("p{n}"), ObjType::Text)
                    .and_then(|text| tx.splice_text(text, 0, 0, &word))
            }),
            5 => self.make(at, message, |tx| tx.delete(ROOT, format!("activities/a{n}/budget"))),
            6 => self.make(at, message, |tx| {
                let list = match tx.get(ROOT, "list")? {
                    Some((_, list)) => list,
                    None => tx.put_object(ROOT, "list", ObjType::List)?,
                };
                tx.insert(&list, n % (tx.length(&list) + 1), seed.cast_signed())
            }),
            7 => {
                self.whole(author);
                None
            }
            8 => {
                self.new_generation(author, document);
                None
            }
            9 => self.make(at, message, |tx| {
                tx.put(ROOT, "a", seed)?;
                tx.put(ROOT, "b", 1.5)?;
                tx.put(ROOT, "c", seed % 2 == 0)
            }),
            _ => {
                self.edit(author, document, seed);
                None
            }
        };
        if let Some(raw) = raw {
            self.change(author, document, raw);
        }
    }

    /// An entry that a newer version wrote.
    pub(super) fn whole(&mut self, author: usize) {
        // [77, "from the future", {1: 2}]
        let body = accord_core::decode(b"\x83\x18\x4d\x6ffrom the future\xa1\x01\x02");
        match body {
            Ok(body) => self.append(author, body, Vec::new()),
            Err(_) => unreachable!("an unknown body is read"),
        }
    }

    /// The author begins a new generation, from what it holds.
    pub(super) fn new_generation(&mut self, author: usize, document: usize) {
        let before = self.actor(author, document);
        self.devices[author].copies[document].1 += 1;
        let after = self.actor(author, document);
        assert_ne!(before, after);
        self.edit(author, document, 5);
    }

    /// A change that is deflated.
    pub(super) fn deflated(&mut self, author: usize, document: usize) {
        let words = "the same words ".repeat(90);
        let raw = self.make((author, document), None, |tx| tx.put(ROOT, "long", words));
        let mut change = automerge::Change::from_bytes(raw.unwrap()).unwrap();
        let bytes = change.bytes().to_vec();
        assert_eq!(bytes[8], 2, "deflated");
        self.change(author, document, bytes);
    }

    /// A change in the name of another actor.
    pub(super) fn borrowed_actor(&mut self, author: usize, document: usize) {
        let mut copy = Automerge::new().with_actor(ActorId::from(&[9; 16][..]));
        copy.transact::<_, _, automerge::AutomergeError>(|tx| tx.put(ROOT, "x", 1)).unwrap();
        let raw = copy.get_last_local_change().unwrap().raw_bytes().to_vec();
        self.change(author, document, raw);
    }

    /// A change after one that is not in the log.
    pub(super) fn skipped(&mut self, author: usize, document: usize) {
        let _ = self.make((author, document), None, |tx| tx.put(ROOT, "unseen", 1));
        let raw = self.make((author, document), None, |tx| tx.put(ROOT, "seen", 1));
        self.change(author, document, raw.unwrap());
    }
}
