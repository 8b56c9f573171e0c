//! Who had access to what, as far as somebody knew: periods of taking part, of reading and of writing.
//!
//! Every question is asked of a *knowledge*: which decisions count as known. What an author knew at an entry's authority
//! gives what it could do then; everything in force gives what holds now. No clock and no order of arrival is asked.

use super::{Decision, Governance, Operation, Subject, Term};
use crate::{
    Authority, DecisionId, DeviceId, OrganisationId, OrganisationKind, SpaceId, governance_space,
    private_space, programme_space,
};

/// Which decisions count as known.
#[derive(Clone, Copy)]
pub enum Knowledge<'a> {
    /// All that are in force.
    Now,
    /// Those that a device had acknowledged at an authority.
    Of(&'a DeviceId, &'a Authority),
}

/// A stretch of taking part, as far as was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub term: Term,
    /// As what.
    pub kind: OrganisationKind,
    /// The decision that began it; none for a secretariat of the genesis.
    pub began: Option<DecisionId>,
    /// The decision that ended it, known or not: its cuts say how far the logs count.
    pub ended: Option<DecisionId>,
}

/// A stretch of access to a space, as far as was known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Access {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
    /// The withdrawal that ended the writing, known or not. The end of taking part ends it too.
    pub ended: Option<DecisionId>,
}

impl Governance {
    pub(crate) fn knows(&self, knowledge: Knowledge<'_>, decision: &DecisionId) -> bool {
        match knowledge {
            Knowledge::Now => true,
            Knowledge::Of(device, authority) => self.acknowledged.knew(device, authority, decision),
        }
    }

    /// Whether a device had acknowledged at an authority what is not settled here: its votes, or the proposal itself, are
    /// still to come, and until then it cannot be said what the device knew it could do.
    pub(crate) fn lacks_votes(&self, device: &DeviceId, authority: &Authority) -> bool {
        let settled = |id: &DecisionId| {
            let proposed = self.proposed.get(id).map(|proposed| &proposed.decision);
            proposed.is_some_and(|decision| {
                let standing = self.standing(&decision.subject);
                standing.is_some_and(|versions| versions.contains_key(&decision.version))
            })
        };
        self.acknowledged.known_at(device, authority).any(|id| !settled(id))
    }

    /// The decisions in force about a subject up to the last one known.
    fn known<'a>(
        &'a self,
        subject: &Subject,
        knowledge: Knowledge<'_>,
    ) -> Vec<(u32, DecisionId, &'a Decision)> {
        let mut all: Vec<_> = self.history(subject).collect();
        let known = all.iter().rposition(|(_, id, _)| self.knows(knowledge, id)).map_or(0, |at| at + 1);
        all.truncate(known);
        all
    }

    /// How an organisation took part, as far as was known; none if it did not.
    pub fn part(&self, organisation: &OrganisationId, knowledge: Knowledge<'_>) -> Option<Part> {
        self.seat_part(organisation, knowledge).or_else(|| self.member_part(organisation, knowledge))
    }

    fn seat_part(&self, organisation: &OrganisationId, knowledge: Knowledge<'_>) -> Option<Part> {
        let known = |at: usize| {
            let made = self.chain[at].reference.decision;
            made.is_none_or(|id| self.knows(knowledge, &id))
        };
        let last = (0..self.chain.len()).rev().find(|at| known(*at))?;
        let named = |at: &usize| self.chain[*at].charter.seat(organisation).is_some();
        let since = (0..=last).rev().take_while(named).last()?;
        let ended = (last + 1..self.chain.len()).find(|at| !named(at));
        Some(Part {
            term: Term::Secretariat(self.chain[since].reference.version),
            kind: OrganisationKind::Secretariat,
            began: self.chain[since].reference.decision,
            ended: ended.and_then(|at| self.chain[at].reference.decision),
        })
    }

    fn member_part(&self, organisation: &OrganisationId, knowledge: Knowledge<'_>) -> Option<Part> {
        let subject = Subject::Membership(*organisation);
        let mut part: Option<Part> = None;
        let known = self.known(&subject, knowledge);
        for (version, id, decision) in &known {
            match &decision.operation {
                Operation::Admit { kind, .. } => {
                    let term = Term::Member(*version);
                    part = Some(Part { term, kind: *kind, began: Some(*id), ended: None });
                }
                Operation::Remove => part = None,
                _ => {}
            }
        }
        let last = known.last()?.0;
        let ends = |(version, id, decision): (u32, DecisionId, &Decision)| {
            (version > last && matches!(decision.operation, Operation::Remove)).then_some(id)
        };
        part.map(|part| Part { ended: self.history(&subject).find_map(ends), ..part })
    }

    /// The access of an organisation to a space, as far as was known. Its own private space aside, nobody has any who
    /// takes no part.
    pub fn access(&self, organisation: &OrganisationId, space: &SpaceId, knowledge: Knowledge<'_>) -> Access {
        if *space == private_space(&self.programme, organisation) {
            return Access { read: true, write: true, ended: None };
        }
        let Some(part) = self.part(organisation, knowledge) else { return Access::default() };
        let writes = part.kind != OrganisationKind::Observer;
        if *space == governance_space(&self.programme) {
            return Access { read: true, write: true, ended: None };
        }
        if *space == programme_space(&self.programme) {
            return Access { read: true, write: writes, ended: None };
        }
        let mut access = self.granted(organisation, space, &part, knowledge);
        // An observer only ever reads; a secretariat reads every shared space, to be able to name cuts.
        access.write &= writes;
        access.read |= access.write || (part.kind == OrganisationKind::Secretariat && self.is_shared(space));
        access
    }

    fn granted(
        &self,
        organisation: &OrganisationId,
        space: &SpaceId,
        part: &Part,
        knowledge: Knowledge<'_>,
    ) -> Access {
        let mut access = Access::default();
        if self.index.private.contains(space) {
            return access;
        }
        let holds = |holder: &super::Holder| holder.organisation == *organisation && holder.term == part.term;
        for (_, _, decision) in self.known(&Subject::Space(*space), knowledge) {
            if let Operation::CreateSpace { readers, writers, .. } = &decision.operation {
                access.read |= readers.iter().any(holds);
                access.write |= writers.iter().any(holds);
            }
        }
        if !self.is_shared(space) {
            return access;
        }
        let subject = Subject::Access(*organisation, *space);
        let known = self.known(&subject, knowledge);
        for (_, _, decision) in &known {
            match decision.operation {
                Operation::Grant { read, write } if decision.membership == Some(part.term) => {
                    access.read |= read;
                    access.write |= write;
                }
                Operation::Withdraw { read, write } => {
                    access.read &= !read;
                    access.write &= !write;
                }
                _ => {}
            }
        }
        let last = known.last().map_or(0, |(version, ..)| *version);
        access.ended = self.history(&subject).find_map(|(version, id, decision)| {
            let ends = matches!(decision.operation, Operation::Withdraw { write: true, .. });
            (version > last && ends).then_some(id)
        });
        access
    }

    /// Whether a space was created by decision; the governance and programme spaces exist without one. An organisation's
    /// private space is not shared, whatever was decided.
    pub fn is_shared(&self, space: &SpaceId) -> bool {
        let created = self.standing(&Subject::Space(*space)).is_some();
        (created && !self.index.private.contains(space))
            || [governance_space(&self.programme), programme_space(&self.programme)].contains(space)
    }

    /// The name of a space that was created by decision.
    pub fn space_name(&self, space: &SpaceId) -> Option<&str> {
        let named =
            self.history(&Subject::Space(*space)).filter_map(|(_, _, decision)| match &decision.operation {
                Operation::CreateSpace { name, .. } => Some(name.as_str()),
                _ => None,
            });
        named.last()
    }

    /// Every space that was created by decision.
    pub fn spaces(&self) -> impl Iterator<Item = SpaceId> + '_ {
        self.in_force.keys().filter_map(|subject| match subject {
            Subject::Space(space) => self.is_shared(space).then_some(*space),
            _ => None,
        })
    }

    /// Whether an organisation may read a space now.
    pub fn may_read(&self, organisation: &OrganisationId, space: &SpaceId) -> bool {
        self.access(organisation, space, Knowledge::Now).read
    }

    /// Whether an organisation may write to a space now.
    pub fn may_write(&self, organisation: &OrganisationId, space: &SpaceId) -> bool {
        self.access(organisation, space, Knowledge::Now).write
    }

    /// Whether an organisation had write access to a space in some period that was known, ended or not.
    pub fn ever_wrote(
        &self,
        organisation: &OrganisationId,
        space: &SpaceId,
        knowledge: Knowledge<'_>,
    ) -> bool {
        if *space == private_space(&self.programme, organisation) {
            return true;
        }
        let built_in = [governance_space(&self.programme), programme_space(&self.programme)];
        if built_in.contains(space) {
            return self.terms(organisation, knowledge).iter().any(|(_, writes)| *writes);
        }
        self.given(organisation, space, knowledge).iter().any(|(writes, may_write)| *writes && *may_write)
    }

    /// Whether an organisation ever had a period in a space, of reading or of writing: from then on its whole log of the
    /// space is taken.
    pub fn ever_had(&self, organisation: &OrganisationId, space: &SpaceId) -> bool {
        if *space == private_space(&self.programme, organisation) {
            return true;
        }
        let took_part = || {
            let seat = self.chain.iter().any(|c| c.charter.seat(organisation).is_some());
            seat || self.standing(&Subject::Membership(*organisation)).is_some()
        };
        if [governance_space(&self.programme), programme_space(&self.programme)].contains(space) {
            return took_part();
        }
        let seat = self.chain.iter().any(|c| c.charter.seat(organisation).is_some());
        (seat && self.is_shared(space)) || !self.given(organisation, space, Knowledge::Now).is_empty()
    }

    /// Every stretch of taking part that was known, ended or not, and whether one writes in it.
    fn terms(&self, organisation: &OrganisationId, knowledge: Knowledge<'_>) -> Vec<(Term, bool)> {
        let known =
            |at: &usize| self.chain[*at].reference.decision.is_none_or(|id| self.knows(knowledge, &id));
        let last = (0..self.chain.len()).rev().find(known);
        let named = |at: usize| self.chain[at].charter.seat(organisation).is_some();
        let begins = |at: &usize| named(*at) && at.checked_sub(1).is_none_or(|before| !named(before));
        let seats = last.into_iter().flat_map(|last| 0..=last).filter(begins);
        let seats = seats.map(|at| (Term::Secretariat(self.chain[at].reference.version), true));
        let memberships = self.known(&Subject::Membership(*organisation), knowledge).into_iter().filter_map(
            |(version, _, decision)| match decision.operation {
                Operation::Admit { kind, .. } => {
                    Some((Term::Member(version), kind != OrganisationKind::Observer))
                }
                _ => None,
            },
        );
        seats.chain(memberships).collect()
    }

    /// What was ever given to an organisation in a space by a decision that was known, for a stretch of its taking part that
    /// there was: whether it may write in that stretch, and whether writing was given.
    fn given(
        &self,
        organisation: &OrganisationId,
        space: &SpaceId,
        knowledge: Knowledge<'_>,
    ) -> Vec<(bool, bool)> {
        if !self.is_shared(space) {
            return Vec::new();
        }
        let terms = self.terms(organisation, knowledge);
        let in_term = |term: Term, write: bool| {
            let (_, may_write) = terms.iter().find(|(other, _)| *other == term)?;
            Some((*may_write, write))
        };
        let mut given: Vec<(bool, bool)> = Vec::new();
        for (_, _, decision) in self.known(&Subject::Space(*space), knowledge) {
            if let Operation::CreateSpace { readers, writers, .. } = &decision.operation {
                let own = |holder: &&super::Holder| holder.organisation == *organisation;
                given.extend(readers.iter().filter(own).filter_map(|holder| in_term(holder.term, false)));
                given.extend(writers.iter().filter(own).filter_map(|holder| in_term(holder.term, true)));
            }
        }
        for (_, _, decision) in self.known(&Subject::Access(*organisation, *space), knowledge) {
            if let (Operation::Grant { write, .. }, Some(term)) = (&decision.operation, decision.membership) {
                given.extend(in_term(term, *write));
            }
        }
        given
    }
}
