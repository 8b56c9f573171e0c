//! Reading and writing operations, beside the library.

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc as _};
use proptest::prelude::*;

use super::*;
use crate::change_meta::contents;

/// Two authors who write values, texts, lists and maps of every sort, and take from each other.
fn history(seed: u64, steps: &[(u8, u8, String)]) -> Automerge {
    let mut sides =
        [[seed as u8, 1], [seed as u8, 2]].map(|id| Automerge::new().with_actor(ActorId::from(&id[..])));
    let [a, b] = &mut sides;
    let (text, list) = a
        .transact::<_, _, automerge::AutomergeError>(|tx| {
            Ok((tx.put_object(ROOT, "t", ObjType::Text)?, tx.put_object(ROOT, "l", ObjType::List)?))
        })
        .unwrap()
        .result;
    b.merge(a).unwrap();
    for (what, at, words) in steps {
        let (one, other) = if at % 2 == 0 { (&mut *a, &mut *b) } else { (&mut *b, &mut *a) };
        let options = CommitOptions { message: Some(words.clone()), time: Some(i64::from(*at) - 100) };
        let n = usize::from(*at);
        one.transact_with::<_, _, automerge::AutomergeError, _>(
            |()| options,
            |tx| match what % 8 {
                0 => tx.put(ROOT, format!("k{}", n % 5), words.as_str()),
                1 => tx.put(ROOT, format!("k{}", n % 5), i64::from(*at) - 70),
                2 => {
                    let end = tx.length(&text);
                    tx.splice_text(&text, n % (end + 1), (n % 7).min(end - n % (end + 1)) as isize, words)
                }
                3 => tx.insert(&list, n % (tx.length(&list) + 1), u64::from(*at) << 20),
                4 if tx.length(&list) > 0 => tx.delete(&list, n % tx.length(&list)),
                5 => tx.put_object(ROOT, "m", ObjType::Map).and_then(|map| tx.put(map, "x", 1.5)),
                6 => tx.put(ROOT, format!("k{}", n % 5), at % 3 == 0),
                _ => tx.delete(ROOT, format!("k{}", n % 5)),
            },
        )
        .unwrap();
        if what % 3 == 0 {
            other.merge(one).unwrap();
        }
    }
    a.merge(b).unwrap();
    a.clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Invariant: whatever the library writes, we read, and write again as the same bytes.
    #[test]
    fn what_the_library_writes_comes_out_the_same(
        seed: u64,
        steps in prop::collection::vec((any::<u8>(), any::<u8>(), "[a-zé م]{0,12}"), 0..40),
    ) {
        for change in history(seed, &steps).get_changes(&[]) {
            let (hash, contents) = contents(change.raw_bytes()).unwrap();
            let (meta, body) = ChangeMeta::from_contents(hash, &contents).unwrap();
            let operations = read(&body).unwrap();
            prop_assert_eq!(operations.list.len(), change.len());
            prop_assert_eq!(write(&meta, &operations), contents.as_ref());
        }
    }

    /// Invariant: no input makes the reader panic, and what it reads it can write.
    #[test]
    fn any_columns_are_read_or_refused(
        seed: u64,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let steps = [(0, 3, "word".to_owned()), (2, 0, "some words".to_owned()), (2, 2, "in between".to_owned())];
        for change in history(seed, &steps).get_changes(&[]) {
            let mut contents = contents(change.raw_bytes()).unwrap().1.into_owned();
            for (at, byte) in &flips {
                let at = at.index(contents.len());
                contents[at] = *byte;
            }
            if let Ok((meta, body)) = ChangeMeta::from_contents([0; 32], &contents)
                && let Ok(operations) = read(&body)
            {
                let _ = write(&meta, &operations);
            }
        }
    }
}
