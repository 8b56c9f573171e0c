//! Accord: two secretariats, the real program.

use std::path::Path;
use std::time::{Duration, Instant};

use accord_core::DocumentId;
use accord_door::Door;
use serde_json::json;

use crate::Outcome;
use crate::contender::{Contender, Work};
use crate::fill::fill;
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

impl Contender for Accord {
    const NAME: &'static str = "Accord";

    fn make(folder: &Path, work: &Work) -> Outcome<Self> {
        let Programme { one, other } = Programme::found(folder)?;
        // Writing a document says first under which decisions it is written.
        one.run(&["new", "note", "The first"])?;
        let documents = fill(&one.home, work.documents, work.changes + 1, work.shape.first()?)?;
        Ok(Self { first: one, other, nodes: [None, None], documents })
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

    fn doors(&self) -> [&Door; 2] {
        [&self.first.door, &self.other.door]
    }

    fn in_step(&mut self) -> Outcome<()> {
        // Both ends: each waits for what it lacks, and for the other's word that it has everything.
        self.first.run(&["sync", "--wait", "1800"])?;
        self.other.run(&["sync", "--wait", "1800"]).map(drop)
    }

    fn apart(&mut self) -> Outcome<()> {
        for office in [&self.first, &self.other] {
            while ask(&office.home, &json!({"request": "status"}))?.to_string().contains("\"connected\":true")
            {
                std::thread::yield_now();
            }
        }
        Ok(())
    }

    fn change(&mut self, count: usize) -> Outcome<()> {
        for (number, document) in self.documents.iter().take(2 * count).enumerate() {
            let office = if number < count { &self.first } else { &self.other };
            ask(&office.home, &set(document, &format!("somebody else {number}")))?;
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
}
