//! Accord: two secretariats, the real program.

use std::path::Path;
use std::time::{Duration, Instant};

use accord_core::{DocumentId, programme_space};
use accord_door::Door;
use automerge::Automerge;

use crate::Outcome;
use crate::contender::{Contender, Work};
use crate::fill::{fill, logs};
use crate::line::{ask, get, set};
use crate::node::Node;
use crate::office::{Office, Programme};

/// Two offices and their nodes.
pub(crate) struct Accord {
    first: Office,
    other: Office,
    nodes: [Option<Node>; 2],
    documents: Vec<DocumentId>,
}

/// Founds a programme and fills it.
pub(crate) fn make(folder: &Path, work: &Work, _: &[Automerge]) -> Outcome<Box<dyn Contender>> {
    let Programme { one, other } = Programme::found(folder)?;
    // Writing a document says first under which decisions it is written.
    one.run(&["new", "note", "The first"])?;
    let documents = fill(&one.home, work.documents, work.changes + 1, work.shape.first()?)?;
    let mut pair = Accord { first: one, other, nodes: [None, None], documents };
    if work.both {
        // A home cannot be copied: its device is its own.
        pair.start_first()?;
        pair.start_other()?;
        if !pair.in_step(FILLING)? {
            return Err("the documents did not come to the other node".into());
        }
        pair.stop()?;
    }
    Ok(Box::new(pair))
}

/// How long bringing all documents to the other node may take, which is measured apart.
const FILLING: Duration = Duration::from_secs(600);

impl Contender for Accord {
    fn name(&self) -> &'static str {
        "Accord"
    }

    fn start_first(&mut self) -> Outcome<()> {
        self.nodes[0] = Some(self.first.start()?);
        Ok(())
    }

    fn start_other(&mut self) -> Outcome<()> {
        self.nodes[1] = Some(self.other.start()?);
        Ok(())
    }

    fn stop(&mut self) -> Outcome<()> {
        self.nodes.iter_mut().filter_map(Option::take).try_for_each(Node::stop)
    }

    fn kill(&mut self) {
        self.nodes = [None, None];
    }

    fn doors(&self) -> [&Door; 2] {
        [&self.first.door, &self.other.door]
    }

    fn in_step(&mut self, patience: Duration) -> Outcome<bool> {
        let deadline = Instant::now() + patience;
        // Both ends: each waits for what it lacks, and for the other's word that it has everything.
        for office in [&self.first, &self.other] {
            let left = deadline.saturating_duration_since(Instant::now()).as_secs().max(1);
            if let Err(error) = office.run(&["sync", "--wait", &left.to_string()]) {
                return if Instant::now() < deadline { Err(error) } else { Ok(false) };
            }
        }
        Ok(true)
    }

    fn change(&mut self, round: usize, count: usize) -> Outcome<()> {
        for (number, document) in self.documents.iter().take(2 * count).enumerate() {
            let office = if number < count { &self.first } else { &self.other };
            ask(&office.home, &set(document, &format!("somebody else {round}")))?;
        }
        Ok(())
    }

    fn live(&mut self, number: usize) -> Outcome<Duration> {
        let document = self.documents.last().ok_or("there is no document")?;
        let value = format!("live {number}");
        let read = get(document);
        let began = Instant::now();
        ask(&self.first.home, &set(document, &value))?;
        while !ask(&self.other.home, &read)?.to_string().contains(&value) {}
        Ok(began.elapsed())
    }

    fn processor(&self) -> Duration {
        self.nodes.iter().flatten().map(Node::processor).sum()
    }

    fn memory(&self) -> Option<u64> {
        self.nodes[0].as_ref().and_then(Node::memory)
    }

    fn compare(&self) -> Outcome<()> {
        // Who holds the same heads holds the same entries, and what documents say follows from these.
        let (here, there) = (logs(&self.first.home)?, logs(&self.other.home)?);
        let space = programme_space(&here.programme());
        if here.entry_count(&space) < self.documents.len() as u64 {
            return Err("documents are missing".into());
        }
        if here.vector(&space) == there.vector(&space) {
            Ok(())
        } else {
            Err("the two hold different entries".into())
        }
    }
}
