//! Corrections that were made to a wording while somebody else replaced it.
//!
//! The new wording stands; the correction would be lost without a word. Whoever replaced a wording
//! knew what they had seen of it, so what counts is each change to it that none of those who
//! replaced it had.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Finding, FindingKind, Side};
use crate::Hash;
use crate::document::Document;
use crate::document::graph::{Clock, Node, join, meet};
use crate::kind::Kind;
use crate::path::{Role, describe};
use crate::snapshot::Snapshot;
use crate::trace::{Text, TextNo};
use crate::wording::settled;

pub(super) fn find(document: &Document, kind: &Kind, snapshot: &Snapshot) -> Vec<Finding> {
    let (graph, trace) = (document.graph(), document.trace());
    let mut found = Vec::new();
    for (number, text) in trace.replaced() {
        let mut known = Clock::new();
        text.replaced_by
            .iter()
            .filter_map(|hash| graph.node(hash))
            .for_each(|node| join(&mut known, node.clock()));
        let unseen = trace.beyond(graph, number, &known);
        if unseen.is_empty() {
            continue;
        }
        let full = trace.key_name(text.key);
        let settled = settled(&document.am, None, full);
        for last in graph.maximal(last_of_each(&unseen)) {
            let mut changes: Vec<Hash> =
                unseen.iter().filter(|node| node.within(last.clock())).map(|node| node.hash).collect();
            changes.retain(|hash| !settled.contains(hash));
            if !changes.is_empty() {
                let late = Late { number, text, last, known: &known, changes };
                found.extend(late.finding(document, kind, snapshot, full));
            }
        }
    }
    found
}

struct Late<'a> {
    number: TextNo,
    text: &'a Text,
    last: &'a Node,
    known: &'a Clock,
    changes: Vec<Hash>,
}

impl Late<'_> {
    /// `None` if the correction came to nothing, or stands in the new wording too.
    fn finding(self, document: &Document, kind: &Kind, snapshot: &Snapshot, full: &str) -> Option<Finding> {
        let (graph, id) = (document.graph(), self.text.id.object());
        let reader = document.reader(None);
        let mut seen = self.known.clone();
        meet(&mut seen, self.last.clock());
        let before = document.trace().frontier(graph, self.number, &seen);
        let before: Vec<Hash> = before.iter().map(|node| node.hash).collect();
        let (base, after) = (reader.raw_at(&id, &before), reader.raw_at(&id, &[self.last.hash]));
        if base == after || snapshot.wordings(full).contains(&after.as_str()) {
            return None;
        }
        let place = describe(kind, snapshot, full);
        if place.role != Role::Paragraph {
            return None;
        }
        let side = Side::new(document, Value::from(after.as_str()), after, &self.changes);
        let mut changes = self.changes;
        changes.sort_unstable();
        Some(Finding {
            base: Some(Value::from(base.as_str())),
            base_text: Some(base),
            sides: vec![side],
            standing: snapshot.clear(full).map(str::to_owned),
            changes,
            ..Finding::new(FindingKind::LateCorrection, place.path, place.label)
        })
    }
}

/// The last of each author among these changes.
fn last_of_each<'a>(nodes: &[&'a Node]) -> Vec<&'a Node> {
    let mut last: BTreeMap<u32, &Node> = BTreeMap::new();
    for node in nodes {
        let held = last.entry(node.actor).or_insert(node);
        if held.seq < node.seq {
            *held = node;
        }
    }
    last.into_values().collect()
}
