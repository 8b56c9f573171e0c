//! Telling a device that its part has ended: it is connected no more, so what ended it is the one thing that it is sent.
//!
//! What is sent are entries of governance logs up to the ones that carry the decision with its votes, or the revocation:
//! nothing of what was decided since. Each is signed, so the device need not believe whoever tells it.

use std::collections::{BTreeMap, VecDeque};

use accord_core::governance::{Choice, Record};
use accord_core::{Body, DecisionId, DeviceId, Header, LogId, SignedEntry, decode, encode};

use crate::handler::ended_by;
use crate::network::Records;
use crate::replica::Programme;

/// How many bytes of entries are told, over all logs: it fits an answer. Before it was removed the device had what is
/// older.
const MAX_BYTES: usize = 96 * 1024;

/// How many entries are taken in at most.
const MAX_ENTRIES: usize = 1024;

/// How many entries are looked at in one step.
const PAGE: usize = 256;

/// What ended a device's part.
enum End {
    Revoked(DeviceId),
    Decided(DecisionId),
}

impl End {
    fn of(programme: &Programme, device: &DeviceId) -> Option<Self> {
        let governance = programme.governance();
        if governance.organisation_of(device).is_some() {
            return None;
        }
        let owner = governance.owner(device)?;
        ended_by(&governance, &owner)
            .map(End::Decided)
            .or_else(|| governance.is_revoked(device).then_some(End::Revoked(*device)))
    }

    fn is_in(&self, body: &Body) -> bool {
        let Body::Governance { record } = body else { return false };
        match (record.as_ref(), self) {
            (Record::Revoke { revocation, .. }, End::Revoked(device)) => revocation.device == *device,
            (Record::Proposal { decision, .. }, End::Decided(id)) => decision.id() == *id,
            (Record::Vote { vote, .. }, End::Decided(id)) => vote.choice == Choice::For(*id),
            _ => false,
        }
    }
}

/// What tells a device that its part has ended; none if it has a part, or never had one.
pub(super) fn say(programme: &Programme, device: &DeviceId) -> Option<Records> {
    let end = End::of(programme, device)?;
    let space = programme.governance_space();
    let devices: Vec<DeviceId> = programme.logs().vector(&space).iter().map(|(device, _)| *device).collect();
    let told: Vec<VecDeque<Vec<u8>>> = devices
        .into_iter()
        .filter_map(|device| {
            let log = LogId { space, device };
            // Of a log that forked one history is enough: more than one does not follow on itself.
            let histories = (0..).take(programme.logs().branches(&log).all().len());
            let mut told = histories.map(|branch| up_to_end(programme, &log, branch, &end));
            told.find(|entries| !entries.is_empty())
        })
        .collect();
    let room = MAX_BYTES / told.len().max(1);
    let mut records = Records::default();
    for mut entries in told {
        let mut bytes: usize = entries.iter().map(Vec::len).sum();
        while bytes > room
            && let Some(first) = entries.pop_front()
        {
            bytes -= first.len();
        }
        records.0.extend(entries.into_iter().map(Into::into));
    }
    Some(records)
}

/// The last entries of one history of a log up to the last one that has to do with the end; nothing if none has.
fn up_to_end(programme: &Programme, log: &LogId, branch: u32, end: &End) -> VecDeque<Vec<u8>> {
    let (mut kept, mut since) = (VecDeque::new(), Vec::new());
    let mut next = 1;
    loop {
        let page = match programme.logs().read_on(log, branch, (next, u64::MAX), PAGE, 1 << 20) {
            Ok(page) => page,
            Err(error) => {
                tracing::error!(%error, "a governance log cannot be read");
                return VecDeque::new();
            }
        };
        let Some(last) = page.last() else { return kept };
        next = last.header().seq + 1;
        for entry in &page {
            since.push(encode(entry.signed()));
            if end.is_in(&entry.header().body) {
                kept.extend(since.drain(..));
            } else if since.len() > 2 * PAGE && kept.is_empty() {
                since.drain(..PAGE);
            }
        }
    }
}

/// Takes in what another device says of the end of this one's part; gives the logs that grew.
pub(super) fn hear(programme: &Programme, records: &Records) -> Vec<LogId> {
    let space = programme.governance_space();
    let mut runs: BTreeMap<DeviceId, Vec<SignedEntry>> = BTreeMap::new();
    for bytes in records.0.iter().take(MAX_ENTRIES) {
        let Ok(signed) = decode::<SignedEntry>(bytes) else { continue };
        let Ok(header) = Header::from_bytes(&signed.header) else { continue };
        if header.device != programme.device() {
            runs.entry(header.device).or_default().push(signed);
        }
    }
    let mut grew = Vec::new();
    for (device, run) in runs {
        let log = LogId { space, device };
        match programme.take(log, run) {
            Ok(_) => grew.push(log),
            // Whoever tells may be wrong, or may tell less than is missing here: then nothing is known from it.
            Err(error) => tracing::info!(device = %device.short(), %error, "did not take what was told"),
        }
    }
    grew
}
