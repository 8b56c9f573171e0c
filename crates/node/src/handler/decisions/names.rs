//! The names that decisions are told with: organisations by their codes, spaces and documents by their names. Also those
//! that only a proposal speaks of.

use std::collections::BTreeMap;

use accord_core::api::PartyView;
use accord_core::governance::{Governance, Operation, Subject};
use accord_core::{Card, DocumentId, OrganisationId, SpaceId};
use accord_words::say;

use crate::home::party;
use crate::replica::{DocumentKey, Programme};

/// What names are looked up in.
pub(in crate::handler) struct Names<'a> {
    pub(in crate::handler) programme: &'a Programme,
    pub(in crate::handler) governance: &'a Governance,
    documents: BTreeMap<DocumentId, String>,
}

/// The names of all documents, to be read before governance is locked: reading documents looks at it too.
pub(in crate::handler) fn documents(programme: &Programme) -> BTreeMap<DocumentId, String> {
    // A store that cannot list its documents still tells of its decisions.
    let summaries = programme.summaries().unwrap_or_default();
    let name = |key: &DocumentKey, name: &str| (key.id, name.to_owned());
    summaries.iter().map(|(key, summary)| name(key, &summary.name)).collect()
}

impl<'a> Names<'a> {
    pub(in crate::handler) fn new(
        programme: &'a Programme,
        governance: &'a Governance,
        documents: BTreeMap<DocumentId, String>,
    ) -> Self {
        Self { programme, governance, documents }
    }

    /// The card of an organisation that takes part, took part, or is to.
    fn card(&self, organisation: &OrganisationId) -> Option<Card> {
        if let Some(card) = self.governance.card(organisation) {
            return Some(card.clone());
        }
        let subject = Subject::Membership(*organisation);
        let cards = self.governance.decisions().filter_map(|state| {
            match (&state.decision.operation, state.decision) {
                (Operation::Admit { card, .. }, decision) if decision.subject == subject => {
                    Some(card.as_ref().clone())
                }
                (operation, _) => operation.charter()?.seat(organisation).map(|seat| seat.card.clone()),
            }
        });
        cards.min_by_key(|card| card.device.device)
    }

    /// `UCLG`; the beginning of its id if nothing names it.
    pub(super) fn code(&self, organisation: &OrganisationId) -> String {
        self.card(organisation).map_or_else(|| organisation.short(), |card| card.organisation.code)
    }

    /// `United Cities and Local Governments (UCLG)`.
    pub(super) fn whole(&self, organisation: &OrganisationId) -> String {
        self.party(organisation)
            .map_or_else(|| organisation.short(), |PartyView { name, code, .. }| format!("{name} ({code})"))
    }

    fn party(&self, organisation: &OrganisationId) -> Option<PartyView> {
        self.card(organisation).map(|card| party(&card))
    }

    /// `CA and CMI`, in the order of the alphabet: the order of ids means nothing to people.
    pub(super) fn codes<'o>(&self, organisations: impl IntoIterator<Item = &'o OrganisationId>) -> String {
        let mut codes: Vec<String> = organisations.into_iter().map(|id| self.code(id)).collect();
        codes.sort();
        listed(&codes)
    }

    /// What people call a space.
    pub(super) fn space(&self, space: &SpaceId) -> String {
        if self.governance.is_shared(space) || *space == self.programme.governance_space() {
            return self.programme.space_name(self.governance, space);
        }
        let subject = Subject::Space(*space);
        let proposed = self.governance.decisions().find_map(|state| match &state.decision.operation {
            Operation::CreateSpace { name, .. } if state.decision.subject == subject => Some(name.clone()),
            _ => None,
        });
        proposed.unwrap_or_else(|| self.programme.space_name(self.governance, space))
    }

    /// What people call a document.
    pub(super) fn document(&self, document: &DocumentId) -> String {
        self.documents.get(document).cloned().unwrap_or_else(|| document.short())
    }
}

/// `CA`, `CA and CMI`, `CA, CMI and UCLG`.
pub(in crate::handler) fn listed(names: &[String]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, first)) => say!("list-and", first = first.join(", "), last),
    }
}
