//! In which order what was done is told.
//!
//! Clocks are their authors' and may be wrong by a year. What follows from the entries themselves goes before: each log in its
//! own order, a change after those that it was made on, an entry after what its author had acknowledged, a signature after
//! the proposal, and that somebody knows of a decision after what brought it in force. Only where all of this leaves it free the times decide.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use accord_core::api::AuditItem;
use accord_core::{ChangeHash, DecisionId, DeviceId, VoteId};

/// The name of the space whose logs authorities point to, as items have it.
pub(super) const GOVERNANCE: &str = "governance";

/// Something that comes before what names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// A change.
    Change(ChangeHash),
    /// The first proposal of a decision.
    Proposal(DecisionId),
    /// A vote.
    Vote(VoteId),
}

/// An item on its way to the answer.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) item: AuditItem,
    /// Up to where its author had acknowledged what was decided: a position in its governance log.
    pub(super) authority: u64,
    /// What it is to others.
    pub(super) is: Option<Cause>,
    /// What it comes after.
    pub(super) after: Vec<Cause>,
}

/// By what items are put in order where nothing else decides: time, then what is the same on every node.
type Place = (i64, String, DeviceId, String, u64);

/// Puts items in order, each after all that it follows from.
pub(super) fn in_order(lines: Vec<Line>) -> Vec<AuditItem> {
    let places = places(&lines);
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); lines.len()];
    let mut waits_for: Vec<usize> = vec![0; lines.len()];
    for (before, after) in edges(&lines, &places) {
        followers[before].push(after);
        waits_for[after] += 1;
    }
    let place = |at: usize| Reverse((places[at].clone(), at));
    let mut ready: BinaryHeap<_> = (0..lines.len()).filter(|at| waits_for[*at] == 0).map(place).collect();
    // Whoever signs without having been proposed to can make a circle: then the times decide there.
    let mut stuck: BinaryHeap<_> = (0..lines.len()).filter(|at| waits_for[*at] > 0).map(place).collect();
    let mut lines: Vec<Option<AuditItem>> = lines.into_iter().map(|line| Some(line.item)).collect();
    let mut told = Vec::with_capacity(lines.len());
    while let Some(Reverse((_, at))) = ready.pop().or_else(|| stuck.pop()) {
        let Some(item) = lines[at].take() else { continue };
        told.push(item);
        for after in &followers[at] {
            waits_for[*after] -= 1;
            if waits_for[*after] == 0 {
                ready.push(place(*after));
            }
        }
    }
    told
}

/// Each log's items, by position.
fn logs(lines: &[Line]) -> BTreeMap<(DeviceId, &str), Vec<usize>> {
    let mut logs: BTreeMap<(DeviceId, &str), Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        logs.entry((line.item.device, line.item.space.as_str())).or_default().push(at);
    }
    for items in logs.values_mut() {
        items.sort_by_key(|at| (lines[*at].item.seq, lines[*at].item.entry));
    }
    logs
}

/// What says no time counts as written with what follows it in its log, or else with what is before it.
fn places(lines: &[Line]) -> Vec<Place> {
    let mut times: Vec<Option<i64>> = lines.iter().map(|line| line.item.time).collect();
    for items in logs(lines).into_values() {
        let mut known = None;
        for at in items.iter().rev() {
            known = times[*at].or(known);
            times[*at] = known;
        }
        for at in &items {
            known = times[*at].or(known);
            times[*at] = known;
        }
    }
    let place = |(line, time): (&Line, Option<i64>)| {
        let AuditItem { who, device, space, seq, .. } = &line.item;
        (time.unwrap_or(i64::MIN), who.clone(), *device, space.clone(), *seq)
    };
    lines.iter().zip(times).map(place).collect()
}

/// Every pair of items of which one comes after the other.
fn edges(lines: &[Line], places: &[Place]) -> Vec<(usize, usize)> {
    let logs = logs(lines);
    let mut edges: Vec<(usize, usize)> = Vec::new();
    for items in logs.values() {
        edges.extend(items.windows(2).map(|pair| (pair[0], pair[1])));
    }
    let mut causes: BTreeMap<Cause, usize> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(cause) = line.is else { continue };
        let first = causes.entry(cause).or_insert(at);
        if places[at] < places[*first] {
            *first = at;
        }
    }
    for (at, line) in lines.iter().enumerate() {
        let known = logs.get(&(line.item.device, GOVERNANCE)).filter(|_| line.item.space != GOVERNANCE);
        let acknowledged = known.and_then(|items| {
            let end = items.partition_point(|one| lines[*one].item.seq <= line.authority);
            end.checked_sub(1).map(|last| items[last])
        });
        let causes = line.after.iter().filter_map(|cause| causes.get(cause)).copied();
        edges.extend(causes.chain(acknowledged).filter(|before| *before != at).map(|before| (before, at)));
    }
    edges
}

#[cfg(test)]
mod tests {
    use accord_core::EntryId;

    use super::*;

    fn line(who: u8, space: &str, seq: u64, time: Option<i64>) -> Line {
        let item = AuditItem {
            time,
            who: format!("{who}"),
            device: DeviceId([who; 32]),
            space: space.to_owned(),
            seq,
            last: seq,
            entry: EntryId([seq as u8; 32]),
            what: "change".to_owned(),
            sentence: String::new(),
            number: None,
            document: None,
            apart: None,
            built_on: Vec::new(),
        };
        Line { item, authority: 0, is: None, after: Vec::new() }
    }

    fn told(lines: Vec<Line>) -> Vec<(String, String, u64)> {
        in_order(lines).into_iter().map(|item| (item.who, item.space, item.seq)).collect()
    }

    fn at(who: u8, space: &str, seq: u64) -> (String, String, u64) {
        (format!("{who}"), space.to_owned(), seq)
    }

    #[test]
    fn times_decide_only_where_nothing_else_does() {
        let decision = Cause::Proposal(DecisionId([1; 32]));
        let change = Cause::Change(ChangeHash([2; 32]));
        let lines = vec![
            // Signed by a clock that is behind by far.
            Line { after: vec![decision], ..line(1, GOVERNANCE, 3, Some(-90)) },
            Line { is: Some(decision), after: vec![change], ..line(2, GOVERNANCE, 1, Some(50)) },
            // Proposed by another, too, and later.
            Line { is: Some(decision), ..line(3, GOVERNANCE, 1, Some(60)) },
            Line { is: Some(change), ..line(3, "programme", 1, Some(70)) },
            Line { authority: 4, ..line(1, "programme", 1, Some(-95)) },
            line(1, "programme", 2, None),
        ];
        let order = [
            at(3, GOVERNANCE, 1),
            at(3, "programme", 1),
            at(2, GOVERNANCE, 1),
            at(1, GOVERNANCE, 3),
            at(1, "programme", 1),
            at(1, "programme", 2),
        ];
        assert_eq!(told(lines.clone()), order);
        let turned = lines.into_iter().rev().collect();
        assert_eq!(told(turned), order, "in whatever order they were read");
    }

    #[test]
    fn a_circle_is_told_all_the_same() {
        let decision = Cause::Proposal(DecisionId([1; 32]));
        let lines = vec![
            Line { after: vec![decision], ..line(1, GOVERNANCE, 1, Some(5)) },
            Line { is: Some(decision), ..line(1, GOVERNANCE, 2, Some(6)) },
            line(2, GOVERNANCE, 1, Some(7)),
        ];
        assert_eq!(told(lines).len(), 3);
    }
}
