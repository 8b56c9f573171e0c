//! The people, who holds what, and how they hear of each other.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Value, json};

use super::book::{Book, Shown};
use crate::testing::{Writer, add, random, set};
use crate::{Document, Edit, Finding, Hash, Kind};

const NAMES: [&str; 5] = ["CA", "CMI", "UCLG", "GIZ", "Sfax"];
pub(super) const LANGUAGES: [&str; 3] = ["en", "fr", "ar"];

pub(super) fn kind() -> Kind {
    Kind::from_yaml(
        "
name: sample
version: 1
fields:
  - { name: country, type: code, codes: [TN, EG, MA] }
  - { name: note, type: string }
  - { name: context, type: text }
  - { name: methods, type: codes, codes: [technical, knowledge, advocacy] }
  - name: activities
    type: set
    fields:
      - { name: title, type: text }
      - { name: place, type: string }
      - { name: budget, type: table, axes: [year, currency], value: amount }
  - name: indicators
    type: set
    fields:
      - { name: activity, type: reference, of: activities }
      - { name: unit, type: string }
  - name: contributions
    type: rows
    fields:
      - { name: contributor, type: string }
      - { name: activity, type: reference, of: activities }
",
    )
    .unwrap()
}

/// What came of the steps.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) made: u64,
    pub(super) refused: u64,
    pub(super) settled: u64,
    pub(super) findings: u64,
    pub(super) twins: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.made += other.made;
        self.refused += other.refused;
        self.settled += other.settled;
        self.findings += other.findings;
        self.twins += other.twins;
    }
}

/// Where all chance comes from.
type Source = Box<dyn FnMut(&mut [u8])>;

/// One person: a copy, and by the book what is in it.
pub(super) struct Person {
    pub(super) writer: Writer,
    pub(super) held: BTreeSet<Hash>,
    /// What they are told, until that changes: looking again is most of the work.
    shown: Option<Rc<Shown>>,
}

pub(super) struct World {
    pub(super) seed: u64,
    loud: bool,
    pub(super) kind: Kind,
    pub(super) people: Vec<Person>,
    /// Only people of one group hear of each other.
    groups: Vec<usize>,
    pub(super) book: Book,
    source: Source,
    pub(super) words: usize,
    pub(super) counts: Counts,
}

impl World {
    pub(super) fn new(seed: u64, texts: &[Vec<String>], loud: bool) -> Self {
        let mut source: Source = Box::new(random(seed.wrapping_add(77)));
        // The first numbers of near seeds are alike.
        (0..16).for_each(|_| source(&mut [0; 8]));
        let kind = kind();
        let mut number = |below: usize| number(&mut *source, below);
        let mut edits = Vec::new();
        let mut begun = Vec::new();
        for (language, all) in LANGUAGES.iter().zip(texts) {
            let first = number(all.len());
            let text: Vec<&str> = (0..1 + number(3)).map(|n| all[(first + n) % all.len()].as_str()).collect();
            begun.extend(text.iter().map(|paragraph| (*paragraph).to_owned()));
            edits.push(set(&format!("context.{language}"), &text.join("\n\n")));
        }
        edits.push(set("note", "note0"));
        edits.push(add(
            "activities",
            json!({ "code": "A1", "place": "place0", "title": { "en": "One plan for all." } }),
        ));
        edits.push(add("activities", json!({ "code": "A2" })));
        let first = Writer::first(&kind, &edits);
        let count = 3 + number(3);
        // Somebody may be away from the first day to the last.
        let away = (number(3) == 0).then(|| number(count));
        let groups = (0..count).map(|n| if Some(n) == away { usize::MAX } else { 0 }).collect();
        let held: BTreeSet<Hash> = first.document.heads().into_iter().collect();
        let people: Vec<Person> = (0..count)
            .map(|n| Person {
                writer: if n == 0 { first.joined("CA") } else { first.joined(NAMES[n]) },
                held: held.clone(),
                shown: None,
            })
            .collect();
        let mut book = Book::new(&kind, &first.document);
        begun.iter().for_each(|paragraph| book.written(paragraph));
        let view = first.document.view(&kind, None).unwrap();
        for (id, item) in items(&view, "activities") {
            let root = first.document.heads()[0];
            if let Some(title) = item["title"]["en"][0].as_str() {
                book.written(title);
            }
            if let Some(place) = item.get("place") {
                book.register(root, &format!("activities/{id}/place"), place.clone());
            }
        }
        book.register(first.document.heads()[0], "note", json!("note0"));
        Self { seed, loud, kind, people, groups, book, source, words: 0, counts: Counts::default() }
    }

    pub(super) fn number(&mut self, below: usize) -> usize {
        number(&mut *self.source, below)
    }

    /// A word that stands nowhere.
    pub(super) fn word(&mut self, language: &str) -> String {
        self.words += 1;
        let stem = match language {
            "fr" => "quai",
            "ar" => "ميناء",
            _ => "harbour",
        };
        format!("{stem}{}", self.words)
    }

    pub(super) fn tell(&self, what: impl FnOnce() -> String) {
        if self.loud {
            println!("{}", what());
        }
    }

    pub(super) fn shown(&mut self, who: usize) -> Rc<Shown> {
        let (book, kind) = (&self.book, &self.kind);
        let Person { writer, shown, .. } = &mut self.people[who];
        Rc::clone(shown.get_or_insert_with(|| Rc::new(book.shown(kind, &writer.document))))
    }

    pub(super) fn view(&self, who: usize) -> Value {
        self.people[who].writer.document.view(&self.kind, None).unwrap()
    }

    pub(super) fn findings(&self, who: usize) -> Vec<Finding> {
        self.people[who].writer.document.findings(&self.kind)
    }

    pub(super) fn step(&mut self) {
        match self.number(12) {
            0 | 1 => self.meet(),
            2 => self.part(),
            3 => self.twins(),
            _ => {
                let who = self.number(self.people.len());
                self.act(who);
            }
        }
    }

    /// Groups form anew. Who is away stays away.
    fn part(&mut self) {
        let ways = 1 + self.number(3);
        for n in 0..self.people.len() {
            let group = self.number(ways);
            if self.groups[n] != usize::MAX {
                self.groups[n] = group;
            }
        }
        let groups = self.groups.clone();
        self.tell(|| format!("groups: {groups:?}"));
    }

    fn meet(&mut self) {
        let (to, from) = (self.number(self.people.len()), self.number(self.people.len()));
        if to != from && self.same_group(to, from) {
            self.hear(to, from);
        }
    }

    /// One takes over what the other has.
    pub(super) fn hear(&mut self, to: usize, from: usize) {
        self.tell(|| format!("{} hears {}", NAMES[to], NAMES[from]));
        let [hears, tells] = self.people.get_disjoint_mut([to, from]).unwrap();
        let missing: Vec<Hash> = tells.held.difference(&hears.held).copied().collect();
        if missing.is_empty() {
            return;
        }
        give(&mut hears.writer.document, &tells.writer.document, &missing);
        hears.held.extend(missing);
        hears.shown = None;
        let shown = self.shown(to);
        self.book.check_shown(self.seed, &self.people[to], &shown);
    }

    pub(super) fn same_group(&self, one: usize, other: usize) -> bool {
        self.groups[one] == self.groups[other] && self.groups[one] != usize::MAX
    }

    /// What several do alike raises nothing, if nobody does anything else.
    fn twins(&mut self) {
        let (one, other) = (self.number(self.people.len()), self.number(self.people.len()));
        if one == other || self.groups[one] == usize::MAX || self.groups[other] == usize::MAX {
            return;
        }
        self.hear(one, other);
        self.hear(other, one);
        let before = self.findings(one);
        let Some(edit) = self.some_edit_for_two(one) else { return };
        self.tell(|| format!("{} and {} alike: {edit:?}", NAMES[one], NAMES[other]));
        if self.try_edit(one, std::slice::from_ref(&edit)).is_none() {
            return;
        }
        self.try_edit(other, &[edit]).expect("who holds the same may do the same");
        self.hear(one, other);
        self.hear(other, one);
        self.counts.twins += 1;
        let strip = |all: Vec<Finding>| -> Vec<(u8, String)> {
            all.into_iter().map(|f| (f.what as u8, f.path)).collect()
        };
        let after = strip(self.findings(one));
        for finding in &after {
            assert!(
                strip(before.clone()).contains(finding),
                "seed {}: two did the same, and it is told: {finding:?}",
                self.seed
            );
        }
    }

    /// Makes edits of one person, writes them into the book, and holds what is told then against what was told before.
    /// `None` if they are refused; then nothing is changed.
    pub(super) fn try_edit(&mut self, who: usize, edits: &[Edit]) -> Option<Hash> {
        let knew = self.people[who].held.clone();
        self.try_edit_at(who, None, knew, edits)
    }

    pub(super) fn try_edit_at(
        &mut self,
        who: usize,
        heads: Option<&[Hash]>,
        knew: BTreeSet<Hash>,
        edits: &[Edit],
    ) -> Option<Hash> {
        let kind = self.kind.clone();
        let before = self.shown(who);
        let before_heads = self.people[who].writer.document.heads();
        let person = &mut self.people[who];
        let made = match heads {
            None => person.writer.try_edit(&kind, edits),
            Some(heads) => person.writer.edit_at(&kind, heads, edits),
        };
        self.tell(|| format!("{}: {edits:?}: {:?}", NAMES[who], made.as_ref().map(|new| new.is_some())));
        match made {
            Err(error) => {
                assert!(error.hint().is_some(), "seed {}: {error} says nothing of what to do", self.seed);
                assert_eq!(before_heads, self.people[who].writer.document.heads(), "seed {}", self.seed);
                self.counts.refused += 1;
                None
            }
            Ok(None) => None,
            Ok(Some(new)) => {
                let hash = new.meta.hash;
                self.people[who].held.insert(hash);
                self.counts.made += 1;
                self.people[who].shown = None;
                let after = self.shown(who);
                self.book.made(&kind, self.seed, &self.people[who], hash, knew, edits, [&before, &after]);
                Some(hash)
            }
        }
    }

    /// Everybody hears of everything, each in an order of their own, and all of them are told the same.
    pub(super) fn finish(&mut self) {
        self.groups.fill(0);
        let all: BTreeSet<Hash> = self.people.iter().flat_map(|person| person.held.iter().copied()).collect();
        for to in 0..self.people.len() {
            let first = self.number(self.people.len());
            for n in 0..self.people.len() {
                let from = (first + n) % self.people.len();
                if from != to {
                    self.hear(to, from);
                }
            }
            assert_eq!(self.people[to].held, all);
        }
        let seed = self.seed;
        let told =
            |document: &Document| (document.view(&self.kind, None).unwrap(), document.findings(&self.kind));
        let here = &self.people[0].writer.document;
        let expected = told(here);
        for person in &self.people[1..] {
            assert_eq!(told(&person.writer.document), expected, "seed {seed}: told otherwise elsewhere");
        }
        let saved = Document::load(&here.save()).unwrap();
        assert_eq!(told(&saved), expected, "seed {seed}: told otherwise after a restart");
        let forked = here.fork_at(&here.heads()).unwrap();
        assert_eq!(told(&forked), expected, "seed {seed}: told otherwise from the changes alone");
        let here = here.clone();
        let one_by_one = self.built_anew(&here);
        assert_eq!(
            (one_by_one.view(&self.kind, None).unwrap(), one_by_one.findings(&self.kind)),
            expected,
            "seed {seed}: one by one"
        );
        assert_eq!(one_by_one.history(&self.kind), here.history(&self.kind), "seed {seed}: another story");
        self.counts.findings += expected.1.len() as u64;
        self.book.check_values(&self.kind, seed, &self.people[0]);
    }

    /// All changes, in a random order in which each comes after what it builds on, by ones and by few.
    fn built_anew(&mut self, of: &Document) -> Document {
        let mut document = Document::empty();
        let mut left: Vec<Hash> = self.people[0].held.iter().copied().collect();
        while !left.is_empty() {
            let ready: Vec<usize> = (0..left.len())
                .filter(|n| self.book.knew(&left[*n]).iter().all(|known| document.has_change(known)))
                .collect();
            let few: BTreeSet<usize> =
                (0..1 + self.number(3)).map(|_| ready[self.number(ready.len())]).collect();
            let hashes: Vec<Hash> = few.iter().map(|n| left[*n]).collect();
            give(&mut document, of, &hashes);
            // Reading now and then: what was read before is brought up to date, and not read again.
            if self.number(4) == 0 {
                let _ = document.findings(&self.kind);
            }
            left.retain(|hash| !hashes.contains(hash));
        }
        document
    }
}

fn give(to: &mut Document, from: &Document, hashes: &[Hash]) {
    let raw: Vec<Vec<u8>> = hashes.iter().map(|hash| from.raw_change(hash).unwrap()).collect();
    let applied = to.apply_changes(&raw.iter().map(Vec::as_slice).collect::<Vec<_>>());
    assert!(applied.refused.is_empty(), "{:?}", applied.refused);
}

pub(super) fn number(source: &mut dyn FnMut(&mut [u8]), below: usize) -> usize {
    let mut bytes = [0u8; 4];
    source(&mut bytes);
    u32::from_be_bytes(bytes) as usize % below.max(1)
}

/// The items of a set by their ids.
pub(super) fn items<'a>(view: &'a Value, set: &str) -> Vec<(String, &'a Value)> {
    let Some(map) = view[set].as_object() else { return Vec::new() };
    map.values().map(|item| (item["id"].as_str().unwrap_or_default().to_owned(), item)).collect()
}
