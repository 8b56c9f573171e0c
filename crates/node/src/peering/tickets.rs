//! Tickets: issuing them, and answering who knocks with one.

use accord_core::api::Problem;
use accord_core::governance::{
    Decision, DecisionStatus, Governance, MAX_CERTIFIED, Operation, Record, Subject,
};
use accord_core::{
    Body, Card, DecisionId, DeviceCertificate, DeviceId, LogId, OrganisationKind, ProgrammeId, SignedEntry,
    Ticket, decode, encode, governance_space, verify_run,
};
use accord_store::{Op, Tree};
use accord_words::{problem, say};
use minicbor::{Decode, Encode};

use super::words;
use crate::network::{Knock, KnockAnswer, Purpose, Records};
use crate::replica::{Programme, Replica, random, read_change, store_problem};
use crate::time::now;

/// The most devices of an organisation that count at a time.
pub(crate) const MAX_DEVICES: usize = 64;

/// What is kept of a ticket that was issued.
#[derive(Debug, Clone, Encode, Decode)]
#[cbor(array)]
struct Issued {
    #[n(0)]
    expires: u64,
    /// The device that showed it first: nobody else can use it.
    #[n(1)]
    bound: Option<DeviceId>,
    /// The admission that it led to.
    #[n(2)]
    decision: Option<DecisionId>,
}

fn key(secret: &[u8; 16]) -> Vec<u8> {
    [b"ticket/".as_slice(), secret].concat()
}

/// Issues a ticket, durably.
pub(crate) fn issue(
    replica: &Replica,
    addresses: Vec<String>,
    valid_seconds: u64,
) -> Result<Ticket, Problem> {
    let programme = replica.programme()?;
    let name = programme.governance().genesis().map(|g| g.name.clone()).unwrap_or_default();
    let mut secret = [0; 16];
    random(&mut secret);
    let expires = now().saturating_add(valid_seconds);
    let issued = Issued { expires, bound: None, decision: None };
    let op = Op::put(Tree::Meta, key(&secret), encode(&issued));
    replica.store().commit(vec![op]).map_err(|e| store_problem(&e))?;
    Ok(Ticket {
        programme: programme.id(),
        name,
        device: replica.home.device.id(),
        addresses,
        secret,
        expires,
    })
}

/// Answers an unknown device that knocks.
pub(super) fn answer(
    replica: &Replica,
    programme: &Programme,
    device: &DeviceId,
    knock: &Knock,
) -> KnockAnswer {
    consider(replica, programme, device, knock).unwrap_or_else(|reason| KnockAnswer::Refused { reason })
}

fn consider(
    replica: &Replica,
    programme: &Programme,
    device: &DeviceId,
    knock: &Knock,
) -> Result<KnockAnswer, String> {
    let internal = |problem: Problem| {
        tracing::error!(%problem, "a knock could not be answered");
        "knock-later".to_owned()
    };
    let held =
        replica.store().get(Tree::Meta, &key(&knock.secret)).map_err(|e| internal(store_problem(&e)))?;
    let held = held.ok_or("knock-not-issued")?;
    let mut issued: Issued = decode(&held).map_err(|e| internal(Problem::from_error(&e)))?;
    match issued.bound {
        Some(bound) if bound != *device => {
            return Err("knock-used".into());
        }
        None if issued.expires < now() => return Err("knock-expired".into()),
        _ => {}
    }
    let records = founding_records(programme).map_err(internal)?;
    let organisation = knock.card.organisation.id;
    let (founded, member, named, owner) = {
        let governance = programme.governance();
        let named = governance.genesis().is_some_and(|g| g.names(&organisation));
        let owner = governance.organisation_of(device);
        (governance.founded(), governance.membership(&organisation).is_some(), named, owner)
    };
    let further = knock.card.device.device != *device && owner.is_none();
    let certified = if further { Some(further_device(programme, device, knock)?) } else { None };
    let look = knock.purpose == Purpose::Look;
    let before = issued.clone();
    if !look {
        issued.bound = Some(*device);
        if let Some(certificate) = certified {
            // It counts whatever log carries it; so a device that no other of its organisation can vouch for gets in too.
            let record = Record::Device { certificate: Box::new(certificate), time: now() };
            programme.record(&replica.home.device, vec![record]).map_err(internal)?;
        }
    }
    let answer = if named {
        if founded { KnockAnswer::Member { records } } else { KnockAnswer::Genesis { records } }
    } else if member {
        KnockAnswer::Member { records }
    } else if !founded {
        return Err("knock-not-founded".into());
    } else if look {
        KnockAnswer::Pending { records, decision: None }
    } else {
        let decision = propose(replica, programme, &knock.card, issued.decision).map_err(internal)??;
        issued.decision = Some(decision);
        KnockAnswer::Pending { records, decision: Some(decision) }
    };
    if (before.bound, before.decision) != (issued.bound, issued.decision) {
        let op = Op::put(Tree::Meta, key(&knock.secret), encode(&issued));
        replica.store().commit(vec![op]).map_err(|e| internal(store_problem(&e)))?;
    }
    Ok(answer)
}

/// The certificate of a further device that is not known here yet, if its organisation's root key of now signed it.
fn further_device(
    programme: &Programme,
    device: &DeviceId,
    knock: &Knock,
) -> Result<DeviceCertificate, String> {
    let governance = programme.governance();
    let organisation = knock.card.organisation.id;
    if governance.owner(device).is_some() {
        return Err("knock-revoked".into());
    }
    let certificate = knock.certificate.clone().filter(|certificate| {
        governance.membership(&organisation).is_some()
            && certificate.check_root(&governance.root(&organisation).0).is_ok()
    });
    let certificate = certificate.ok_or("knock-not-certified")?;
    // Each is a record for ever, in the log of whoever is knocked at.
    let own = governance.devices().into_values().filter(|owner| *owner == organisation).count();
    if own >= MAX_DEVICES || governance.certified(&organisation) >= MAX_CERTIFIED {
        return Err("knock-devices-full".into());
    }
    Ok(certificate)
}

/// Proposes the admission of a card's organisation, or finds that it is proposed already. The inner error says that
/// it was refused.
fn propose(
    replica: &Replica,
    programme: &Programme,
    card: &Card,
    before: Option<DecisionId>,
) -> Result<Result<DecisionId, String>, Problem> {
    let subject = Subject::Membership(card.organisation.id);
    let (decision, known) = {
        let governance = programme.governance();
        if let Some(state) = before.and_then(|id| governance.decision(&id)) {
            if state.status == DecisionStatus::Dead {
                return Ok(Err("knock-refused".to_owned()));
            }
            return Ok(Ok(state.id));
        }
        let (slot, parent, _) = governance.next_slot(&subject);
        let operation = Operation::Admit { card: Box::new(card.clone()), kind: OrganisationKind::Member };
        let (version, round) = (slot.version, slot.round);
        let decision =
            Decision { subject, version, round, parent, membership: None, operation, cuts: Vec::new() };
        let known = governance.decision(&decision.id()).is_some();
        (decision, known)
    };
    let id = decision.id();
    if !known {
        let record = Record::proposal(decision, &replica.home.device, now());
        programme.record(&replica.home.device, vec![record])?;
        tracing::info!(organisation = words(card), "an organisation asks for admission");
    }
    Ok(Ok(id))
}

/// The governance entries that carry the genesis: the first of each secretariat's log.
fn founding_records(programme: &Programme) -> Result<Records, Problem> {
    let space = programme.governance_space();
    let devices: Vec<DeviceId> = programme
        .governance()
        .genesis()
        .iter()
        .flat_map(|g| &g.secretariats)
        .map(|c| c.device.device)
        .collect();
    let mut records = Vec::new();
    for device in devices {
        let log = LogId { space, device };
        let first = programme.logs().read(&log, (1, 1), 1, 0).map_err(|e| Problem::from_error(&e))?;
        records.extend(first.iter().map(|entry| encode(entry.signed()).into()));
    }
    Ok(Records(records))
}

/// What a ticket led to: verified against the programme's id.
pub(crate) struct Joining {
    /// The founding entries, to be taken in.
    pub(crate) entries: Vec<(LogId, SignedEntry)>,
    /// The state that they amount to.
    pub(crate) governance: Governance,
}

/// Reads founding records that came from outside: what does not verify is refused as a whole.
pub(crate) fn read_records(programme: ProgrammeId, records: &Records) -> Result<Joining, Problem> {
    let refuse = |why: String| problem!("ticket-unproven", why);
    let space = governance_space(&programme);
    let mut governance = Governance::new(programme);
    let mut entries = Vec::new();
    // Two secretariats sign a genesis, each once.
    for bytes in records.0.iter().take(2) {
        let signed: SignedEntry = decode(bytes).map_err(|e| refuse(e.to_string()))?;
        let header = accord_core::Header::from_bytes(&signed.header).map_err(|e| refuse(e.to_string()))?;
        let log = LogId { space, device: header.device };
        let genesis =
            matches!(&header.body, Body::Governance { record } if matches!(**record, Record::Genesis { .. }));
        let run = verify_run(&programme, log, vec![signed.clone()], &read_change)
            .map_err(|e| refuse(e.to_string()))?;
        if !genesis || run.first_seq() != 1 {
            return Err(refuse(say!("entry-no-founding")));
        }
        governance.insert(&run.entries()[0].0).map_err(|e| refuse(e.to_string()))?;
        entries.push((log, signed));
    }
    if governance.genesis().is_none() {
        return Err(refuse(say!("founding-missing")));
    }
    Ok(Joining { entries, governance })
}
