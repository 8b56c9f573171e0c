//! The lines of the list of documents, and where in it something stands: every command that names a document asks that, and
//! there may be very many.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{DocumentId, SpaceId};

use super::DocumentKey;
use super::names::Summary;

/// A text shorter than this is not taken for the beginning of an id.
const SHORTEST_ID: usize = 4;

/// The lines, by their documents.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: BTreeMap<DocumentKey, Summary>,
    /// By what they are called, in small letters.
    called: BTreeMap<String, BTreeSet<DocumentKey>>,
    ids: BTreeSet<(DocumentId, SpaceId)>,
}

impl Lines {
    pub(super) fn get(&self, key: &DocumentKey) -> Option<&Summary> {
        self.lines.get(key)
    }

    /// Gives whether it was another line before, or none.
    pub(super) fn put(&mut self, key: DocumentKey, line: Summary) -> bool {
        if self.lines.get(&key) == Some(&line) {
            return false;
        }
        let name = line.name.to_lowercase();
        if let Some(before) = self.lines.insert(key, line) {
            let before = before.name.to_lowercase();
            if before != name
                && let Some(alike) = self.called.get_mut(&before)
            {
                alike.remove(&key);
                if alike.is_empty() {
                    self.called.remove(&before);
                }
            }
        }
        self.called.entry(name).or_default().insert(key);
        self.ids.insert((key.id, key.space));
        true
    }

    /// Those that are listed.
    pub(super) fn listed(&self) -> impl Iterator<Item = (&DocumentKey, &Summary)> {
        self.lines.iter().filter(|(_, line)| line.exists)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&DocumentKey, &Summary)> {
        self.lines.iter()
    }

    /// The documents that a text means: those of this very name; if there are none, those that are called so but for
    /// capitals; if there are none either, those whose ids begin so.
    pub(super) fn meant(&self, text: &str) -> Vec<DocumentKey> {
        let lower = text.to_lowercase();
        let listed = |key: &DocumentKey| self.lines.get(key).filter(|line| line.exists);
        let alike: Vec<DocumentKey> = self
            .called
            .get(&lower)
            .into_iter()
            .flatten()
            .copied()
            .filter(|key| listed(key).is_some())
            .collect();
        let named = alike.iter().filter(|key| listed(key).is_some_and(|line| line.name == text));
        let named: Vec<DocumentKey> = named.copied().collect();
        if !named.is_empty() {
            return named;
        }
        if !alike.is_empty() {
            return alike;
        }
        let mut beginning = self.beginning(&lower);
        beginning.retain(|key| listed(key).is_some());
        beginning
    }

    /// The documents whose ids, as they are written, begin with a text, in the order of the list.
    fn beginning(&self, text: &str) -> Vec<DocumentKey> {
        if text.len() < SHORTEST_ID {
            return Vec::new();
        }
        let digit = |byte: u8| (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let Some(digits) = text.bytes().map(digit).collect::<Option<Vec<u8>>>() else { return Vec::new() };
        let mut first = DocumentId([0; 16]);
        if digits.len() > 2 * first.0.len() {
            return Vec::new();
        }
        for (at, digit) in digits.iter().enumerate() {
            first.0[at / 2] |= digit << (4 * (1 - at % 2));
        }
        let begins = |id: &DocumentId| {
            digits.iter().enumerate().all(|(at, digit)| id.0[at / 2] >> (4 * (1 - at % 2)) & 15 == *digit)
        };
        let from = (first, SpaceId([0; 32]));
        let found = self.ids.range(from..).take_while(|(id, _)| begins(id));
        let mut found: Vec<DocumentKey> =
            found.map(|(id, space)| DocumentKey { space: *space, id: *id }).collect();
        found.sort_unstable();
        found
    }
}

impl FromIterator<(DocumentKey, Summary)> for Lines {
    fn from_iter<T: IntoIterator<Item = (DocumentKey, Summary)>>(lines: T) -> Self {
        let mut made = Self::default();
        for (key, line) in lines {
            made.put(key, line);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Fits<'a> = &'a dyn Fn(&DocumentKey, &Summary) -> bool;

    /// What is meant, without any index.
    fn oracle(lines: &BTreeMap<DocumentKey, Summary>, text: &str) -> Vec<DocumentKey> {
        let lower = text.to_lowercase();
        let which = |fits: Fits<'_>| -> Vec<DocumentKey> {
            lines.iter().filter(|(key, line)| line.exists && fits(key, line)).map(|(key, _)| *key).collect()
        };
        let ways: [Fits<'_>; 3] =
            [&|_, line| line.name == text, &|_, line| line.name.to_lowercase() == lower, &|key, _| {
                text.len() >= 4 && key.id.to_string().starts_with(&lower)
            }];
        ways.into_iter().map(which).find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn key() -> impl Strategy<Value = DocumentKey> {
        // Few spaces and ids that have beginnings in common.
        (0..3_u8, prop::sample::select(vec![0xa1_u8, 0xa2]), 0..4_u8, 0..3_u8).prop_map(|(space, a, b, c)| {
            let mut id = [0xc7; 16];
            (id[0], id[1], id[2], id[15]) = (a, a ^ 0x10, b, c);
            DocumentKey { space: SpaceId([space; 32]), id: DocumentId(id) }
        })
    }

    fn name() -> impl Strategy<Value = String> {
        let names =
            ["Sfax", "SFAX", "sfax", "Été", "ÉTÉ", "ΟΔΟΣ", "οδος", "οδοσ", "a1b1", "A1B1", "صفاقس", ""];
        prop::sample::select(names.to_vec()).prop_map(str::to_owned)
    }

    proptest! {
        #[test]
        fn what_is_meant_is_what_a_look_at_every_line_finds(
            puts in prop::collection::vec((key(), name(), prop::bool::weighted(0.8)), 0..40),
            asked in prop::collection::vec(
                prop_oneof![
                    name(),
                    (key(), 0..=34_usize).prop_map(|(key, length)| format!("{}ff", key.id)[..length].to_owned()),
                    (key(), 0..=32_usize).prop_map(|(key, length)| key.id.to_string()[..length].to_uppercase()),
                    "[a-g0-9é]{0,6}",
                ],
                1..20,
            ),
        ) {
            let (mut lines, mut all) = (Lines::default(), BTreeMap::new());
            for (key, name, exists) in puts {
                let line = Summary::named(&name, exists);
                prop_assert_eq!(lines.put(key, line.clone()), all.insert(key, line.clone()) != Some(line));
            }
            for text in asked {
                prop_assert_eq!(lines.meant(&text), oracle(&all, &text), "{}", text);
            }
            prop_assert!(lines.called.values().all(|keys| !keys.is_empty()));
            prop_assert_eq!(lines.called.values().map(BTreeSet::len).sum::<usize>(), all.len());
        }
    }
}
