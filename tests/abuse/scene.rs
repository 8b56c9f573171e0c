//! A programme of two secretariats whose nodes run, and of a member whose node does not: one of the secretariats is flooded, the
//! other one is honest, and the member is whoever the test makes of it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use accord_core::{DocumentId, ProgrammeId};
use serde_json::json;
use tempfile::TempDir;

use crate::Outcome;
use crate::admit::{admit, new};
use crate::fill::{fill, logs};
use crate::line::{ask, get, set};
use crate::node::Node;
use crate::office::{Office, Programme};

/// How long anything may take that has to happen, on a machine that does much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_accord"))
}

/// All of them.
pub(crate) struct Scene {
    pub(crate) flooded: Office,
    pub(crate) node: Node,
    pub(crate) honest: Office,
    pub(crate) honest_node: Option<Node>,
    pub(crate) member: Office,
    pub(crate) programme: ProgrammeId,
    /// What the two secretariats write in.
    document: DocumentId,
    written: usize,
    peak: u64,
    /// Removed at the end.
    _folder: TempDir,
}

impl Scene {
    /// Founds the programme, admits the member, and has both secretariats in step, with so many documents of twenty entries
    /// that the member has not.
    pub(crate) fn new(documents: usize) -> Outcome<Self> {
        let folder = tempfile::Builder::new().prefix("accord-abuse-").tempdir()?;
        let Programme { one: flooded, other: honest } = Programme::found(folder.path())?;
        let (mut node, honest_node) = (flooded.start()?, honest.start()?);
        let member = Office::new(folder.path().join("member"), "Partner", "P")?;
        admit([&flooded, &honest], &member)?.stop()?;
        let document = new(&flooded.home, "Country")?;
        if documents > 0 {
            node.stop()?;
            fill(&flooded.home, documents, 20, None)?;
            node = flooded.start()?;
            ask(&honest.home, &json!({"request": "sync", "wait_seconds": 120}))?;
        }
        let honest_node = Some(honest_node);
        let programme = logs(&member.home)?.programme();
        let (written, peak) = (0, 0);
        let mut scene = Self {
            flooded,
            node,
            honest,
            honest_node,
            member,
            programme,
            document,
            written,
            peak,
            _folder: folder,
        };
        scene.goes_on()?;
        scene.peak = scene.peak()?;
        Ok(scene)
    }

    /// Where the flooded node listens.
    pub(crate) fn address(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}", self.flooded.port)
    }

    /// What either secretariat writes comes to the other one.
    pub(crate) fn goes_on(&mut self) -> Outcome<()> {
        self.written += 1;
        let value = format!("written {}", self.written);
        let sides = [(&self.flooded, &self.honest), (&self.honest, &self.flooded)];
        for (number, (from, to)) in sides.into_iter().enumerate() {
            let value = format!("{value} by {number}");
            ask(&from.home, &set(&self.document, &value))?;
            let deadline = Instant::now() + PATIENCE;
            while !ask(&to.home, &get(&self.document)).is_ok_and(|read| read.to_string().contains(&value)) {
                if Instant::now() > deadline {
                    return Err("what an honest partner wrote did not come".into());
                }
                // Nothing outside of a node tells that an entry has come: this is the pace of looking.
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(())
    }

    /// By how many bytes the most memory that the flooded node ever had has grown since the scene was made.
    pub(crate) fn grown(&self) -> Outcome<u64> {
        Ok(self.peak()?.saturating_sub(self.peak))
    }

    fn peak(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.node.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak is told")?;
        let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kibibytes * 1024)
    }
}
