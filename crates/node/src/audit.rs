//! Checking an audit file on a machine that need not know the programme: what the core proves of entries and decisions,
//! and beside it the document's ratified versions, made again from the changes in the file.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::admission::Standing;
use accord_core::api::{AuditProof, DocumentProof, Problem, VersionProof};
use accord_core::governance::{Choice, Governance, Operation, Subject};
use accord_core::{
    AuditError, Audited, AuditedDocument, AuditedEntry, ChangeHash, DecisionId, OrganisationId, ProgrammeId,
};
use accord_document::{Document, Hash};
use accord_words::{problem, say};
use data_encoding::HEXLOWER;

use crate::replica::read_change;

/// What an audit file proves about the programme with this id. Needs no home.
///
/// # Errors
/// A [`Problem`] with what does not hold, if anything does not: then the file proves nothing.
pub fn audit_check(bytes: &[u8], programme: &ProgrammeId) -> Result<AuditProof, Problem> {
    let audited = Audited::check(bytes, programme, &read_change).map_err(|error| audit_problem(&error))?;
    let governance = &audited.governance;
    let devices: BTreeSet<_> = audited.entries.iter().map(|entry| entry.header().device).collect();
    let founded = governance.genesis_signatures().iter().map(|(who, time)| (code(governance, who), *time));
    let mut founded: Vec<(String, u64)> = founded.collect();
    founded.sort();
    let equivocated: BTreeSet<String> =
        governance.equivocations().iter().map(|proof| code(governance, &proof.secretariat)).collect();
    Ok(AuditProof {
        programme: *programme,
        name: governance.genesis().map(|genesis| genesis.name.clone()).unwrap_or_default(),
        founded,
        entries: audited.entries.len(),
        devices: devices.len(),
        ignored: audited.ignored.len(),
        in_force: governance.in_force().into_iter().collect(),
        equivocated: equivocated.into_iter().collect(),
        document: audited.document.as_ref().map(|d| document(governance, d)).transpose()?,
    })
}

/// The problem that something wrong with a file is.
pub(crate) fn audit_problem(error: &AuditError) -> Problem {
    let problem = Problem::from_error(error);
    match error {
        AuditError::OtherProgramme => problem.hint(say!("audit-compare-id")),
        AuditError::TooLarge => problem.hint(say!("audit-name-one")),
        AuditError::NotAnAudit => problem.hint(say!("audit-newer")),
        _ => problem.hint(say!("audit-ask-again")),
    }
}

fn code(governance: &Governance, organisation: &OrganisationId) -> String {
    let card = governance.card(organisation);
    card.map_or_else(|| organisation.short(), |card| card.organisation.code.clone())
}

/// Makes each ratified version again, of the changes that it names and nothing else.
fn document(governance: &Governance, audited: &AuditedDocument) -> Result<DocumentProof, Problem> {
    let mut changes: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_hash: BTreeMap<ChangeHash, &AuditedEntry> = BTreeMap::new();
    for entry in &audited.entries {
        let Some(change) = &entry.change else { continue };
        by_hash.insert(change.hash, entry);
        let device = entry.entry.header().device;
        let owner = governance.owner(&device);
        let owner = owner.map_or_else(|| device.short(), |owner| code(governance, &owner));
        *changes.entry(owner).or_default() += 1;
    }
    let of_changes = audited.entries.iter().filter(|entry| entry.change.is_some());
    let apart = of_changes.filter(|entry| entry.standing != Standing::InPosition).count();
    let mut versions = Vec::new();
    let mut before: Vec<Hash> = Vec::new();
    let mut name = None;
    for (number, decision, said) in governance.versions(&Subject::Document(audited.id)) {
        let Operation::Ratify { space, heads, content } = &said.operation else { continue };
        if *space != audited.space {
            continue;
        }
        let label = format!("v{number}");
        let broken = |why: String| problem!("version-not-provable", label, why);
        let payloads = closure(&by_hash, heads).ok_or_else(|| broken(say!("audit-changes-missing")))?;
        let mut document = Document::empty();
        if !document.apply_changes(&payloads).refused.is_empty() {
            return Err(broken(say!("audit-change-malformed")));
        }
        let heads: Vec<Hash> = heads.iter().map(|head| head.0).collect();
        if document.heads() != heads || document.content_hash(&heads).ok() != Some(*content) {
            return Err(broken(say!("audit-content-differs")));
        }
        if !before.iter().all(|head| document.has_change(head)) {
            return Err(broken(say!("version-leaves-out")));
        }
        name = document.name();
        versions.push(VersionProof {
            label,
            decision,
            signed: signed(governance, &decision),
            changes: payloads.len(),
            hash: HEXLOWER.encode(content),
        });
        before = heads;
    }
    Ok(DocumentProof { id: audited.id, name, changes: changes.into_iter().collect(), apart, versions })
}

/// Who signed a decision, and when, by code.
pub(crate) fn signed(governance: &Governance, decision: &DecisionId) -> Vec<(String, u64)> {
    let Some(state) = governance.decision(decision) else { return Vec::new() };
    let votes = state.votes.iter().filter_map(|(who, vote)| vote.map(|vote| (who, vote)));
    let mut signed: Vec<(String, u64)> = votes
        .filter(|(_, vote)| vote.choice == Choice::For(*decision))
        .map(|(who, vote)| (code(governance, who), vote.time))
        .collect();
    signed.sort();
    signed
}

/// The changes of a version and all that they were made on; none if one is missing.
fn closure<'a>(
    by_hash: &BTreeMap<ChangeHash, &'a AuditedEntry>,
    heads: &[ChangeHash],
) -> Option<Vec<&'a [u8]>> {
    let mut found: BTreeMap<ChangeHash, &[u8]> = BTreeMap::new();
    let mut next: Vec<ChangeHash> = heads.to_vec();
    while let Some(hash) = next.pop() {
        if found.contains_key(&hash) {
            continue;
        }
        let entry = by_hash.get(&hash)?;
        found.insert(hash, entry.entry.payload());
        next.extend(entry.change.iter().flat_map(|change| &change.deps));
    }
    Some(found.into_values().collect())
}
