//! What the guard says of changes that would be admitted without it.

use std::collections::BTreeMap;

use accord_core::ChangeHash;
use accord_core::admission::{Admitted, Reason, Standing, WaitingFor};
use accord_document::{Document, GuardError, Judged};

use super::arrived::{Arrived, Payloads};

/// Its verdicts.
pub(super) struct Guarded {
    pub(super) judged: Judged,
    /// Those that it refuses, with why; and of two histories of one author those that do not stand, which no document can
    /// hold beside those that do.
    pub(super) refused: BTreeMap<ChangeHash, GuardError>,
}

/// Judges what was admitted so far. Nothing is applied.
pub(super) fn judge(
    document: &mut Document,
    admitted: &Admitted,
    news: &Arrived,
    payloads: &Payloads,
) -> Guarded {
    let twins = twins(admitted, news);
    let apart: Vec<(&ChangeHash, &Vec<u8>)> = admitted
        .admitted
        .iter()
        .filter(|hash| !twins.contains_key(hash))
        .filter_map(|hash| Some((hash, payloads.get(hash)?)))
        .collect();
    let payloads: Vec<&[u8]> = apart.iter().map(|(_, raw)| raw.as_slice()).collect();
    let judged = document.judge_changes(&payloads);
    let mut refused = twins;
    for verdict in judged.refused() {
        // What was made on one of those waits: nothing is wrong with itself.
        if !matches!(verdict.reason, GuardError::MissingDeps(_)) {
            refused.insert(*apart[verdict.index].0, verdict.reason.clone());
        }
    }
    Guarded { judged, refused }
}

/// Changes of one author under one number, of which somebody built on each: the one on the standing history stays, and
/// without such a one none. In no order that they came in.
fn twins(admitted: &Admitted, news: &Arrived) -> BTreeMap<ChangeHash, GuardError> {
    let mut by_number: BTreeMap<(&[u8], u64), Vec<ChangeHash>> = BTreeMap::new();
    for hash in &admitted.admitted {
        let Some((_, actor, seq)) = news.author(hash) else { continue };
        by_number.entry((actor, seq)).or_default().push(*hash);
    }
    let in_position = |hash: &ChangeHash| {
        let candidate = news.candidates().iter().find(|candidate| candidate.hash == *hash);
        candidate.is_some_and(|candidate| candidate.standing == Standing::InPosition)
    };
    let mut refused = BTreeMap::new();
    for ((_, seq), same) in by_number.into_iter().filter(|(_, same)| same.len() > 1) {
        let standing: Vec<&ChangeHash> = same.iter().filter(|hash| in_position(hash)).collect();
        let stays = if let [one] = standing[..] { Some(*one) } else { None };
        let others = same.iter().filter(|hash| Some(**hash) != stays);
        refused.extend(others.map(|hash| (*hash, GuardError::Twin { seq })));
    }
    refused
}

impl Guarded {
    /// Says of what was made on a refused change that it waits for it; only the change itself is malformed.
    pub(super) fn name(&self, admitted: &mut Admitted) {
        let built_on: Vec<ChangeHash> = admitted
            .quarantined
            .iter()
            .filter(|(hash, reason)| **reason == Reason::Guard && !self.refused.contains_key(*hash))
            .map(|(hash, _)| *hash)
            .collect();
        for hash in built_on {
            admitted.quarantined.remove(&hash);
            admitted.waiting.insert(hash, WaitingFor::Ancestor);
        }
        let forked = self.refused.iter().filter(|(_, why)| matches!(why, GuardError::Twin { .. }));
        for (hash, _) in forked {
            admitted.quarantined.entry(*hash).and_modify(|reason| {
                if *reason == Reason::Guard {
                    *reason = Reason::Fork;
                }
            });
        }
    }
}
