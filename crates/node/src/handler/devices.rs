//! The organisation's own devices: certifying, listing, ending them. All of it takes the organisation's root key alone.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::api::{BackedUp, DeviceAdded, DeviceRevoked, DeviceView, Exit, Problem, RootSecret};
use accord_core::governance::{Governance, MAX_CERTIFIED, Record, Revocation};
use accord_core::{DeviceId, DeviceRequest, OrganisationId, device_called};
use accord_words::{problem, say};

use super::Handler;
use super::words::{Connected, readers};
use crate::peering::{MAX_DEVICES, issue, last_seen};
use crate::replica::{Programme, Replica};
use crate::time::now;

/// How long the ticket of a further device is valid: a week, as others are.
const TICKET_SECONDS: u64 = 7 * 24 * 3600;

impl Handler {
    pub(super) async fn devices(&self) -> Result<Vec<DeviceView>, Problem> {
        let connected = self.connected().await;
        self.blocking(move |replica| list(replica, &connected)).await
    }

    /// Certifies the device that asks with `line`, durably, and gives it a ticket if this node can be reached.
    pub(super) async fn add_device(
        &self,
        line: String,
        root: Option<RootSecret>,
    ) -> Result<DeviceAdded, Problem> {
        let addresses = self.addresses();
        self.blocking(move |replica| {
            let (request, before) = certify(replica, &line, root.as_ref())?;
            let ticket = match addresses.is_empty() {
                true => None,
                false => Some(issue(replica, addresses.clone(), TICKET_SECONDS)?.to_string()),
            };
            Ok(DeviceAdded { device: request.device, name: request.label, ticket, addresses, before })
        })
        .await
    }

    /// Ends a device, durably: from here on its connections end, and of its logs counts what is held here.
    pub(super) async fn revoke_device(
        &self,
        device: String,
        why: String,
        root: Option<RootSecret>,
    ) -> Result<DeviceRevoked, Problem> {
        let connected = self.connected().await;
        self.blocking(move |replica| revoke(replica, &device, &why, root.as_ref(), &connected)).await
    }
}

/// The device that signs an organisation's votes, if it has votes.
fn signing_device(governance: &Governance, organisation: &OrganisationId) -> Option<DeviceId> {
    let seat = governance.constitution()?.charter.seat(organisation)?;
    Some(seat.card.device.device)
}

/// Every device that is or was the organisation's.
pub(super) fn own_devices(governance: &Governance, organisation: &OrganisationId) -> BTreeSet<DeviceId> {
    governance
        .owners()
        .into_iter()
        .filter(|(_, owner)| owner == organisation)
        .map(|(device, _)| device)
        .collect()
}

/// What people call a device.
pub(super) fn device_name(governance: &Governance, device: &DeviceId) -> String {
    let certified = governance.certificates(device).first().map(|(_, certificate)| certificate.label.clone());
    let on_card = || {
        let owner = governance.owner(device)?;
        // The device on a card may be another one by now, and keeps its name.
        let seats = governance.constitutions().iter().rev().filter_map(|c| c.charter.seat(&owner));
        let mut cards = governance.card(&owner).into_iter().chain(seats.map(|seat| &seat.card));
        cards.find(|card| card.device.device == *device).map(|card| card.device.label.clone())
    };
    certified.or_else(on_card).unwrap_or_else(|| device.short())
}

fn list(replica: &Replica, connected: &Connected) -> Result<Vec<DeviceView>, Problem> {
    let programme = replica.programme()?;
    let governance = programme.governance();
    let organisation = replica.home.card.organisation.id;
    let signing = signing_device(&governance, &organisation);
    let view = |device: DeviceId| {
        let revocations = governance.revocations(&device);
        let revocation = revocations.iter().map(|(_, revocation)| revocation).min_by_key(|r| r.time);
        DeviceView {
            device,
            name: device_name(&governance, &device),
            this: device == programme.device(),
            signs: signing == Some(device),
            connected: connected.contains(&device),
            last_seen: last_seen(replica, &device),
            revoked: revocation.map(|revocation| revocation.time),
            why: revocation.map(|revocation| revocation.why.clone()),
        }
    };
    let mut devices: Vec<DeviceView> =
        own_devices(&governance, &organisation).into_iter().map(view).collect();
    devices.sort_by(|a, b| {
        (a.revoked.is_some(), !a.this, &a.name).cmp(&(b.revoked.is_some(), !b.this, &b.name))
    });
    Ok(devices)
}

/// Certifies a device, or finds that it is certified already.
pub(crate) fn certify(
    replica: &Replica,
    line: &str,
    root: Option<&RootSecret>,
) -> Result<(DeviceRequest, bool), Problem> {
    let request: DeviceRequest = line.parse().map_err(|e| Problem::from_error(&e).exit(Exit::Usage))?;
    let programme = replica.programme()?;
    let organisation = replica.home.card.organisation.id;
    if request.organisation != organisation {
        return Err(problem!("device-asks-elsewhere"));
    }
    {
        let governance = programme.governance();
        if governance.membership(&organisation).is_none() {
            return Err(problem!("not-taking-part-device"));
        }
        if governance.is_revoked(&request.device) {
            return Err(problem!("device-revoked-for-good", name = request.label));
        }
        if governance.organisation_of(&request.device) == Some(organisation) {
            return Ok((request, true));
        }
        if governance.owner(&request.device).is_some() {
            return Err(problem!("device-of-another"));
        }
        let devices: Vec<DeviceId> = own_devices(&governance, &organisation)
            .into_iter()
            .filter(|device| !governance.is_revoked(device))
            .collect();
        if devices.iter().any(|device| device_name(&governance, device) == request.label) {
            return Err(problem!("device-name-taken", name = request.label));
        }
        if governance.certified(&organisation) >= MAX_CERTIFIED {
            return Err(problem!("devices-all", most = MAX_CERTIFIED));
        }
        if devices.len() >= MAX_DEVICES {
            return Err(problem!("devices-full", count = MAX_DEVICES));
        }
    }
    let certificate = Box::new(request.certify(&replica.root_key(root)?));
    programme.record(&replica.home.device, vec![Record::Device { certificate, time: now() }])?;
    Ok((request, false))
}

/// The device that a person means: by its name, or the beginning of its id.
pub(super) fn find(
    governance: &Governance,
    organisation: &OrganisationId,
    text: &str,
) -> Result<DeviceId, Problem> {
    let lower = text.to_lowercase();
    let own = own_devices(governance, organisation);
    // As it is certified, and as whoever asks is shown it.
    let named = |device: &&DeviceId| {
        let name = device_name(governance, device);
        name.to_lowercase() == lower || device_called(&name).to_lowercase() == lower
    };
    let by_id = |device: &&DeviceId| text.len() >= 4 && device.to_string().starts_with(&lower);
    let mut found: Vec<DeviceId> = own.iter().filter(|d| named(d) || by_id(d)).copied().collect();
    if found.len() > 1 {
        // A name goes to the next device when the one before is revoked.
        found.retain(|device| !governance.is_revoked(device));
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let called = |device| device_called(&device_name(governance, device));
            let names: Vec<String> = own.iter().map(called).collect();
            Err(problem!("no-device", name = text, names = names.join(", ")))
        }
        several => {
            let ids: Vec<String> = several.iter().map(DeviceId::short).collect();
            Err(problem!("devices-alike", count = several.len(), name = text, ids = ids.join(", "))
                .exit(Exit::Usage))
        }
    }
}

fn revoke(
    replica: &Replica,
    text: &str,
    why: &str,
    root: Option<&RootSecret>,
    connected: &Connected,
) -> Result<DeviceRevoked, Problem> {
    if why.trim().is_empty() {
        return Err(problem!("revocation-needs-reason").exit(Exit::Usage));
    }
    let programme = replica.programme()?;
    let organisation = replica.home.card.organisation.id;
    let (device, name, signs) = {
        let governance = programme.governance();
        let device = find(&governance, &organisation, text)?;
        let name = device_name(&governance, &device);
        if governance.is_revoked(&device) {
            return Err(problem!("device-revoked-already", name = device_called(&name)));
        }
        if device == programme.device() {
            return Err(problem!("device-in-use"));
        }
        (device, name, signing_device(&governance, &organisation) == Some(device))
    };
    let root = replica.root_key(root)?;
    let held = held_of(&programme, &device);
    let (cuts, named) = {
        let governance = programme.governance();
        let cuts = governance.cuts_for(&organisation, held);
        let named: BTreeMap<String, u64> = cuts
            .iter()
            .filter_map(|cut| Some((programme.space_name(&governance, &cut.space), cut.last?.seq)))
            .collect();
        (cuts, named)
    };
    let why = why.trim().to_owned();
    let revocation = Revocation { programme: programme.id(), organisation, device, cuts, time: now(), why };
    let record = Record::revocation(revocation, &root);
    if let Err(error) = record.check(&programme.id()) {
        return Err(Problem::from_error(&error).hint(say!("fewer-words")));
    }
    programme.record(&replica.home.device, vec![record])?;
    let (told, later): (Vec<_>, Vec<_>) =
        readers(&programme, &programme.space(), connected).into_iter().partition(|(_, here)| *here);
    let codes = |list: Vec<(String, bool)>| {
        let mut codes: Vec<String> = list.into_iter().map(|(code, _)| code).collect();
        codes.sort();
        codes
    };
    Ok(DeviceRevoked {
        device,
        name,
        cuts: named.into_iter().collect(),
        signs,
        told: codes(told),
        later: codes(later),
    })
}

/// How far each log of a device is held here, in every space.
fn held_of(
    programme: &Programme,
    device: &DeviceId,
) -> Vec<(accord_core::SpaceId, DeviceId, accord_core::Head)> {
    let logs = programme.logs();
    let heads = |space: accord_core::SpaceId| {
        let vector = logs.vector(&space);
        vector.heads(device).iter().map(|head| (space, *device, *head)).collect::<Vec<_>>()
    };
    logs.spaces().into_iter().flat_map(heads).collect()
}

/// Writes every entry held to a new file. No key is in it.
pub(super) fn back_up(replica: &Replica, file: &str) -> Result<BackedUp, Problem> {
    let (entries, cut) = replica.back_up(std::path::Path::new(file), now())?;
    Ok(BackedUp { file: file.to_owned(), entries, cut })
}
