//! A member that signs what no honest program makes: a change whose operations are numbered wrongly, well signed and in its
//! place in the log.

use std::path::Path;

use accord_core::{Body, ChangeHash, ChangeMeta, Entry, programme_space, verify_entry};
use accord_store::Draft;
use sha2::{Digest as _, Sha256};

use super::signing::Signing;

/// Writes one on the last honest change of this home's device. The node is stopped.
pub(super) fn sign(home: &Path) -> Result<(), String> {
    let office = Signing::open(home)?;
    let log = office.log(programme_space(&office.programme));
    let mut last: Option<Entry> = None;
    let keep = |entry: Entry| {
        if matches!(entry.header().body, Body::Change { .. }) && verify_entry(&entry).is_ok() {
            last = Some(entry);
        }
    };
    office.logs.each_on(&log, 0, (1, u64::MAX), keep).map_err(|e| e.to_string())?;
    let last = last.ok_or("it has changed nothing yet")?;
    let Body::Change { document, generation, .. } = last.header().body else {
        return Err("no change".into());
    };
    let (payload, meta) = on(last.payload())?;
    let draft =
        Draft { body: Body::Change { document, generation, change: meta.hash }, payload, meta: Some(meta) };
    let (logs, authority) = (&office.logs, last.header().authority);
    logs.append(&office.key, log.space, authority, vec![draft], Vec::new()).map_err(|e| e.to_string())?;
    Ok(())
}

/// A change of the same author on this one, with the operations of this one, numbered from one too high.
fn on(raw: &[u8]) -> Result<(Vec<u8>, ChangeMeta), String> {
    let plain = accord_document::unpack(raw).map_err(|e| e.to_string())?;
    let before = accord_document::ChangeMeta::parse(raw).map_err(|e| e.to_string())?;
    // Magic, checksum and kind; the length; then what it builds on, who, and the two numbers.
    let length = plain[9..].iter().position(|byte| byte & 0x80 == 0).ok_or("no length")?;
    let contents = &plain[9 + length + 1..];
    let head = |deps: &[[u8; 32]], seq: u64, start: u64| {
        let count = number(deps.len() as u64);
        let actor = number(before.actor.len() as u64);
        [count, deps.concat(), actor, before.actor.clone(), number(seq), number(start)].concat()
    };
    let rest = &contents[head(&before.deps, before.seq, before.start_op).len()..];
    let (seq, start_op) = (before.seq + 1, before.max_op + 2);
    let contents = [&head(&[before.hash], seq, start_op)[..], rest].concat();
    let body = [&[1][..], &number(contents.len() as u64), &contents].concat();
    let hash: [u8; 32] = Sha256::digest(&body).into();
    let raw = [&plain[..4], &hash[..4], &body].concat();
    let meta = ChangeMeta {
        hash: ChangeHash(hash),
        actor: before.actor.clone(),
        seq,
        start_op,
        max_op: start_op + (before.max_op - before.start_op),
        deps: vec![ChangeHash(before.hash)],
    };
    accord_document::ChangeMeta::parse(&raw).map_err(|e| e.to_string())?;
    Ok((raw, meta))
}

/// A number as changes have it: seven bits a byte, the lowest first.
fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
