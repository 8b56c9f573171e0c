//! The replica as the network sees it: what may be sent to whom, what is taken in, who is let in.

mod access;
mod carrying;
mod farewell;
mod offers;
mod tickets;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::{Card, DeviceId, Entry, Head, LogId, OrganisationId, SignedEntry, Ticket};
use accord_store::{Hole, IngestError, Op, Scan, StoreError, Tree, walk};
use accord_sync::{Access, Claim, Found, Gap, Held, Look, Reader, Refusal};

use crate::network::{Admission, Backend, Incoming, Knock, KnockAnswer, Outcome, Purpose, Records};
use crate::replica::{Programme, Replica, TakeError};
pub(crate) use carrying::{CarryError, Taken};
use offers::Offers;
pub(crate) use tickets::{Joining, MAX_DEVICES, issue, read_records};

/// How many entries that are lost are asked for at a time: as many as a pack in the store has at most, which fit in a run.
/// Where nothing comes of that, since they or what stands around them at the partner are too large together, fewer.
const LOST: [u64; 4] = [512, 64, 8, 1];

/// As many entries as one act of a person makes, and a few more.
const LIVE: usize = 4;

/// A programme, as the network sees it.
pub(crate) struct Peering {
    replica: Arc<Replica>,
    programme: Arc<Programme>,
    offers: Offers,
    /// The ticket with which this organisation asked to be admitted.
    pending: Option<Ticket>,
}

impl Peering {
    /// For the programme of this replica.
    pub(crate) fn new(replica: Arc<Replica>, programme: Arc<Programme>, pending: Option<Ticket>) -> Self {
        let offers = Offers::new(&programme);
        Self { replica, programme, offers, pending }
    }

    /// This device wrote: what it wrote under is here, so all of it may be offered. Gives whether access changed by it,
    /// since it was made on entries that counted for nothing before.
    pub(crate) fn appended(&self, log: LogId) -> bool {
        self.offers.advanced(&self.programme, log);
        self.governance_changed()
    }

    /// Entries of a log came in from a bundle. Gives the logs of which more may be offered by it.
    pub(crate) fn taken(&self, log: LogId) -> Vec<LogId> {
        self.offers.advanced(&self.programme, log);
        let mut logs = vec![log];
        if log.space == self.programme.governance_space() {
            logs.extend(self.offers.authority_came(&self.programme, log.device));
        }
        logs.extend(self.offers.limits_moved(&self.programme));
        logs
    }

    /// Decisions may have cut logs; gives whether they did.
    pub(crate) fn governance_changed(&self) -> bool {
        !self.offers.limits_moved(&self.programme).is_empty()
    }

    fn own(&self) -> OrganisationId {
        self.replica.home.card.organisation.id
    }

    /// The branch of a log that has an entry: of a log with one history that one, whatever the entry.
    fn branch_with(&self, log: &LogId, on: Option<Claim>) -> Result<Option<u32>, String> {
        let logs = self.programme.logs();
        match on.filter(|_| logs.branches(log).all().len() > 1) {
            Some(on) => logs.find_prefix(log, on.seq, &on.id.0).map_err(|e| chain(&e)),
            None => Ok(Some(logs.longest(log))),
        }
    }

    /// Puts back what was lost here. Heads stay what they were.
    fn mend(&self, incoming: Incoming) -> Outcome {
        let log = incoming.log;
        let stored = match self.programme.put_back_lost(log, incoming.entries) {
            Ok(_) => Ok((heads(self.programme.logs(), &log), self.offers.get(&log))),
            Err(error) => {
                tracing::warn!(device = %incoming.peer.short(), %error, "entries that were lost here could not be put back");
                Err(Refusal::NotStored(chain(&error)))
            }
        };
        // Governance may say more now than what was left of it did.
        let governance = log.space == self.programme.governance_space();
        let access_changed = self.governance_changed() || governance;
        Outcome {
            stored,
            access_changed,
            offers_changed: self.offers.authority_came(&self.programme, log.device),
        }
    }

    fn take(&self, incoming: Incoming) -> Outcome {
        let log = incoming.log;
        let governance_log = log.space == self.programme.governance_space();
        let refuse =
            |refusal| Outcome { stored: Err(refusal), access_changed: false, offers_changed: Vec::new() };
        let last = incoming.entries.last().cloned();
        match self.programme.take(log, incoming.entries) {
            Ok(ingested) => {
                if ingested.new > 0 {
                    // A few entries of a device that come from itself were mostly written just now.
                    let live = incoming.peer == log.device && ingested.new <= LIVE;
                    let last = last.and_then(|last| accord_core::Entry::from_store(last).ok());
                    last.iter().for_each(|entry| self.programme.hear_clock(entry, live, crate::time::now()));
                }
                if log.device == self.programme.device() && ingested.new > 0 {
                    self.programme.note_returned(ingested.new);
                }
                let offer = self.offers.advanced(&self.programme, log);
                let offers_changed = if governance_log {
                    self.offers.authority_came(&self.programme, log.device)
                } else {
                    Vec::new()
                };
                let held = heads(self.programme.logs(), &log);
                let moved = self.offers.limits_moved(&self.programme);
                let access_changed = governance_log || !moved.is_empty();
                let offer = if moved.contains(&log) { self.offers.get(&log) } else { offer };
                Outcome {
                    stored: Ok((held, offer)),
                    access_changed,
                    offers_changed: [offers_changed, moved].concat(),
                }
            }
            Err(TakeError::Invalid(error)) => refuse(Refusal::Invalid(chain(&error))),
            // What is before it on its own branch is missing: the engine finds out from where on, and asks for it.
            Err(TakeError::Ingest(IngestError::Gap { .. } | IngestError::Apart { .. })) => {
                refuse(Refusal::Gap)
            }
            Err(TakeError::Ingest(error @ IngestError::Branches)) => refuse(Refusal::Forked(chain(&error))),
            Err(TakeError::Ingest(error @ IngestError::Logs(_))) => refuse(Refusal::NotStored(chain(&error))),
        }
    }
}

impl Backend for Peering {
    fn access(&self) -> Access {
        let mut access = self.programme.sync_access(&self.own());
        let governance_space = self.programme.governance_space();
        // Governance is read even before this node has learnt that it may: there it will learn it.
        access.own.insert(governance_space);
        let governance = self.programme.governance();
        if let Some(ticket) = self.pending.as_ref().filter(|_| governance.membership(&self.own()).is_none()) {
            let reads = BTreeSet::from([governance_space]);
            access.devices.entry(ticket.device).or_insert(Reader { organisation: None, reads });
        }
        access
    }

    fn offer(&self, log: &LogId) -> Vec<Head> {
        self.offers.get(log)
    }

    fn heads(&self, log: &LogId) -> Vec<Head> {
        heads(self.programme.logs(), log)
    }

    fn held(&self) -> Vec<Held> {
        let logs = self.programme.logs();
        let spaces = logs.spaces();
        let held = spaces.iter().flat_map(|space| {
            let vector = logs.vector(space);
            let heads: Vec<Held> = vector
                .iter()
                .map(|(device, heads)| {
                    let log = LogId { space: *space, device: *device };
                    Held { log, heads: heads.to_vec(), offer: self.offers.get(&log) }
                })
                .collect();
            heads
        });
        held.collect()
    }

    fn read_run(
        &self,
        log: &LogId,
        on: Option<Claim>,
        range: (u64, u64),
        max_bytes: usize,
    ) -> Result<Vec<SignedEntry>, String> {
        let logs = self.programme.logs();
        let Some(branch) = self.branch_with(log, on)? else { return Ok(Vec::new()) };
        let run = logs.read_signed_on(log, branch, range, accord_core::MAX_RUN, max_bytes);
        Ok(signed(&run.map_err(|e| chain(&e))?))
    }

    fn read_again(
        &self,
        log: &LogId,
        on: Option<Claim>,
        range: (u64, u64),
        least: u64,
        max_bytes: usize,
    ) -> Result<Vec<SignedEntry>, String> {
        let logs = self.programme.logs();
        let Some(branch) = self.branch_with(log, on)? else { return Ok(Vec::new()) };
        let run = logs.read_reaching(log, branch, range, least, max_bytes);
        Ok(signed(&run.map_err(|e| chain(&e))?))
    }

    fn lost_moved(&self) -> u64 {
        self.programme.logs().holes_moved()
    }

    fn lost(&self) -> BTreeMap<LogId, Vec<Gap>> {
        let mut lost: BTreeMap<LogId, Vec<Gap>> = BTreeMap::new();
        for Hole { log, from, to, of, .. } in self.programme.logs().holes() {
            // The end of it first: what comes back says which entry belongs before it. All of a pack comes in one run.
            let gaps = lost.entry(log).or_default();
            let mut last = None;
            for count in LOST {
                let from = from.max(to.saturating_sub(count - 1));
                if last.replace(from) != Some(from) {
                    gaps.push(Gap { from, to, of: Claim::from(of) });
                }
            }
        }
        lost
    }

    fn look(&self, log: &LogId, look: Look) -> Result<Found, String> {
        let logs = self.programme.logs();
        let find = |claim: &Claim| logs.find_prefix(log, claim.seq, &claim.id.0).map_err(|e| chain(&e));
        match look {
            Look::Ids { of, at } => {
                let mut ids = Vec::new();
                if let Some(branch) = find(&of)? {
                    for seq in at {
                        let id = logs.id_on(log, branch, seq).map_err(|e| chain(&e))?;
                        ids.extend(id.map(|id| Head { seq, id }));
                    }
                }
                Ok(Found::Ids { of, ids })
            }
            Look::Held(points) => {
                let mut last = None;
                for point in &points {
                    if find(point)?.is_some() {
                        last = last.max(Some(point.seq));
                    }
                }
                Ok(Found::Held { points, last })
            }
        }
    }

    fn ingest(&self, runs: Vec<Incoming>) -> Vec<Outcome> {
        let store = |run: Incoming| if run.again { self.mend(run) } else { self.take(run) };
        runs.into_iter().map(store).collect()
    }

    fn own_said(&self, log: &LogId, said: u64) {
        self.programme.logs().own_said(&log.space, said);
    }

    fn doubt_said(&self, log: &LogId) {
        self.programme.logs().doubt_said(&log.space);
    }

    fn knock(&self, device: &DeviceId, knock: &Knock) -> KnockAnswer {
        tickets::answer(&self.replica, &self.programme, device, knock)
    }

    fn farewell(&self, device: &DeviceId) -> Option<Records> {
        farewell::say(&self.programme, device)
    }

    fn told_the_end(&self, records: &Records) {
        for log in farewell::hear(&self.programme, records) {
            self.offers.advanced(&self.programme, log);
            self.offers.authority_came(&self.programme, log.device);
        }
    }

    fn admission(&self) -> Option<Admission> {
        let ticket = self.pending.as_ref()?;
        // Who took part before was admitted with this ticket, and does not ask again by itself.
        if self.programme.governance().owner(&self.programme.device()).is_some() {
            return None;
        }
        let knock = knock_of(&self.replica, ticket, Purpose::Enter);
        Some(Admission { inviter: ticket.device, addresses: ticket.addresses.clone(), knock })
    }

    fn known_addresses(&self) -> Vec<(DeviceId, Vec<String>)> {
        known_addresses(&self.replica)
    }

    fn remember_addresses(&self, device: &DeviceId, addresses: &[String]) {
        remember_addresses(&self.replica, device, addresses);
    }

    fn remember_seen(&self, device: &DeviceId, at: u64) {
        put_peer(&self.replica, b't', device, at.to_be_bytes().to_vec());
    }

    fn remember_holds(&self, device: &DeviceId, entries: u64) {
        put_peer(&self.replica, b'h', device, entries.to_be_bytes().to_vec());
    }
}

fn signed(entries: &[Entry]) -> Vec<SignedEntry> {
    entries.iter().map(|entry| entry.signed().clone()).collect()
}

/// The heads held of a log.
fn heads(logs: &accord_store::Logs, log: &LogId) -> Vec<Head> {
    logs.branches(log).all().iter().map(|branch| branch.head).collect()
}

/// This home's knock with a ticket.
pub(crate) fn knock_of(replica: &Replica, ticket: &Ticket, purpose: Purpose) -> Knock {
    let home = &replica.home;
    Knock { purpose, secret: ticket.secret, card: home.card.clone(), certificate: home.certificate.clone() }
}

fn peer_key(kind: u8, device: &DeviceId) -> Vec<u8> {
    let mut key = vec![kind];
    key.extend_from_slice(&device.0);
    key
}

fn put_peer(replica: &Replica, kind: u8, device: &DeviceId, value: Vec<u8>) {
    // Losing it costs a longer search for the device and nothing else.
    if let Err(error) = replica.store().commit(vec![Op::put(Tree::Peers, peer_key(kind, device), value)]) {
        tracing::warn!(%error, "what is known of another device could not be kept");
    }
}

/// Keeps where a device listens.
pub(crate) fn remember_addresses(replica: &Replica, device: &DeviceId, addresses: &[String]) {
    put_peer(replica, b'a', device, accord_core::encode(&addresses.to_vec()));
}

/// Where devices were last known to listen.
pub(crate) fn known_addresses(replica: &Replica) -> Vec<(DeviceId, Vec<String>)> {
    let mut known = Vec::new();
    let read = |key: &[u8], value: Option<&[u8]>| {
        Some((DeviceId::try_from(&key[1..]).ok()?, accord_core::decode::<Vec<String>>(value?).ok()?))
    };
    let walked =
        walk::<StoreError>(replica.store().as_ref(), &Scan::prefix(Tree::Peers, [b'a']), |key, value| {
            known.extend(read(key, value));
            Ok(())
        });
    if let Err(error) = walked {
        tracing::warn!(%error, "the addresses of other devices cannot be read");
    }
    known
}

/// When a device was last connected: seconds since 1970.
pub(crate) fn last_seen(replica: &Replica, device: &DeviceId) -> Option<u64> {
    peer_number(replica, b't', device)
}

/// How many entries of those held here a device said it holds, when it was last connected.
pub(crate) fn last_held(replica: &Replica, device: &DeviceId) -> Option<u64> {
    peer_number(replica, b'h', device)
}

fn peer_number(replica: &Replica, kind: u8, device: &DeviceId) -> Option<u64> {
    let value = replica.store().get(Tree::Peers, &peer_key(kind, device)).ok()??;
    Some(u64::from_be_bytes(value.try_into().ok()?))
}

/// An error with the chain of its causes, for where only words can be kept.
fn chain(error: &dyn std::error::Error) -> String {
    accord_core::api::Problem::from_error(error).message
}

/// The organisation of a card, for messages.
pub(crate) fn words(card: &Card) -> String {
    format!("{} ({})", card.organisation.name, card.organisation.code)
}
