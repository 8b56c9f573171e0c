//! The guard, against what a member could sign: each known way to harm by hand, and random ones.

mod facts;
mod forge;
mod mutations;

use std::panic::AssertUnwindSafe;

use automerge::transaction::Transactable as _;
use automerge::{ActorId, Automerge, Change, ROOT, ReadDoc as _};

use super::net::quietly;
use super::past::Pending;
use super::{GuardError, read, rule};
use crate::testing::{Writer, add, kind, set};
use crate::{Author, Document, Hash};

/// What the library does with a change that nobody looked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    Fine,
    /// It says so itself, and goes on.
    Refused,
    Panics,
    /// The saved document never loads again.
    Poisoned,
    /// The next edit of whoever took it in panics.
    StopsTheNextEdit,
}

fn bare(document: &Document, raw: &[u8]) -> Bare {
    let mut am = document.am.clone();
    let applied = quietly(AssertUnwindSafe(|| {
        let change = Change::from_bytes(raw.to_vec()).map_err(|_| ())?;
        am.apply_changes([change]).map_err(|_| ())?;
        am.hydrate(None);
        Ok::<_, ()>(())
    }));
    match applied {
        None => return Bare::Panics,
        Some(Err(())) => return Bare::Refused,
        Some(Ok(())) => {}
    }
    let loads = quietly(AssertUnwindSafe(|| {
        Automerge::load(&am.save()).is_ok_and(|l| l.get_heads() == am.get_heads())
    }));
    if loads != Some(true) {
        return Bare::Poisoned;
    }
    am.set_actor(ActorId::from(&b"next"[..]));
    let edited = quietly(AssertUnwindSafe(|| {
        let mut tx = am.transaction();
        tx.put(ROOT, "note", 1).is_ok() && tx.commit().0.is_some() && Automerge::load(&am.save()).is_ok()
    }));
    if edited == Some(true) { Bare::Fine } else { Bare::StopsTheNextEdit }
}

/// The rule alone, without copy and without net: `None` if it lets the change in.
fn refused(document: &Document, raw: &[u8]) -> Option<GuardError> {
    let candidate = match read(0, raw) {
        Ok(candidate) => candidate,
        Err(error) => return Some(error.into()),
    };
    rule::judge(document, &Pending::default(), &candidate.meta, &candidate.contents).err()
}

/// The change applied without a net. Whatever goes wrong fails the test.
fn applied_bare(document: &Document, raw: &[u8]) -> Document {
    let mut am = document.am.clone();
    am.apply_changes([Change::from_bytes(raw.to_vec()).unwrap()]).unwrap();
    Document::load(&am.save()).unwrap()
}

/// It saves, loads, reads, and can be edited on, with every value and text written anew.
fn assert_sound(document: &Document) {
    let kind = kind();
    let loaded = Document::load(&document.save()).unwrap();
    assert_eq!(loaded.heads(), document.heads());
    assert_eq!(loaded.change_count(), document.change_count());
    let _ = loaded.view(&kind, None).unwrap();
    let _ = (loaded.history(&kind), loaded.findings(&kind));
    let mut next = loaded;
    let by = Author { actor: b"next", time: 2, message: None };
    let edits = [
        crate::Edit::Resolve { path: "note".into(), value: "still here".into(), reason: "looked".into() },
        set("context.en", "Written anew."),
    ];
    next.edit(&kind, &edits, &by, &mut crate::testing::random(3)).unwrap().unwrap();
    assert_eq!(next.get(&kind, "note", None).unwrap(), "still here");
    Document::load(&next.save()).unwrap();
}

/// Through the guard, with the net: whether it was let in. The net has nothing to do.
fn guarded(document: &mut Document, raw: &[u8]) -> bool {
    let mut outcome = document.apply_changes(&[raw]);
    if let Some(refused) = outcome.refused.pop() {
        assert!(
            !matches!(refused.reason, GuardError::Trial(_)),
            "the net had to catch {raw:02x?}: {}",
            refused.reason
        );
    }
    !outcome.applied.is_empty()
}

/// A document with values and texts by two authors, some of them concurrent.
fn worked_on() -> Writer {
    let kind = kind();
    let activity =
        serde_json::json!({ "code": "A", "title": { "en": "Open budgets" }, "status": "proposed" });
    let edits = [
        add("activities", activity),
        set("context.en", "The city leads.\n\nAll partners meet."),
        set("note", "first"),
    ];
    let mut ca = Writer::first(&kind, &edits);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, "note", "by CA");
    cmi.set(&kind, "note", "by CMI");
    ca.set(&kind, "context.en.1", "The city leads all of it.");
    cmi.set(&kind, "context.en.1", "The good city leads.");
    ca.pull(&cmi);
    ca
}

/// Honest changes on top of it, of every shape that we write, each an author's first.
fn honest(base: &Writer, author: &str) -> Vec<Vec<u8>> {
    let kind = kind();
    let resolve = crate::Edit::Resolve { path: "note".into(), value: "both".into(), reason: "asked".into() };
    let retire = crate::Edit::Retire { path: "activities.A".into(), reason: "done".into() };
    let several = [
        vec![set("activities.A.status", "done"), set("activities.A.title.en.1", "Open budgets now")],
        vec![set("context.en.2", "Partners meet.")],
        vec![set("context.en.2", "Something else altogether stands here now.")],
        vec![set("activities.A.budget.2013.EUR", "120,000")],
        vec![resolve],
        vec![retire, set("context.fr", "Une phrase.")],
    ];
    let by = |edits: &Vec<crate::Edit>| {
        let mut writer = base.joined(author);
        let hash = writer.edit(&kind, edits).hash;
        writer.document.raw_change(&hash).unwrap()
    };
    several.iter().map(by).collect()
}

fn hash_of(raw: &[u8]) -> Hash {
    crate::ChangeMeta::parse(raw).unwrap().hash
}
