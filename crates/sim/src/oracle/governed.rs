//! What must hold where organisations come and go: the invariants of governance, and that all readers of a space end with
//! the same of it.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::admission::{Standing, standing};
use accord_core::governance::{Choice, Governance, Record, Slot};
use accord_core::{Body, DecisionId, Head, LogId, OrganisationId, ProgrammeId, SpaceId, governance_space};

use super::Failure;
use crate::World;
use crate::disk::Stored;
use crate::node::{Node, Running, read};

impl World {
    /// Checks that a node shows no second entry at a place of one of its logs, whatever crashed in between.
    pub(crate) fn check_signed(&mut self, node: usize, log: &LogId, fresh: &[Stored]) {
        if self.twins.contains(&log.device) {
            return;
        }
        for entry in read(fresh) {
            let (seq, id) = (entry.header().seq, entry.id());
            if *self.signed.entry((*log, seq)).or_insert(id) != id {
                self.fail(format!("node {node} signed entry {seq} of one of its logs twice"));
            }
        }
    }

    /// The honest nodes that take part, as the first secretariat knows it.
    fn honest(&self) -> Result<Vec<(usize, &Running)>, Failure> {
        let Some(first) = self.nodes[0].running.as_ref() else {
            return Err(Failure("node 0 is down".into()));
        };
        let part = first.governance.devices();
        let nodes = self.nodes.iter().enumerate();
        let honest =
            nodes.filter(|(number, node)| !self.hostile.contains(number) && part.contains_key(&node.id()));
        let running = |(number, node): (usize, &'_ crate::node::Node)| match node.running {
            Some(_) => Ok(number),
            None => Err(Failure(format!("node {number} is down"))),
        };
        let numbers: Vec<usize> = honest.map(running).collect::<Result<_, _>>()?;
        Ok(numbers.into_iter().filter_map(|n| Some((n, self.nodes[n].running.as_ref()?))).collect())
    }

    /// Checks all that must hold at the end.
    pub(crate) fn check_governed(&self) -> Result<(), Failure> {
        let honest = self.honest()?;
        let first = &honest[0].1.governance;
        for (number, running) in &honest {
            let failed = |what: String| Err(Failure(format!("node {number} {what}")));
            if running.governance.in_force() != first.in_force() {
                return failed("has other decisions in force".into());
            }
            if running.governance.equivocations() != first.equivocations() {
                return failed("knows of other equivocations".into());
            }
        }
        decided_by_both(self, first)?;
        self.voted_once()?;
        let mut spaces: BTreeSet<SpaceId> = first.spaces().collect();
        spaces.insert(governance_space(&self.programme));
        spaces.insert(accord_core::programme_space(&self.programme));
        for space in &spaces {
            self.check_readers(first, &honest, space)?;
        }
        for (number, running) in &honest {
            let failed = |what: String| Err(Failure(format!("node {number} {what}")));
            for (peer, status) in running.engine.status() {
                let Some(other) = self.index.get(&peer).filter(|other| !self.hostile.contains(other)) else {
                    continue;
                };
                if !status.in_step() {
                    return failed(format!("is not in step with node {other}: {status:?}"));
                }
            }
        }
        Ok(())
    }

    /// Every reader of a space offers the same of it, and whatever counts is on every reader's disk.
    fn check_readers(
        &self,
        governance: &Governance,
        honest: &[(usize, &Running)],
        space: &SpaceId,
    ) -> Result<(), Failure> {
        let reads = |number: usize| governance.may_read(&self.nodes[number].party.organisation(), space);
        let readers: Vec<usize> = honest.iter().map(|(n, _)| *n).filter(|n| reads(*n)).collect();
        let logs: BTreeSet<LogId> = readers
            .iter()
            .flat_map(|n| self.nodes[*n].disk.logs())
            .filter(|log| log.space == *space)
            .collect();
        for log in &logs {
            let offers: Vec<(usize, Vec<Head>)> =
                readers.iter().map(|n| (*n, self.nodes[*n].offer(&self.programme, log))).collect();
            if let Some(other) = offers.iter().find(|(_, offer)| *offer != offers[0].1) {
                let limits = &self.nodes[other.0].limits.get(log);
                return Err(Failure(format!(
                    "readers end with different entries of {}: node {} {:?}, node {} {:?}; limit {limits:?}",
                    self.describe(log),
                    offers[0].0,
                    offers[0].1,
                    other.0,
                    other.1,
                )));
            }
            if *space != governance_space(&self.programme) {
                self.check_counted(governance, &readers, log)?;
            }
        }
        Ok(())
    }

    /// No cut keeps an entry that counts from anybody; and where nobody forked, honest entries of those who may write
    /// now count.
    fn check_counted(&self, governance: &Governance, readers: &[usize], log: &LogId) -> Result<(), Failure> {
        let author = self.index.get(&log.device).copied();
        let honest = author.is_some_and(|author| !self.hostile.contains(&author));
        let organisation = governance.owner(&log.device);
        let ended = organisation.is_some() && !governance.cuts(&log.space, &log.device).is_empty();
        for reader in readers {
            for entry in read(self.nodes[*reader].disk.durable(log)) {
                let (seq, id) = (entry.header().seq, entry.id());
                let place = standing(governance, entry.header());
                let counts = place == Standing::InPosition;
                if counts
                    && let Some(other) = readers.iter().find(|n| !self.nodes[**n].disk.has(log, seq, &id))
                {
                    return Err(Failure(format!(
                        "entry {seq} of {} counts and is not on node {other}",
                        self.describe(log)
                    )));
                }
                if !counts && honest && !ended {
                    return Err(Failure(format!("entry {seq} of {} is {place:?}", self.describe(log))));
                }
            }
        }
        Ok(())
    }

    /// No honest secretariat voted twice in a slot.
    fn voted_once(&self) -> Result<(), Failure> {
        let space = governance_space(&self.programme);
        for (number, node) in self.nodes[..2].iter().enumerate().filter(|(n, _)| !self.hostile.contains(n)) {
            let mut votes: BTreeMap<(Slot, u32), Choice> = BTreeMap::new();
            for entry in read(node.disk.durable(&LogId { space, device: node.id() })) {
                let Body::Governance { record } = &entry.header().body else { continue };
                let Record::Vote { vote, .. } = record.as_ref() else { continue };
                let slot = (vote.slot(), vote.constitution.version);
                if *votes.entry(slot).or_insert_with(|| vote.choice.clone()) != vote.choice {
                    return Err(Failure(format!("secretariat {number} voted twice in one slot")));
                }
            }
        }
        Ok(())
    }
}

/// Who is shown by some entry to have voted for which decisions, by a signature of its own device.
fn votes_for(
    node: &Node,
    programme: &ProgrammeId,
    parties: &[Node],
) -> BTreeSet<(DecisionId, OrganisationId)> {
    let space = governance_space(programme);
    let logs: Vec<LogId> = node.disk.logs().filter(|log| log.space == space).collect();
    let mut votes = BTreeSet::new();
    for entry in logs.iter().flat_map(|log| read(node.disk.durable(log))) {
        let Body::Governance { record } = &entry.header().body else { continue };
        let Record::Vote { vote, signature } = record.as_ref() else { continue };
        let Choice::For(decision) = vote.choice else { continue };
        let by = parties.iter().find(|party| party.party.organisation() == vote.secretariat);
        let signed = by.is_some_and(|by| {
            Record::vote(vote.as_ref().clone(), &by.party.device)
                == Record::Vote { vote: vote.clone(), signature: *signature }
        });
        if signed {
            votes.insert((decision, vote.secretariat));
        }
    }
    votes
}

/// What is in force has a vote of each secretariat for it, and nothing else is in force at its version.
fn decided_by_both(world: &World, governance: &Governance) -> Result<(), Failure> {
    let votes = votes_for(&world.nodes[0], &world.programme, &world.nodes[..2]);
    let mut versions = BTreeSet::new();
    for id in governance.in_force() {
        let Some(state) = governance.decision(&id) else {
            return Err(Failure(format!("decision {} is in force and not held", id.short())));
        };
        if !world.nodes[..2].iter().all(|node| votes.contains(&(id, node.party.organisation()))) {
            return Err(Failure(format!("decision {} is in force without both votes", id.short())));
        }
        if !versions.insert((state.decision.subject.clone(), state.decision.version)) {
            return Err(Failure("two decisions are in force at one version of a subject".into()));
        }
    }
    Ok(())
}
