//! What is decided while the world runs, and how it is decided honestly and otherwise.

use std::time::Duration;

use accord_core::governance::{Choice, Cut, DecisionStatus, Holder, Operation, Record, Revocation, Subject};
use accord_core::{
    Head, LogId, OrganisationId, OrganisationKind, RootKey, SpaceId, governance_space, private_space,
    programme_space,
};

use super::writing::governance_body;
use super::{What, World};
use crate::node::read;
use crate::programme::own_run;
use crate::scenario::{Action, Matter, Where};

impl World {
    pub(super) fn space_of(&self, place: Where, organisation: &OrganisationId) -> SpaceId {
        match place {
            Where::Programme => programme_space(&self.programme),
            Where::Private => private_space(&self.programme, organisation),
            Where::Opened(number) => SpaceId([200_u8.wrapping_add(number); 32]),
        }
    }

    /// A secretariat proposes something, as it knows things at this moment.
    pub(super) fn decide(&mut self, node: usize, matter: Matter) {
        let it = &self.nodes[node];
        let Some(running) = &it.running else { return };
        let governance = &running.governance;
        let organisation = |node: usize| self.nodes[node].party.organisation();
        let holders = |nodes: &[usize]| -> Vec<Holder> {
            let terms = nodes.iter().filter_map(|node| {
                let organisation = organisation(*node);
                Some(Holder { organisation, term: governance.membership(&organisation)?.term })
            });
            let mut holders: Vec<Holder> = terms.collect();
            holders.sort_unstable();
            holders.dedup();
            holders
        };
        let cuts = |who: &OrganisationId, of: Option<SpaceId>| -> Vec<Cut> {
            let logs = it.disk.logs().filter(|log| log.space != governance_space(&self.programme));
            let logs = logs.filter(|log| of.is_none_or(|space| log.space == space));
            let held = logs.filter_map(|log| Some((log.space, log.device, it.disk.head(&log)?)));
            governance.cuts_for(who, held.collect::<Vec<(SpaceId, _, Head)>>())
        };
        let (subject, operation, cuts) = match matter {
            Matter::Open { space, readers, writers } => {
                let writers = holders(&writers);
                let mut readers = holders(&readers);
                readers.retain(|reader| !writers.contains(reader));
                let name = format!("Space {space}");
                let space = self.space_of(Where::Opened(space), &organisation(node));
                (Subject::Space(space), Operation::CreateSpace { name, readers, writers }, Vec::new())
            }
            Matter::Grant { node, space, write } => {
                let space = self.space_of(space, &organisation(node));
                let subject = Subject::Access(organisation(node), space);
                (subject, Operation::Grant { read: true, write }, Vec::new())
            }
            Matter::Withdraw { node, space, read } => {
                let space = self.space_of(space, &organisation(node));
                let cuts = cuts(&organisation(node), Some(space));
                let subject = Subject::Access(organisation(node), space);
                (subject, Operation::Withdraw { read, write: true }, cuts)
            }
            Matter::Remove { node } => {
                let who = organisation(node);
                (Subject::Membership(who), Operation::Remove, cuts(&who, None))
            }
            Matter::Admit { node, number } => {
                let party = &self.nodes[node].party;
                let card = Box::new(party.card(number));
                let kind = OrganisationKind::Member;
                (Subject::Membership(party.organisation()), Operation::Admit { card, kind }, Vec::new())
            }
            Matter::ReplaceRoot { node } => {
                let who = organisation(node);
                let new = RootKey::from_seed(&[u8::try_from(node).unwrap_or(0) ^ 0x80; 32]);
                let device = self.nodes[node].id();
                let keeps = governance.certificates(&device).into_iter().map(|(id, _)| id).collect();
                (Subject::Membership(who), Operation::replace_root(&who, &new, keeps), Vec::new())
            }
        };
        let decision = governance.draft(subject, operation, cuts);
        let record = Record::proposal(decision, &it.party.device, 7);
        self.write(node, governance_space(&self.programme), governance_body(record), Vec::new());
    }

    /// A secretariat signs whatever is open and its to sign, one after the other, each after the last one is durable.
    pub(super) fn sign(&mut self, node: usize, again: u32) {
        if self.sign_one(node) && again > 0 {
            let next = Action::Sign { node, again: again - 1 };
            self.schedule(Duration::from_millis(400), What::Act(next));
        }
    }

    /// Gives whether there may be more to sign.
    fn sign_one(&mut self, node: usize) -> bool {
        let it = &self.nodes[node];
        let log = LogId { space: governance_space(&self.programme), device: it.id() };
        let Some(running) = &it.running else { return false };
        if it.disk.tail(&log) != it.disk.head(&log) {
            return true;
        }
        let (organisation, device) = (it.party.organisation(), it.id());
        let governance = &running.governance;
        let mut open = governance.decisions().filter(|decision| decision.status == DecisionStatus::Open);
        let vote =
            open.find_map(|decision| governance.cast(&organisation, &device, &decision.id, None, 8).ok());
        drop(open);
        let Some(vote) = vote else { return false };
        let record = Record::vote(vote, &it.party.device);
        self.write(node, governance_space(&self.programme), governance_body(record), Vec::new());
        true
    }

    /// The organisation of a node ends another device of its own, alone, as far as it holds that one's logs.
    pub(super) fn revoke(&mut self, node: usize) {
        let it = &self.nodes[node];
        let organisation = it.party.organisation();
        let others = self.nodes.iter().filter(|other| other.party.organisation() == organisation);
        let Some(device) = others.map(|other| other.id()).find(|device| *device != it.id()) else { return };
        let logs = it.disk.logs().filter(|log| log.device == device);
        let cuts = logs.map(|log| Cut { space: log.space, device, last: it.disk.head(&log) });
        let mut cuts: Vec<Cut> = cuts.collect();
        cuts.sort_unstable();
        let programme = self.programme;
        let revocation = Revocation { programme, organisation, device, cuts, time: 9, why: "lost".into() };
        let record = Record::revocation(revocation, &it.party.root);
        self.write(node, governance_space(&self.programme), governance_body(record), Vec::new());
    }

    /// A hostile secretariat signs a decision and refuses it, in one slot.
    pub(super) fn equivocate(&mut self, node: usize) {
        let it = &self.nodes[node];
        let Some(running) = &it.running else { return };
        let governance = &running.governance;
        let (organisation, device) = (it.party.organisation(), it.id());
        let open = governance.decisions().filter(|decision| decision.status == DecisionStatus::Open);
        let votes = open.filter_map(|decision| {
            let yes = governance.cast(&organisation, &device, &decision.id, None, 9).ok()?;
            let no = governance.cast(&organisation, &device, &decision.id, Some("no".into()), 9).ok()?;
            Some([yes, no])
        });
        let Some(votes) = votes.last() else { return };
        let records: Vec<Record> =
            votes.into_iter().map(|vote| Record::vote(vote, &it.party.device)).collect();
        for record in records {
            self.write(node, governance_space(&self.programme), governance_body(record), Vec::new());
        }
    }

    /// A thief that has had the key of a device for long signs another first entry of its log, and shows it.
    pub(super) fn second_first(&mut self, thief: usize, of: usize) {
        let programme = self.programme;
        let victim = self.nodes[of].party.device.clone();
        let log = LogId { space: programme_space(&programme), device: victim.id() };
        let it = &self.nodes[thief];
        let held = it.disk.head(&log).is_some_and(|head| head.seq > 1) && !it.disk.is_forked(&log);
        if it.running.is_none() || !held {
            return;
        }
        let body =
            accord_core::Body::Create { document: accord_core::DocumentId([66; 16]), kind: "note".into() };
        let header = accord_core::Header {
            programme,
            space: log.space,
            device: log.device,
            seq: 1,
            prev: None,
            authority: accord_core::Authority::Genesis,
            body,
        };
        let run = own_run(header.sign(&victim, Vec::new()));
        self.stolen.insert(run.head().id);
        // From now on two write with this key.
        self.twins.insert(log.device);
        if self.nodes[thief].disk.write(&run).is_ok() {
            self.sync_disk(thief, log, run.head(), None);
        }
    }

    /// A hostile member signs the secretariats' votes for whatever is open in their place, and says their old ones again.
    pub(super) fn forge(&mut self, node: usize) {
        let it = &self.nodes[node];
        let Some(running) = &it.running else { return };
        let governance = &running.governance;
        let mut records = Vec::new();
        for decision in governance.decisions().filter(|decision| decision.status == DecisionStatus::Open) {
            for secretariat in &self.nodes[..2] {
                let (organisation, device) = (secretariat.party.organisation(), secretariat.id());
                if let Ok(vote) = governance.cast(&organisation, &device, &decision.id, None, 9) {
                    records.push(Record::vote(vote, &it.party.device));
                }
            }
        }
        let theirs = LogId { space: governance_space(&self.programme), device: self.nodes[0].id() };
        let old = read(it.disk.durable(&theirs)).filter_map(|entry| match &entry.header().body {
            accord_core::Body::Governance { record } => match record.as_ref() {
                Record::Vote { vote, .. } if matches!(vote.choice, Choice::For(_)) => {
                    Some(record.as_ref().clone())
                }
                _ => None,
            },
            _ => None,
        });
        records.extend(old.take(2));
        for record in records {
            self.write(node, governance_space(&self.programme), governance_body(record), Vec::new());
        }
    }
}
