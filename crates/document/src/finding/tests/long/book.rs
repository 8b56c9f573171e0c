//! The oracle: a book of who knew what when they wrote what. It knows nothing of how any of that is merged.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::world::{LANGUAGES, Person, items};
use crate::text::tokens;
use crate::value::canonical;
use crate::{Document, Edit, Finding, Hash, Kind};

/// Anywhere in items and rows: an edit there may bear on others, that refer to it.
const SETS: &str = "sets";
/// What the words begin with that the test makes up; a number follows.
const STEMS: [&str; 8] = ["harbour", "quai", "ميناء", "note", "place", "unit", "giver", "value"];
const SET_NAMES: [&str; 3] = ["activities", "indicators", "contributions"];

#[derive(Default)]
struct Made {
    /// Everything that its author held.
    knew: BTreeSet<Hash>,
    /// Words that were told to its author after it and not before.
    written: BTreeSet<String>,
    /// Words that were told to its author less often after it than before. Where a paragraph was moved, its words are told
    /// twice for a time: two people may take out one each.
    removed: BTreeSet<String>,
}

/// What somebody is told.
pub(super) struct Shown {
    /// Each word that the test made up, with the parts of the document where it is told.
    words: BTreeMap<String, BTreeSet<String>>,
    /// How often.
    counts: BTreeMap<String, usize>,
    open: Vec<(u8, String, Vec<Hash>)>,
    /// Where each finding is, as a path.
    pub(super) paths: Vec<String>,
    /// The paragraphs that can be read, by text and number: `context.en.1`.
    pub(super) clear: BTreeMap<String, String>,
    /// Items by their codes.
    codes: BTreeMap<String, Vec<String>>,
}

pub(super) struct Book {
    made: HashMap<Hash, Made>,
    pairs: HashSet<(String, String)>,
    writes: BTreeMap<String, Vec<(Hash, Value)>>,
    /// Where something was moved, so that what stands there is not known here.
    unclear: BTreeSet<String>,
}

impl Book {
    /// With the change that all began with.
    pub(super) fn new(kind: &Kind, first: &Document) -> Self {
        let mut book = Self {
            made: HashMap::new(),
            pairs: HashSet::new(),
            writes: BTreeMap::new(),
            unclear: BTreeSet::new(),
        };
        let written = book.shown(kind, first).words.into_keys().collect();
        book.made.insert(first.heads()[0], Made { written, ..Made::default() });
        book
    }

    pub(super) fn knew(&self, change: &Hash) -> &BTreeSet<Hash> {
        &self.made[change].knew
    }

    /// A text that somebody wrote.
    pub(super) fn written(&mut self, text: &str) {
        for paragraph in text.split("\n\n") {
            let words = words(paragraph);
            self.pairs.extend(words.windows(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())));
        }
    }

    pub(super) fn register(&mut self, change: Hash, place: &str, value: Value) {
        self.writes.entry(place.to_owned()).or_default().push((change, value));
    }

    pub(super) fn shown(&self, kind: &Kind, document: &Document) -> Shown {
        let view = document.view(kind, None).unwrap();
        let findings = document.findings(kind);
        let mut shown = Shown {
            words: BTreeMap::new(),
            counts: BTreeMap::new(),
            open: Vec::new(),
            paths: Vec::new(),
            clear: BTreeMap::new(),
            codes: BTreeMap::new(),
        };
        for set in SET_NAMES {
            for (id, item) in items(&view, set) {
                if let Some(code) = item["code"].as_str() {
                    shown.codes.entry(format!("{set}.{code}")).or_default().push(id.clone());
                }
                paragraphs(&item["title"], &format!("{set}.{id}.title"), &mut shown.clear);
            }
        }
        paragraphs(&view["context"], "context", &mut shown.clear);
        for (name, value) in view.as_object().into_iter().flatten() {
            match value {
                Value::Object(map) if name == "context" || SET_NAMES.contains(&name.as_str()) => {
                    for (inner, value) in map {
                        let inner = value["id"].as_str().unwrap_or(inner);
                        shown.hear(&format!("{name}.{inner}"), value);
                    }
                }
                _ => shown.hear(name, value),
            }
        }
        for finding in &findings {
            let scope = shown.scope_of(&finding.path);
            shown.hear(&scope, &serde_json::to_value(finding).unwrap());
            shown.open.push((finding.what as u8, scope, finding.changes.clone()));
            shown.paths.push(finding.path.clone());
        }
        shown
    }

    /// Notes a change, and holds what its author is told now against what they were told before.
    #[expect(clippy::too_many_arguments, reason = "one event with all that the book notes of it")]
    pub(super) fn made(
        &mut self,
        kind: &Kind,
        seed: u64,
        person: &Person,
        change: Hash,
        knew: BTreeSet<Hash>,
        edits: &[Edit],
        [before, after]: [&Shown; 2],
    ) {
        for edit in edits {
            strings(&edit_value(edit)).iter().for_each(|text| self.written(text));
        }
        let told = |shown: &Shown| shown.words.keys().cloned().collect::<BTreeSet<String>>();
        let (old, new) = (told(before), told(after));
        let gone: BTreeSet<String> = old.difference(&new).cloned().collect();
        let less =
            |word: &&String| after.counts.get(*word).copied().unwrap_or_default() < before.counts[*word];
        let removed = before.words.keys().filter(less).cloned().collect();
        let touched: Vec<String> = edits.iter().map(|edit| before.touched(edit)).collect();
        let at = |edits: &[Edit]| format!("seed {seed}: after {edits:?}");
        for word in &gone {
            let known = self.made.iter().any(|(by, made)| made.written.contains(word) && knew.contains(by));
            // Or somebody took it out before, and it was told beside something else that was open there.
            let taken_out = person.held.iter().filter_map(|hash| self.made.get(hash));
            let known = known || taken_out.into_iter().any(|made| made.removed.contains(word));
            assert!(known, "{}: {word} is gone, and its author knew nothing of it", at(edits));
            let elsewhere = before.words[word].iter().find(|scope| !inside(scope, &touched));
            assert_eq!(elsewhere, None, "{}: {word} is gone elsewhere", at(edits));
        }
        // A paragraph that could be read loses what its author left out, and nothing else.
        if let [Edit::Set { path, value: Value::String(text) }] = edits
            && let Some(was) = before.clear.get(&before.by_id(path))
            && !before.paths.iter().any(|open| open.starts_with(path.as_str()))
        {
            let left_out: Vec<&str> =
                words(was).into_iter().filter(|word| !words(text).contains(word)).collect();
            for word in &gone {
                assert!(left_out.contains(&word.as_str()), "{}: {word} is gone", at(edits));
            }
            assert_eq!(after.clear.get(&after.by_id(path)), Some(text), "{}", at(edits));
        }
        for open in before.open.iter().filter(|(_, scope, _)| !inside(scope, &touched)) {
            assert!(after.open.contains(open), "{}: a finding is gone: {open:?}", at(edits));
        }
        for edit in edits {
            self.note(before, change, edit, &person.writer.document.view(kind, None).unwrap());
        }
        let written = new.difference(&old).cloned().collect();
        self.made.insert(change, Made { knew, written, removed });
    }

    /// What is shown to somebody who has just heard of something.
    pub(super) fn check_shown(&self, seed: u64, person: &Person, shown: &Shown) {
        let held: Vec<&Made> = person.held.iter().map(|hash| &self.made[hash]).collect();
        for by in &person.held {
            for word in self.made[by].written.iter().filter(|word| !shown.words.contains_key(*word)) {
                let taken_out = held.iter().any(|made| made.removed.contains(word) && made.knew.contains(by));
                // A paragraph that some took out and some brought back is not shown, and told as such.
                let flagged = shown.paths.iter().any(|path| path.ends_with(".retired"));
                assert!(taken_out || flagged, "seed {seed}: {word} is told nowhere and nobody took it out");
            }
        }
        for (path, text) in &shown.clear {
            let ends = |word: &str| word.starts_with(['.', '!', '?', '؟', ':', ';', '؛', '…']);
            for pair in words(text).windows(2) {
                let known = self.pairs.contains(&(pair[0].to_owned(), pair[1].to_owned()));
                assert!(
                    known || ends(pair[0]) || ends(pair[1]),
                    "seed {seed}: nobody wrote `{} {}` in {path}: {text}",
                    pair[0],
                    pair[1]
                );
            }
        }
    }

    /// Every value that stands, and no other, and all that are retired.
    pub(super) fn check_values(&self, kind: &Kind, seed: u64, person: &Person) {
        let document = &person.writer.document;
        let view = document.view(kind, None).unwrap();
        let findings = document.findings(kind);
        let mut disagreed = 0;
        for (place, all) in &self.writes {
            let overtaken = |by: &Hash| all.iter().any(|(later, _)| self.made[later].knew.contains(by));
            let standing: BTreeSet<String> =
                all.iter().filter(|(by, _)| !overtaken(by)).map(|(_, value)| canonical(value)).collect();
            if let Some(item) = place.strip_suffix("/retired") {
                let (set, id) = item.split_once('/').unwrap();
                let item = items(&view, set).into_iter().find(|(other, _)| other == id).unwrap().1;
                let retired = item.get("$retired").is_some();
                assert_eq!(retired, standing.contains("true"), "seed {seed}: {place}");
                continue;
            }
            if self.unclear.iter().any(|unclear| place.starts_with(unclear)) {
                continue;
            }
            let shown = document.get(kind, &place.replace('/', "."), None).unwrap();
            let shown: BTreeSet<String> = match shown.get("$conflict").and_then(Value::as_array) {
                Some(sides) => sides.iter().map(|side| canonical(&side["value"])).collect(),
                None => BTreeSet::from([canonical(&shown)]),
            };
            assert_eq!(shown, standing, "seed {seed}: {place}");
            disagreed += usize::from(standing.len() > 1);
        }
        if self.unclear.is_empty() {
            let own = |f: &&Finding| {
                f.what == crate::FindingKind::Values
                    && !f.path.ends_with(".retired")
                    && !f.path.ends_with(".code")
            };
            let told = findings.iter().filter(own).count();
            assert_eq!(told, disagreed, "seed {seed}: {findings:#?}");
        }
    }

    /// Which values an edit writes.
    fn note(&mut self, before: &Shown, change: Hash, edit: &Edit, after: &Value) {
        match edit {
            Edit::Set { path, value } | Edit::Resolve { path, value, .. } => {
                let path = before.by_id(path);
                let parts: Vec<&str> = path.split('.').collect();
                let value = match parts[..] {
                    ["note" | "country"] | ["activities", _, "place"] | ["indicators", _, "unit"] => {
                        value.clone()
                    }
                    ["methods", _] | [_, _, "retired"] => value.clone(),
                    ["activities", _, "budget", _, currency] => match value.get("amount") {
                        Some(_) => value.clone(),
                        None => match value.get("minor") {
                            Some(minor) => {
                                json!({ "amount": format!("{}.00", minor.as_i64().unwrap() / 100), "currency": currency })
                            }
                            None => {
                                json!({ "amount": format!("{}.00", value.as_str().unwrap()), "currency": currency })
                            }
                        },
                    },
                    _ => return,
                };
                self.register(change, &path.replace('.', "/"), value);
            }
            Edit::Add { path, fields } if path == "activities" || path == "indicators" => {
                let new = items(after, path).into_iter().find(|(id, _)| {
                    !before
                        .codes
                        .iter()
                        .any(|(code, ids)| code.starts_with(path.as_str()) && ids.contains(id))
                });
                let Some((id, _)) = new else { return };
                for name in ["place", "unit"] {
                    if let Some(value) = fields.get(name) {
                        self.register(change, &format!("{path}/{id}/{name}"), value.clone());
                    }
                }
            }
            Edit::Retire { path, .. } | Edit::Reinstate { path, .. } if path.split('.').count() == 2 => {
                let place = format!("{}/retired", before.by_id(path).replace('.', "/"));
                self.register(change, &place, Value::Bool(matches!(edit, Edit::Retire { .. })));
            }
            Edit::Move { path, to, .. } => {
                let (from, to) = (before.by_id(path), before.by_id(&format!("activities.{to}")));
                self.register(change, &format!("{}/retired", from.replace('.', "/")), Value::Bool(true));
                self.unclear.extend([from.replace('.', "/"), to.replace('.', "/")]);
            }
            _ => {}
        }
    }
}

impl Shown {
    fn hear(&mut self, scope: &str, value: &Value) {
        for text in strings(value) {
            let made_up = |word: &&str| {
                let stem = word.trim_end_matches(char::is_numeric);
                stem.len() < word.len() && STEMS.contains(&stem)
            };
            for word in words(&text).into_iter().filter(made_up) {
                self.words.entry(word.to_owned()).or_default().insert(scope.to_owned());
                *self.counts.entry(word.to_owned()).or_default() += 1;
            }
        }
    }

    /// A path with the item's id in place of its code, where one item has that.
    pub(super) fn by_id(&self, path: &str) -> String {
        let mut parts: Vec<&str> = path.split('.').collect();
        if let [set, code, ..] = parts[..]
            && let Some([id]) = self.codes.get(&format!("{set}.{code}")).map(Vec::as_slice)
        {
            parts[1] = id;
        }
        parts.join(".")
    }

    /// The part of the document that a place belongs to.
    fn scope_of(&self, path: &str) -> String {
        let path = self.by_id(path);
        let parts: Vec<&str> = path.split('.').collect();
        match parts[..] {
            ["context", language, ..] => format!("context.{language}"),
            [set, id, ..] if SET_NAMES.contains(&set) => format!("{set}.{id}"),
            _ => parts[0].to_owned(),
        }
    }

    /// The part of the document that an edit may bear on.
    fn touched(&self, edit: &Edit) -> String {
        let path = edit.path();
        let parts: Vec<&str> = path.split('.').collect();
        let within = matches!(
            edit,
            Edit::Set { .. } | Edit::ReplaceText { .. } | Edit::Settle { .. } | Edit::Resolve { .. }
        );
        let text = parts.contains(&"title");
        let field = parts.len() > 2 && !matches!(parts[2], "code" | "retired" | "activity");
        if SET_NAMES.contains(&parts[0]) && !(field && (within || text)) {
            return SETS.to_owned();
        }
        self.scope_of(path)
    }
}

fn inside(scope: &str, touched: &[String]) -> bool {
    let set = SET_NAMES.iter().any(|set| scope.starts_with(set));
    touched.iter().any(|one| one == scope || one == SETS && set)
}

/// The words and signs of a text.
fn words(text: &str) -> Vec<&str> {
    tokens(text).into_iter().filter(|token| !token.trim().is_empty()).collect()
}

fn paragraphs(texts: &Value, path: &str, into: &mut BTreeMap<String, String>) {
    for language in LANGUAGES {
        for (n, paragraph) in texts[language].as_array().into_iter().flatten().enumerate() {
            if let Some(text) = paragraph.as_str() {
                into.insert(format!("{path}.{language}.{}", n + 1), text.to_owned());
            }
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(strings).collect(),
        Value::Object(map) => map.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn edit_value(edit: &Edit) -> Value {
    match edit {
        Edit::Set { value, .. } | Edit::Resolve { value, .. } => value.clone(),
        Edit::Add { fields, .. } => fields.clone(),
        Edit::ReplaceText { text, .. } => Value::from(text.as_str()),
        Edit::Settle { value, .. } => value.clone().unwrap_or_default(),
        Edit::Retire { .. } | Edit::Reinstate { .. } | Edit::Move { .. } => Value::Null,
    }
}
