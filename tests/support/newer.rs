//! What a program that is newer than this one signs: both secretariats decide by it on a guard rule that this one does not know.

use std::path::PathBuf;

use accord_core::governance::{Governance, Operation, Record, Subject};
use accord_core::{DecisionId, Entry};

use super::signing::Signing;

/// Both vote that changes are judged by this rule from now on, each in its own home. Their nodes are stopped.
pub(super) fn rule(number: u32, homes: &[PathBuf]) -> Result<(), String> {
    let [first, other] = homes else { return Err("rule NUMBER OFFICE OFFICE".to_owned()) };
    let office = Signing::open(first)?;
    let mut governance = office.governance()?;
    let mut charter = governance.constitution().ok_or("nothing is founded")?.charter.clone();
    charter.guard_rule = number;
    let operation = Operation::Constitute(Box::new(charter));
    let decision = governance.draft(Subject::Constitution, operation, Vec::new());
    let mut said = office.record(Record::proposal(decision.clone(), &office.key, 1))?;
    take(&mut governance, &said);
    said.extend(vote(&office, &governance, &decision.id())?);
    let office = Signing::open(other)?;
    let mut governance = office.governance()?;
    take(&mut governance, &said);
    let last = vote(&office, &governance, &decision.id())?;
    take(&mut governance, &last);
    match governance.is_in_force(&decision.id()) {
        true => Ok(()),
        false => Err("it is not in force".to_owned()),
    }
}

fn take(governance: &mut Governance, entries: &[Entry]) {
    for entry in entries {
        let _ = governance.insert(entry);
    }
}

fn vote(office: &Signing, governance: &Governance, decision: &DecisionId) -> Result<Vec<Entry>, String> {
    let root = office.root()?;
    let vote = governance.cast(&root.id(), &office.key.id(), decision, None, 1).map_err(|e| e.to_string())?;
    office.record(Record::root_vote(vote, &root))
}
