//! What must always hold, and what must hold in the end. The oracle looks into all disks at once.

mod governed;

use std::collections::BTreeSet;

use accord_core::admission::{Standing, standing};
use accord_core::governance::Governance;
use accord_core::{DeviceId, Entry, Head, LogId, governance_space};

use crate::World;
use crate::node::read;

/// Something that must never happen, happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl World {
    /// Checks a run that a node is about to send: only to whom may read it as the node knows, and nothing that its
    /// author could still lose.
    pub(crate) fn check_sending(&mut self, node: usize, peer: &DeviceId, log: &LogId, run: &[Entry]) {
        let it = &self.nodes[node];
        let may_read = it.running.as_ref().is_some_and(|r| r.access.may_read(peer, &log.space));
        let mut authors = self.nodes.iter().filter(|node| node.id() == log.device).peekable();
        if authors.peek().is_none() {
            return;
        }
        let authors: Vec<_> = authors.map(|author| &author.disk).collect();
        let durable =
            |entry: &&Entry| authors.iter().any(|disk| disk.has(log, entry.header().seq, &entry.id()));
        let lost = run.iter().find(|entry| !durable(entry) && !self.stolen.contains(&entry.id()));
        let own = accord_core::private_space(&self.programme, &it.party.organisation());
        let reads = |governance: &Governance| {
            let reader = governance.organisation_of(peer);
            reader.is_some_and(|reader| governance.may_read(&reader, &log.space))
        };
        let known = it.running.as_ref().is_some_and(|r| reads(&r.governance));
        let common = log.space == governance_space(&self.programme) || log.space == own || known;
        let hostile = self.hostile.contains(&node);
        if let Some(entry) = lost {
            let seq = entry.header().seq;
            self.fail(format!("node {node} shows entry {seq} of a log that is not durable at its author"));
        } else if !hostile && (!may_read || !common) {
            self.fail(format!("node {node} sends a space to a device that may not read it"));
        }
    }

    /// Checks that every node that may read a space holds the same of it: all that is durable anywhere.
    ///
    /// # Errors
    /// [`Failure`] with the first difference.
    pub fn check_converged(&self) -> Result<(), Failure> {
        let fail = |what: String| Err(Failure(what));
        let ended: BTreeSet<DeviceId> =
            self.nodes.iter().flat_map(|node| node.ended.iter().copied()).collect();
        let takes_part = |node: usize| !ended.contains(&self.nodes[node].id());
        let all: BTreeSet<LogId> = (0..self.nodes.len())
            .filter(|node| takes_part(*node))
            .flat_map(|node| self.nodes[node].disk.logs())
            .collect();
        for (number, node) in self.nodes.iter().enumerate().filter(|(number, _)| takes_part(*number)) {
            let Some(running) = &node.running else { return fail(format!("node {number} is down")) };
            for log in all.iter().filter(|log| running.access.own.contains(&log.space)) {
                let holders = (0..self.nodes.len()).filter(|n| takes_part(*n)).map(|n| &self.nodes[n].disk);
                // Hash chains with one head are the same: so each head that anybody holds has to be here.
                let lacks = |head: &Head| !node.disk.has(log, head.seq, &head.id);
                let lacking: BTreeSet<Head> =
                    holders.flat_map(|disk| disk.heads(log)).filter(lacks).collect();
                if let Some(head) = lacking.first() {
                    return fail(format!(
                        "node {number} lacks {head:?} of a log of {}; held: {:?}",
                        self.describe(log),
                        self.nodes.iter().map(|node| node.disk.heads(log)).collect::<Vec<_>>(),
                    ));
                }
                if node.disk.heads(log).len() == 1 && !self.twins.contains(&log.device) {
                    self.check_standing(number, log)?;
                }
            }
            for (peer, status) in running.engine.status() {
                if !status.in_step() {
                    let other = self.index.get(&peer);
                    return fail(format!("node {number} is not in step with node {other:?}: {status:?}"));
                }
            }
        }
        let mut in_force = self.nodes.iter().enumerate().filter(|(number, _)| takes_part(*number));
        let first =
            in_force.next().and_then(|(_, node)| node.running.as_ref()).map(|r| r.governance.in_force());
        for (number, node) in in_force {
            if node.running.as_ref().map(|r| r.governance.in_force()) != first {
                return fail(format!("node {number} has other decisions in force"));
            }
        }
        Ok(())
    }

    /// Nobody's honest entry is anything but in position.
    fn check_standing(&self, number: usize, log: &LogId) -> Result<(), Failure> {
        let node = &self.nodes[number];
        let Some(running) = node.running.as_ref().filter(|_| log.space != governance_space(&self.programme))
        else {
            return Ok(());
        };
        // The place of an entry in its log depends on its authority and on nothing else of it.
        let mut judged = BTreeSet::new();
        for entry in read(node.disk.durable(log)) {
            if !judged.insert(entry.header().authority) {
                continue;
            }
            let place = standing(&running.governance, entry.header());
            if place != Standing::InPosition {
                let seq = entry.header().seq;
                return Err(Failure(format!(
                    "node {number}: entry {seq} of {} is {place:?}",
                    self.describe(log)
                )));
            }
        }
        Ok(())
    }

    fn describe(&self, log: &LogId) -> String {
        let author = self.index.get(&log.device).map_or_else(|| "nobody".into(), |n| format!("node {n}"));
        let space = if log.space == governance_space(&self.programme) {
            "governance"
        } else if log.space == accord_core::programme_space(&self.programme) {
            "the programme"
        } else {
            "a private space"
        };
        format!("{author} in {space}")
    }
}
