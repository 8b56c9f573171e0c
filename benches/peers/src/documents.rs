//! The same documents for everybody, as Automerge changes.

use accord_core::{DeviceKey, ProgrammeId, programme_space};
use accord_document::{Edit, import};
use automerge::{Automerge, Change};

use crate::contender::Work;
use crate::frameworks::Writer;
use crate::{Outcome, project};

/// What the documents are like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A few fields, one of which is written again and again.
    Small,
    /// The whole example of Tunisia, and then one field again and again.
    Tunisia,
}

impl Shape {
    /// What a document begins with; none for a small one.
    pub(crate) fn first(self) -> Outcome<Option<Vec<Edit>>> {
        if self == Shape::Small {
            return Ok(None);
        }
        let yaml = std::fs::read_to_string(project().join("examples/tunisia.yaml"))?;
        let imported = import(accord_framework::kind("framework")?, &yaml).map_err(|errors| {
            let said: Vec<String> = errors.iter().map(|error| format!("{error:?}")).collect();
            said.join("; ")
        })?;
        Ok(Some(imported.edits))
    }
}

/// The documents, each by its changes.
pub(crate) fn documents(work: &Work) -> Outcome<Vec<Automerge>> {
    // Whose device it is makes no difference to the others: it is in the names of authors only.
    let device = DeviceKey::from_seed(&[7; 32]).id();
    let space = programme_space(&ProgrammeId([7; 32]));
    let mut writer = match work.shape.first()? {
        None => Writer::small(device, space, work.changes)?,
        Some(first) => Writer::of(device, space, work.changes, first)?,
    };
    (0..work.documents)
        .map(|_| {
            let changes = writer.next()?.changes.into_iter().map(|change| Change::from_bytes(change.raw));
            let mut document = Automerge::new();
            document.apply_changes(changes.collect::<Result<Vec<_>, _>>()?)?;
            Ok(document)
        })
        .collect()
}
