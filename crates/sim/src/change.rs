//! A change in a format of its own, as small as it gets: the engine and the core only ever see a change's outside.

use accord_core::{ChangeHash, ChangeMeta, ChangeReader, Unreadable, tagged_hash};

/// Reads and writes the simulation's changes: actor, sequence number, first and last operation, dependencies, text.
#[derive(Debug, Clone, Copy, Default)]
pub struct SimChange;

const ACTOR: usize = 16;
const FIXED: usize = ACTOR + 3 * 8 + 1;

impl SimChange {
    /// The bytes of a change with one operation.
    pub fn write(actor: [u8; ACTOR], seq: u64, deps: &[ChangeHash], text: &[u8]) -> Vec<u8> {
        let mut bytes = actor.to_vec();
        for number in [seq, seq, seq] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.push(u8::try_from(deps.len()).unwrap_or(u8::MAX));
        for dep in deps.iter().take(usize::from(u8::MAX)) {
            bytes.extend_from_slice(&dep.0);
        }
        bytes.extend_from_slice(text);
        bytes
    }

    /// The hash of a change.
    pub fn hash(bytes: &[u8]) -> ChangeHash {
        ChangeHash(tagged_hash("sim/change", &[bytes]))
    }
}

impl ChangeReader for SimChange {
    fn read(&self, bytes: &[u8]) -> Result<ChangeMeta, Unreadable> {
        let cut_off = || Unreadable("cut off".into());
        let fixed = bytes.get(..FIXED).ok_or_else(cut_off)?;
        let number = |at: usize| {
            let field = fixed.get(ACTOR + 8 * at..ACTOR + 8 * (at + 1)).and_then(|b| b.try_into().ok());
            field.map(u64::from_be_bytes).ok_or_else(cut_off)
        };
        let count = usize::from(fixed[FIXED - 1]);
        let deps = bytes.get(FIXED..FIXED + 32 * count).ok_or_else(cut_off)?;
        let deps = deps.chunks_exact(32).filter_map(|dep| dep.try_into().ok()).map(ChangeHash).collect();
        Ok(ChangeMeta {
            hash: Self::hash(bytes),
            actor: fixed[..ACTOR].to_vec(),
            seq: number(0)?,
            start_op: number(1)?,
            max_op: number(2)?,
            deps,
        })
    }
}
