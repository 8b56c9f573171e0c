//! What people do on a node: edits and decisions.

use std::time::Duration;

use accord_core::governance::{DecisionStatus, Record};
use accord_core::{ActorSeed, Body, DocumentId, SpaceId, VerifiedRun, governance_space};
use rand::RngExt as _;

use super::{What, World};
use crate::programme::{admission, next_entry, own_run};
use crate::scenario::{Action, Where};
use crate::{Party, SimChange};

impl World {
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Edit { node, count, space } => {
                for _ in 0..count {
                    self.edit(node, space);
                }
            }
            Action::Cut(link) => self.cut(link),
            Action::Crash(node) => {
                self.drop_all(node);
                self.nodes[node].crash();
            }
            Action::Restart(node) => {
                if self.nodes[node].running.is_none() {
                    self.nodes[node].start(self.programme);
                }
            }
            Action::Part(sides) => {
                let parted = |(a, b): &(usize, usize)| sides.get(*a) != sides.get(*b);
                let links: Vec<_> = self.links.keys().copied().filter(parted).collect();
                for link in links {
                    self.cut(link);
                }
                self.sides = Some(sides);
            }
            Action::Heal => self.sides = None,
            Action::Propose { node, member } => self.propose(node, member),
            Action::Vote { node, again } => self.vote(node, again),
            Action::Decide { node, matter } => self.decide(node, matter),
            Action::Sign { node, again } => self.sign(node, again),
            Action::Equivocate { node } => self.equivocate(node),
            Action::Forge { node } => self.forge(node),
            Action::SecondFirst { thief, of } => self.second_first(thief, of),
            Action::Revoke { node } => self.revoke(node),
            Action::LearnEnd { node, device } => {
                self.nodes[node].ended.insert(device);
                self.look_at_access(node);
            }
        }
    }

    /// Makes one change on a node, after what it has come to know, and shows it once it is durable.
    pub fn edit(&mut self, node: usize, place: Where) {
        let organisation = self.nodes[node].party.organisation();
        let space = self.space_of(place, &organisation);
        let defiant = self.nodes[node].defiant;
        let Some(running) = &self.nodes[node].running else { return };
        let governance = &running.governance;
        if !governance.founded() || (!governance.may_write(&organisation, &space) && !defiant) {
            return;
        }
        if !defiant {
            self.acknowledge(node);
        }
        let text: Vec<u8> = (0..self.rng.random_range(0..80)).map(|_| self.rng.random()).collect();
        let it = &mut self.nodes[node];
        it.changes += 1;
        let device = it.id();
        let mut document = [0; 16];
        document[..8].copy_from_slice(&device.0[..8]);
        document[8..].copy_from_slice(&it.changes.to_be_bytes());
        let document = DocumentId(document);
        let actor = ActorSeed { device, space, document, generation: 0 }.actor();
        let payload = SimChange::write(actor, 1, &[], &text);
        let change = SimChange::hash(&payload);
        self.write(node, space, Body::Change { document, generation: 0, change }, payload);
    }

    /// Writes what the node has come to know, just before its next entry.
    fn acknowledge(&mut self, node: usize) {
        let device = self.nodes[node].id();
        let record = self.nodes[node].running.as_ref().and_then(|r| r.governance.unacknowledged(&device));
        let Some(record) = record else { return };
        let run = self.write(node, governance_space(&self.programme), governance_body(record), Vec::new());
        if let (Some(run), Some(running)) = (run, &mut self.nodes[node].running) {
            // The next entry stands after it on the disk, so the authority that it names is never lost alone.
            for (entry, _) in run.entries() {
                let _ = running.governance.insert(entry);
            }
        }
    }

    pub(super) fn write(
        &mut self,
        node: usize,
        space: SpaceId,
        body: Body,
        payload: Vec<u8>,
    ) -> Option<VerifiedRun> {
        let it = &mut self.nodes[node];
        let running = it.running.as_ref()?;
        // A device that knows that its key is in use elsewhere, or that its disk came back as an older one, signs
        // nothing more.
        let log = accord_core::LogId { space, device: it.id() };
        let behind =
            it.said.get(&log).is_some_and(|said| it.disk.head(&log).is_none_or(|head| head.seq < *said));
        if behind || it.disk.is_forked(&log) {
            return None;
        }
        let run = own_run(next_entry(&it.disk, &running.governance, &it.party, space, body, payload));
        if it.disk.write(&run).is_err() {
            self.fail(format!("node {node} wrote an entry that does not follow its own log"));
            return None;
        }
        self.sync_disk(node, run.log(), run.head(), None);
        Some(run)
    }

    fn propose(&mut self, node: usize, proposed: Box<(u8, Party)>) {
        let it = &self.nodes[node];
        let Some(running) = &it.running else {
            let action = Action::Propose { node, member: proposed };
            return self.schedule(Duration::from_secs(2), What::Act(action));
        };
        let (number, member) = proposed.as_ref();
        if running.governance.membership(&member.organisation()).is_some() {
            return;
        }
        let decision = admission(&running.governance, member, *number);
        let record = Record::proposal(decision, &it.party.device, 5);
        self.write(node, governance_space(&self.programme), governance_body(record), Vec::new());
    }

    /// A secretariat votes for whatever is open, or comes back later if nothing is yet.
    fn vote(&mut self, node: usize, again: u32) {
        let it = &self.nodes[node];
        let log = accord_core::LogId { space: governance_space(&self.programme), device: it.id() };
        // A vote that is not durable yet is not in the fold: no second one is cast beside it.
        let settled = it.disk.tail(&log) == it.disk.head(&log);
        if let Some(running) = it.running.as_ref().filter(|_| settled) {
            let governance = &running.governance;
            let open = governance.decisions().filter(|d| d.status == DecisionStatus::Open);
            let organisation = it.party.organisation();
            let device = it.id();
            let vote =
                open.filter_map(|d| governance.cast(&organisation, &device, &d.id, None, 6).ok()).next();
            if let Some(vote) = vote {
                let record = Record::vote(vote, &it.party.device);
                self.write(node, governance_space(&self.programme), governance_body(record), Vec::new());
            }
        }
        if !self.has_voted(node) && again > 0 {
            let action = Action::Vote { node, again: again - 1 };
            self.schedule(Duration::from_secs(2), What::Act(action));
        }
    }
}

impl World {
    /// Whether a secretariat's vote on something that was not decided at the beginning is durable. A vote that a crash
    /// took was seen by nobody, and is cast again.
    fn has_voted(&self, node: usize) -> bool {
        let it = &self.nodes[node];
        let Some(running) = &it.running else { return false };
        let (founding, organisation) = (it.folded.in_force(), it.party.organisation());
        let mut new = running.governance.decisions().filter(|d| !founding.contains(&d.id));
        new.any(|d| d.votes.iter().any(|(who, vote)| *who == organisation && vote.is_some()))
    }
}

pub(super) fn governance_body(record: Record) -> Body {
    Body::Governance { record: Box::new(record) }
}
