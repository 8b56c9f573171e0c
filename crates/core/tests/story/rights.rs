//! Who may read and write, which entries stand and which changes are admitted, by the text of docs/governance.md alone.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::admission::{Candidate, RatifiedState, Reason, Standing, WaitingFor};
use accord_core::governance::{Cut, Decision, Operation, Subject, Term};
use accord_core::{
    Authority, Body, ChangeHash, DecisionId, DeviceId, EntryId, Header, OrganisationId, OrganisationKind,
    PublicKey, RecordId, SpaceId, governance_space, private_space, programme_space,
};

use super::oracle::Oracle;

/// What counts as known: everything, or what a device had acknowledged at an authority.
pub(crate) type Known<'a> = Option<(&'a DeviceId, &'a Authority)>;

/// The entries of logs outside of the governance space, and who built on each.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) headers: Vec<(EntryId, Header)>,
    pub(crate) built: Vec<(EntryId, OrganisationId)>,
}

impl Written {
    fn get(&self, id: &EntryId) -> Option<&Header> {
        self.headers.iter().find(|(other, _)| other == id).map(|(_, header)| header)
    }

    /// An entry and all before it on its branch.
    fn line(&self, id: &EntryId) -> Vec<EntryId> {
        let mut line = vec![*id];
        while let Some(prev) = line.last().and_then(|id| self.get(id)).and_then(|header| header.prev) {
            line.push(prev);
        }
        line
    }
}

impl Oracle {
    fn decided(&self, subject: &Subject) -> Vec<(u32, DecisionId, &Decision)> {
        let ids = self.standing.get(subject).into_iter().flatten();
        ids.enumerate().map(|(at, id)| (at as u32 + 1, *id, &self.decisions[id])).collect()
    }

    /// The entries of a device's governance log up to an authority, where all of them are held.
    fn line(&self, device: &DeviceId, authority: &Authority) -> Option<Vec<EntryId>> {
        let mut line = Vec::new();
        let Authority::At { id, .. } = authority else { return Some(line) };
        let mut at = Some(*id);
        while let Some(id) = at {
            line.push(id);
            at = self.logs.get(device)?.get(&id)?.prev;
        }
        Some(line)
    }

    fn knows(&self, known: Known<'_>, id: &DecisionId) -> bool {
        let Some((device, authority)) = known else { return true };
        let line = self.line(device, authority).unwrap_or_default();
        line.iter().any(|entry| self.logs[device][entry].decisions.contains(id))
    }

    fn knows_record(&self, known: Known<'_>, id: &RecordId) -> bool {
        let Some((device, authority)) = known else { return true };
        let line = self.line(device, authority).unwrap_or_default();
        line.iter().any(|entry| self.logs[device][entry].devices.contains(id))
    }

    /// How many versions of a subject there are up to the last one known: who knows one knows those before it.
    fn up_to(&self, subject: &Subject, known: Known<'_>) -> usize {
        let decided = self.decided(subject);
        (0..decided.len()).rev().find(|at| self.knows(known, &decided[*at].1)).map_or(0, |at| at + 1)
    }

    fn last_constitution(&self, known: Known<'_>) -> usize {
        let knows = |at: &usize| self.chain[*at].reference.decision.is_none_or(|id| self.knows(known, &id));
        (0..self.chain.len()).rev().find(knows).unwrap_or(0)
    }

    /// The term, the kind, and the decision that ended it after what was known.
    pub(crate) fn part(
        &self,
        organisation: &OrganisationId,
        known: Known<'_>,
    ) -> Option<(Term, OrganisationKind, Option<DecisionId>)> {
        if self.chain.is_empty() {
            return None;
        }
        let last = self.last_constitution(known);
        if self.chain[last].names(organisation) {
            let mut since = last;
            while since > 0 && self.chain[since - 1].names(organisation) {
                since -= 1;
            }
            let ended = self.chain[last..].iter().find(|c| !c.names(organisation));
            let ended = ended.and_then(|c| c.reference.decision);
            return Some((Term::Secretariat(since as u32), OrganisationKind::Secretariat, ended));
        }
        let subject = Subject::Membership(*organisation);
        let (decided, up_to) = (self.decided(&subject), self.up_to(&subject, known));
        let mut part = None;
        for (version, _, decision) in &decided[..up_to] {
            match &decision.operation {
                Operation::Admit { kind, .. } => part = Some((Term::Member(*version), *kind)),
                Operation::Remove => part = None,
                _ => {}
            }
        }
        let ended = decided[up_to..].iter().find(|(_, _, d)| matches!(d.operation, Operation::Remove));
        part.map(|(term, kind)| (term, kind, ended.map(|(_, id, _)| *id)))
    }

    /// Reading, writing, and the withdrawal that ended the writing after what was known.
    pub(crate) fn access(
        &self,
        organisation: &OrganisationId,
        space: &SpaceId,
        known: Known<'_>,
    ) -> (bool, bool, Option<DecisionId>) {
        if *space == private_space(&self.programme, organisation) {
            return (true, true, None);
        }
        let Some((term, kind, _)) = self.part(organisation, known) else { return (false, false, None) };
        let writes = kind != OrganisationKind::Observer;
        if *space == governance_space(&self.programme) {
            return (true, true, None);
        }
        if *space == programme_space(&self.programme) {
            return (true, writes, None);
        }
        let of_space = Subject::Space(*space);
        let shared = !self.decided(&of_space).is_empty() && !self.is_private(space);
        if !shared {
            return (false, false, None);
        }
        let (mut read, mut write) = (false, false);
        for (_, _, decision) in &self.decided(&of_space)[..self.up_to(&of_space, known)] {
            if let Operation::CreateSpace { readers, writers, .. } = &decision.operation {
                let own =
                    |h: &accord_core::governance::Holder| h.organisation == *organisation && h.term == term;
                read |= readers.iter().any(own);
                write |= writers.iter().any(own);
            }
        }
        let subject = Subject::Access(*organisation, *space);
        let (decided, up_to) = (self.decided(&subject), self.up_to(&subject, known));
        for (_, _, decision) in &decided[..up_to] {
            match decision.operation {
                Operation::Grant { read: r, write: w } if decision.membership == Some(term) => {
                    (read, write) = (read || r, write || w);
                }
                Operation::Withdraw { read: r, write: w } => (read, write) = (read && !r, write && !w),
                _ => {}
            }
        }
        let ends = |d: &Decision| matches!(d.operation, Operation::Withdraw { write: true, .. });
        let ended = decided[up_to..].iter().find(|(_, _, d)| ends(d)).map(|(_, id, _)| *id);
        write &= writes;
        (read || write || kind == OrganisationKind::Secretariat, write, ended)
    }

    fn took_part(&self) -> BTreeSet<OrganisationId> {
        let seats = self.chain.iter().flat_map(|c| c.charter.seats.iter()).map(|s| s.card.organisation.id);
        let members = self.standing.keys().filter_map(|subject| match subject {
            Subject::Membership(organisation) => Some(*organisation),
            _ => None,
        });
        seats.chain(members).collect()
    }

    fn is_private(&self, space: &SpaceId) -> bool {
        self.took_part().iter().any(|who| private_space(&self.programme, who) == *space)
    }

    /// Every stretch of taking part that was known, and whether one writes in it.
    fn terms(&self, organisation: &OrganisationId, known: Known<'_>) -> BTreeMap<Term, bool> {
        let mut terms = BTreeMap::new();
        for at in 0..=self.last_constitution(known) {
            if self.chain[at].names(organisation) && (at == 0 || !self.chain[at - 1].names(organisation)) {
                terms.insert(Term::Secretariat(at as u32), true);
            }
        }
        let subject = Subject::Membership(*organisation);
        for (version, _, decision) in &self.decided(&subject)[..self.up_to(&subject, known)] {
            if let Operation::Admit { kind, .. } = &decision.operation {
                terms.insert(Term::Member(*version), *kind == OrganisationKind::Member);
            }
        }
        terms
    }

    /// Whether an organisation had written, or could have, in some period that was known.
    pub(crate) fn ever_wrote(
        &self,
        organisation: &OrganisationId,
        space: &SpaceId,
        known: Known<'_>,
    ) -> bool {
        if *space == private_space(&self.programme, organisation) {
            return true;
        }
        let terms = self.terms(organisation, known);
        if [governance_space(&self.programme), programme_space(&self.programme)].contains(space) {
            return terms.values().any(|writes| *writes);
        }
        if self.is_private(space) {
            return false;
        }
        let (of_space, of_access) = (Subject::Space(*space), Subject::Access(*organisation, *space));
        if self.decided(&of_space).is_empty() {
            return false;
        }
        let writes = |term: &Term| terms.get(term) == Some(&true);
        let opened = self.decided(&of_space)[..self.up_to(&of_space, known)].iter().any(|(_, _, d)| {
            matches!(&d.operation, Operation::CreateSpace { writers, .. }
                if writers.iter().any(|h| h.organisation == *organisation && writes(&h.term)))
        });
        opened
            || self.decided(&of_access)[..self.up_to(&of_access, known)].iter().any(|(_, _, d)| {
                matches!(d.operation, Operation::Grant { write: true, .. })
                    && d.membership.as_ref().is_some_and(writes)
            })
    }

    /// The root keys of an organisation in their order, each with the records before it that go on to count.
    fn roots(&self, organisation: &OrganisationId) -> Vec<(PublicKey, Vec<RecordId>)> {
        let mut member: Vec<(PublicKey, Vec<RecordId>)> = Vec::new();
        for (_, _, decision) in self.decided(&Subject::Membership(*organisation)) {
            match &decision.operation {
                Operation::Admit { .. } if member.is_empty() => member.push((organisation.0, Vec::new())),
                Operation::ReplaceRoot { root, keeps, .. } => member.push((root.0, keeps.clone())),
                _ => {}
            }
        }
        let mut seats: Vec<(PublicKey, Vec<RecordId>)> = Vec::new();
        for constitution in &self.chain {
            if let Some(seat) = constitution.charter.seat(organisation) {
                seats.push((seat.root.0, constitution.charter.keeps.clone()));
            }
        }
        let seated = self.chain.last().is_some_and(|c| c.names(organisation));
        let of_member = member.last().map(|(root, _)| *root);
        let replaced = seats.last().is_some_and(|(root, _)| Some(*root) != of_member)
            && seats.iter().any(|(root, _)| Some(*root) == of_member);
        let mut all = if seated || replaced || member.len() < 2 {
            [member, seats].concat()
        } else {
            [seats, member].concat()
        };
        all.dedup_by(|later, kept| later.0 == kept.0);
        all
    }

    fn by_root(
        &self,
        organisation: &OrganisationId,
        id: &RecordId,
        signed: &dyn Fn(&PublicKey) -> bool,
    ) -> bool {
        let roots = self.roots(organisation);
        (0..roots.len())
            .any(|at| signed(&roots[at].0) && roots[at + 1..].iter().all(|(_, keeps)| keeps.contains(id)))
    }

    /// The organisation of a device: by a card agreed to, else by the certificate that the device acknowledged first.
    pub(crate) fn owner(&self, device: &DeviceId) -> Option<OrganisationId> {
        let mut by_card: BTreeSet<OrganisationId> = BTreeSet::new();
        for who in self.took_part() {
            let cards = self.chain.iter().filter_map(|c| c.charter.seat(&who)).map(|seat| &seat.card);
            let decided = self.decided(&Subject::Membership(who));
            let admitted = decided.iter().filter_map(|(_, _, decision)| match &decision.operation {
                Operation::Admit { card, .. } => Some(card.as_ref()),
                _ => None,
            });
            if cards.chain(admitted).any(|card| card.device.device == *device) {
                by_card.insert(who);
            }
        }
        if let Some(owner) = by_card.first() {
            return Some(*owner);
        }
        let took_part = self.took_part();
        let counting = self.certificates.iter().filter(|(id, certificate)| {
            certificate.device == *device
                && took_part.contains(&certificate.organisation)
                && self.by_root(&certificate.organisation, id, &|root| certificate.check_root(root).is_ok())
        });
        let first = |(id, certificate): &(&RecordId, &accord_core::DeviceCertificate)| {
            let log = self.logs.get(device).into_iter().flat_map(BTreeMap::values);
            let seqs = log.filter(|said| said.devices.contains(id)).map(|said| said.seq);
            (seqs.min().unwrap_or(u64::MAX), certificate.organisation)
        };
        counting.min_by_key(first).map(|(_, certificate)| certificate.organisation)
    }

    /// Whether a device is on no card and not among those with the lowest ids that its organisation certified, as many as it
    /// may have.
    pub(crate) fn is_surplus(&self, device: &DeviceId) -> bool {
        let Some(owner) = self.owner(device) else { return false };
        let took_part = self.took_part();
        let on_card = |who: &OrganisationId| {
            let seats = self.chain.iter().filter_map(|c| c.charter.seat(who)).map(|seat| &seat.card);
            let decided = self.decided(&Subject::Membership(*who));
            let admitted = decided.iter().filter_map(|(_, _, decision)| match &decision.operation {
                Operation::Admit { card, .. } => Some(card.as_ref()),
                _ => None,
            });
            seats.chain(admitted).any(|card| card.device.device == *device)
        };
        if took_part.iter().any(on_card) {
            return false;
        }
        let certified = self.certificates.iter().filter(|(id, certificate)| {
            certificate.organisation == owner
                && self.by_root(&owner, id, &|root| certificate.check_root(root).is_ok())
        });
        let certified: BTreeSet<DeviceId> = certified.map(|(_, certificate)| certificate.device).collect();
        !certified.iter().take(self.most_certified).any(|within| within == device)
    }

    fn revocations_of(&self, device: &DeviceId) -> Vec<(RecordId, &Vec<Cut>)> {
        let owner = self.owner(device);
        let counting = self.revocations.iter().filter(|(id, (revocation, signature))| {
            revocation.device == *device
                && Some(revocation.organisation) == owner
                && self
                    .by_root(&revocation.organisation, id, &|root| revocation.verify(root, signature).is_ok())
        });
        counting.map(|(id, (revocation, _))| (*id, &revocation.cuts)).collect()
    }

    pub(crate) fn is_revoked(&self, device: &DeviceId) -> bool {
        !self.revocations_of(device).is_empty()
    }

    /// The decisions that ended an organisation's taking part or its writing to a space, whenever.
    fn endings(&self, organisation: &OrganisationId, space: &SpaceId) -> Vec<DecisionId> {
        let mut endings = Vec::new();
        for subject in [Subject::Membership(*organisation), Subject::Access(*organisation, *space)] {
            endings.extend(self.decided(&subject).iter().filter_map(|(_, id, decision)| {
                let ends =
                    matches!(decision.operation, Operation::Remove | Operation::Withdraw { write: true, .. });
                ends.then_some(*id)
            }));
        }
        for pair in self.chain.windows(2) {
            if pair[0].names(organisation) && !pair[1].names(organisation) {
                endings.extend(pair[1].reference.decision);
            }
        }
        endings
    }

    fn beyond(written: &Written, cuts: &[Cut], (id, header): (&EntryId, &Header)) -> bool {
        let named = cuts.iter().find(|cut| cut.space == header.space && cut.device == header.device);
        let Some(last) = named.and_then(|cut| cut.last) else { return true };
        if header.seq >= last.seq {
            return header.seq > last.seq || *id != last.id;
        }
        // Before the cut: on another branch, if what leads to the cut's entry is held.
        let line = written.line(&last.id);
        let there = line.iter().find(|other| written.get(other).is_some_and(|h| h.seq == header.seq));
        there.is_some_and(|other| other != id)
    }

    /// By which branch an entry stands: true, false, or nobody can tell.
    fn branch(&self, written: &Written, ratified: &[EntryId], id: &EntryId) -> Option<bool> {
        let header = written.get(id)?;
        let (owner, log) = (self.owner(&header.device), (header.space, header.device));
        let mut named: BTreeSet<EntryId> = ratified.iter().copied().collect();
        let mut cuts: Vec<&Cut> =
            self.revocations_of(&log.1).into_iter().flat_map(|(_, cuts)| cuts).collect();
        for id in owner.iter().flat_map(|owner| self.endings(owner, &log.0)) {
            cuts.extend(&self.decisions[&id].cuts);
        }
        let of_log = cuts.into_iter().filter(|cut| (cut.space, cut.device) == log);
        named.extend(of_log.filter_map(|cut| cut.last).map(|last| last.id));
        for at in written.line(id) {
            let of = written.get(&at)?;
            let same = |h: &Header| (h.space, h.device, h.prev) == (of.space, of.device, of.prev);
            let siblings: Vec<EntryId> =
                written.headers.iter().filter(|(_, h)| same(h)).map(|(id, _)| *id).collect();
            if siblings.len() == 1 {
                continue;
            }
            let under = |root: &EntryId, id: &EntryId| written.line(id).contains(root);
            let settled: Vec<&EntryId> =
                siblings.iter().filter(|root| named.iter().any(|id| under(root, id))).collect();
            let support = |root: &EntryId| {
                let built = written.built.iter().filter(|(id, who)| under(root, id) && Some(*who) != owner);
                built.map(|(_, who)| *who).collect::<BTreeSet<_>>().len()
            };
            let stands = match settled.as_slice() {
                [one] => **one,
                [] => {
                    let most = siblings.iter().map(support).max()?;
                    let best: Vec<&EntryId> = siblings.iter().filter(|id| support(id) == most).collect();
                    let [one] = best.as_slice() else { return None };
                    **one
                }
                _ => return None,
            };
            if stands != at {
                return Some(false);
            }
        }
        Some(true)
    }

    /// How an entry stands, by its place alone.
    pub(crate) fn standing_of(&self, written: &Written, ratified: &[EntryId], at: usize) -> Standing {
        let (id, header) = &written.headers[at];
        let Some(owner) = self.owner(&header.device) else { return Standing::Waiting(WaitingFor::Authority) };
        let (space, device) = (&header.space, &header.device);
        let beyond = |cuts: &Vec<Cut>| Self::beyond(written, cuts, (id, header));
        if self.is_surplus(device) {
            return Standing::Quarantined(Reason::Surplus);
        }
        if self.revocations_of(device).iter().any(|(_, cuts)| beyond(cuts)) {
            return Standing::Quarantined(Reason::Revoked);
        }
        if *space != private_space(&self.programme, &owner) {
            let waits = || {
                let endings = self.endings(&owner, space);
                let over = endings.iter().all(|id| beyond(&self.decisions[id].cuts));
                let ended = !endings.is_empty() && !self.access(&owner, space, None).1;
                if ended && over {
                    Standing::Quarantined(Reason::Removed)
                } else {
                    Standing::Waiting(WaitingFor::Authority)
                }
            };
            if let Authority::At { position, id } = &header.authority {
                let log = self.logs.get(device);
                let held = log.is_some_and(|log| log.get(id).is_some_and(|said| said.seq == *position));
                let whole = held && self.line(device, &header.authority).is_some();
                if !held && log.is_some_and(|log| log.values().any(|said| said.seq == *position)) {
                    return Standing::Quarantined(Reason::OtherBranch);
                }
                if !whole {
                    return waits();
                }
            }
            let known = Some((device, &header.authority));
            let (_, write, withdrawn) = self.access(&owner, space, known);
            if !write {
                let line = self.line(device, &header.authority).unwrap_or_default();
                let mut said = line.iter().flat_map(|entry| &self.logs[device][entry].decisions);
                let settled = |id: &DecisionId| {
                    let decided = |decision: &Decision| self.decided(&decision.subject).len() as u32;
                    self.decisions.get(id).is_some_and(|it| it.version <= decided(it))
                };
                return if said.all(settled) { Standing::Quarantined(Reason::NoAccess) } else { waits() };
            }
            let ended = self.part(&owner, known).and_then(|(_, _, ended)| ended);
            if ended.iter().chain(&withdrawn).any(|id| beyond(&self.decisions[id].cuts)) {
                return Standing::Quarantined(Reason::Removed);
            }
        }
        match self.branch(written, ratified, id) {
            Some(true) => Standing::InPosition,
            Some(false) => Standing::Quarantined(Reason::Fork),
            None => Standing::Waiting(WaitingFor::Branch),
        }
    }

    /// What is admitted of one document, what became of its ratified versions, and who is reported.
    pub(crate) fn admitted(
        &self,
        space: &SpaceId,
        candidates: &[Candidate],
        ratified: &[Vec<ChangeHash>],
        guard: &dyn Fn(&ChangeHash) -> bool,
    ) -> (BTreeSet<ChangeHash>, Vec<RatifiedState>, BTreeSet<ChangeHash>) {
        let held: BTreeMap<ChangeHash, &Candidate> = candidates.iter().map(|c| (c.hash, c)).collect();
        // Something with all its ancestors, if all are held.
        let whole = |heads: &[ChangeHash]| -> Option<BTreeSet<ChangeHash>> {
            let (mut found, mut next) = (BTreeSet::new(), heads.to_vec());
            while let Some(hash) = next.pop() {
                next.extend(&held.get(&hash)?.deps);
                found.insert(hash);
            }
            Some(found)
        };
        let mut admitted = BTreeSet::new();
        for candidate in candidates.iter().filter(|c| c.standing == Standing::InPosition) {
            let Some(all) = whole(&[candidate.hash]) else { continue };
            let known = Some((&candidate.device, &candidate.authority));
            let writer = |hash: &ChangeHash| {
                let device = held[hash].device;
                let wrote = |owner| self.ever_wrote(&owner, space, known);
                device == candidate.device || self.owner(&device).is_some_and(wrote)
            };
            if all.iter().all(|hash| guard(hash) && writer(hash)) {
                admitted.extend(all);
            }
        }
        let mut states = Vec::new();
        for heads in ratified {
            states.push(match whole(heads) {
                None => RatifiedState::Waiting,
                Some(all) if !all.iter().all(guard) => RatifiedState::Refused,
                Some(all) => {
                    admitted.extend(all);
                    RatifiedState::Whole
                }
            });
        }
        let mut reported = BTreeSet::new();
        for candidate in candidates {
            let known = Some((&candidate.device, &candidate.authority));
            let knew_end = |device: &DeviceId| {
                let revoked = self.revocations_of(device);
                let endings = self.owner(device).map(|owner| self.endings(&owner, space)).unwrap_or_default();
                revoked.iter().any(|(id, _)| self.knows_record(known, id))
                    || endings.iter().any(|id| self.knows(known, id))
            };
            let against = candidate.deps.iter().filter_map(|dep| held.get(dep)).any(|dep| {
                matches!(dep.standing, Standing::Quarantined(Reason::Removed | Reason::Revoked))
                    && dep.device != candidate.device
                    && knew_end(&dep.device)
            });
            if against {
                reported.insert(candidate.hash);
            }
        }
        (admitted, states, reported)
    }
}

/// An entry's document change as a candidate.
pub(crate) fn candidate(header: &Header, deps: Vec<ChangeHash>, standing: Standing) -> Option<Candidate> {
    let Body::Change { change, .. } = &header.body else { return None };
    Some(Candidate { hash: *change, deps, device: header.device, authority: header.authority, standing })
}
