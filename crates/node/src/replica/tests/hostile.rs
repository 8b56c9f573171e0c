//! Entries that are well signed and malformed inside.

use std::collections::BTreeMap;

use accord_document::{ChangeMeta, NewChange};
use sha2::{Digest as _, Sha256};

use super::*;

/// The same change with other contents, under the checksum of those.
fn forged(raw: &[u8], forge: impl FnOnce(&mut Vec<u8>)) -> (ChangeHash, Vec<u8>) {
    // Magic, checksum, kind, length of at most three bytes: then the contents.
    let start = 9 + raw[9..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    let mut contents = raw[start..].to_vec();
    let length = contents.len();
    forge(&mut contents);
    assert_eq!(contents.len(), length, "the length stands before it");
    let hash: [u8; 32] = Sha256::digest([&raw[8..start], &contents].concat()).into();
    (ChangeHash(hash), [&raw[..4], &hash[..4], &raw[8..start], &contents].concat())
}

fn replace(contents: &mut [u8], what: &[u8], with: &[u8]) {
    let at = contents.windows(what.len()).position(|part| part == what).unwrap();
    contents[at..at + with.len()].copy_from_slice(with);
}

/// Two changes of CMI: one whose operations are numbered wrongly, and one that is made on it.
fn malformed(cmi: &Office, id: &DocumentKey) -> [(ChangeHash, Vec<u8>); 2] {
    let reading = cmi.programme().read(id).unwrap();
    let seed = ActorSeed { device: cmi.key().id(), space: id.space, document: id.id, generation: 0 };
    let mut copy = reading.document.clone();
    let mut write = |title: &str| -> NewChange {
        let by = Author { actor: &seed.actor(), time: 20, message: None };
        let edit = Edit::Set { path: "title.fr".into(), value: json!(title) };
        copy.edit(reading.kind().unwrap(), &[edit], &by, &mut random).unwrap().unwrap()
    };
    let (first, second) = (write("une"), write("deux"));
    let ChangeMeta { actor, seq, start_op, hash, .. } = first.meta;
    let small = |number: u64| u8::try_from(number).unwrap();
    let numbered = |number: u64| [&actor[..], &[small(seq), small(number)]].concat();
    let first =
        forged(&first.raw, |contents| replace(contents, &numbered(start_op), &numbered(start_op + 1)));
    let second = forged(&second.raw, |contents| replace(contents, &hash, &first.0.0));
    [first, second]
}

#[test]
fn what_the_guard_refuses_is_in_quarantine_on_every_node_and_only_what_is_made_on_it_waits() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    let other = note(&ca, "Gafsa");
    let [first, second] = malformed(&cmi, &id);
    let log = cmi.log(id.space);
    let mut entries: Vec<Entry> = Vec::new();
    for (change, raw) in [&first, &second] {
        let header = Header {
            programme: cmi.programme().id(),
            space: log.space,
            device: log.device,
            seq: entries.len() as u64 + 1,
            prev: entries.last().map(Entry::id),
            authority: Authority::Genesis,
            body: Body::Change { document: id.id, generation: 0, change: *change },
        };
        entries.push(header.sign(cmi.key(), raw.clone()));
    }
    let signed = |entries: &[Entry]| entries.iter().map(|entry| entry.signed().clone()).collect::<Vec<_>>();
    let verdicts = |office: &Office| {
        let reading = office.programme().read(&id).unwrap();
        (reading.quarantined.clone(), reading.waiting.clone())
    };
    let expected =
        (BTreeMap::from([(first.0, Reason::Guard)]), BTreeMap::from([(second.0, WaitingFor::Ancestor)]));
    // One hears the honest changes first, one the malformed ones, and reads on the way.
    let late = beside(&ca, "ONE");
    late.pull(&cmi);
    late.programme().take(log, signed(&entries)).unwrap();
    let _ = late.programme().read(&id);
    ca.programme().take(log, signed(&entries[..1])).unwrap();
    assert_eq!(verdicts(&ca).0, expected.0);
    ca.programme().take(log, signed(&entries[1..])).unwrap();
    assert_eq!(verdicts(&ca), expected);
    ca.set(&id, "title.en", "Sfax goes on");
    ca.set(&other, "title.en", "Gafsa goes on");
    late.pull(&ca);
    for office in [&ca, &late] {
        assert_eq!(verdicts(office), expected);
        assert_eq!(office.get(&id, "title.en"), json!(["Sfax goes on"]));
        assert_eq!(office.get(&other, "title.en"), json!(["Gafsa goes on"]));
        assert_eq!(
            office.programme().summaries().unwrap()[&id].held_back,
            2,
            "both are counted in every list"
        );
    }
    assert_eq!(seen(&ca.programme(), &id), seen(&late.programme(), &id));
    // From the logs alone it is the same.
    let path = ca._dir.path().join("home");
    drop(ca.replica);
    let again = open(&path).programme().unwrap().read(&id).unwrap();
    assert_eq!((again.quarantined.clone(), again.waiting.clone()), expected);
}
