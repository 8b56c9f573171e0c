//! Bundles: making one for an organisation, taking one in.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use accord_core::api::{BundleMade, BundleRead, Exit, Problem};
use accord_core::governance::Governance;
use accord_core::{DeviceCertificate, OrganisationId};

use accord_words::{problem, say};

use super::decisions::documents;
use crate::bundle::{Bundle, Preface, Unfit};
use crate::peering::{CarryError, Taken};
use crate::replica::{Programme, Replica};
use crate::time::now;

/// Writes a bundle to a new file, which is its owner's alone.
pub(super) fn create(replica: &Replica, code: &str, file: &str, whole: bool) -> Result<BundleMade, Problem> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let programme = replica.programme()?;
    let (organisation, code, devices) = {
        let governance = &*programme.governance();
        let organisation = taking_part(governance, code)?;
        if organisation == replica.home.card.organisation.id {
            return Err(problem!("bundle-for-oneself"));
        }
        let devices = governance.devices().into_values().filter(|owner| *owner == organisation).count();
        (organisation, code_of(governance, &organisation), devices as u64)
    };
    let path = Path::new(file);
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let cannot = |e: std::io::Error| problem!("bundle-not-written", file, why = e.to_string());
    let out = BufWriter::new(opened.map_err(cannot)?);
    let written =
        programme.write_bundle(replica, &organisation, (whole, now()), file, out).and_then(|(out, count)| {
            let file = out.into_inner().map_err(|e| cannot(e.into_error()))?;
            file.sync_all().map_err(cannot)?;
            Ok(count)
        });
    let (entries, since_last, cut) = written.inspect_err(|_| {
        // Half a bundle would only be carried in vain.
        let _ = std::fs::remove_file(path);
    })?;
    Ok(BundleMade { file: file.to_owned(), organisation: code, devices, entries, since_last, cut })
}

/// Takes in a bundle.
pub(super) fn read(replica: &Replica, file: &str) -> Result<BundleRead, Problem> {
    let programme = replica.programme()?;
    let opened = File::open(file).map_err(Unfit::Io);
    let own = replica.home.card.organisation.id;
    let bundle = opened.and_then(|file| Bundle::open(BufReader::new(file), &own, &replica.home.device));
    let mut bundle = bundle.map_err(|unfit| refused(&programme, file, &unfit, 0))?;
    let (organisation, from) = {
        let governance = &*programme.governance();
        let organisation = sender(&programme, governance, &bundle.preface)?;
        (organisation, code_of(governance, &organisation))
    };
    let mut taken = Taken::default();
    programme
        .take_bundle(&own, &mut bundle, &mut taken)
        .map_err(|error| stopped(&programme, file, error, &taken))?;
    replica.remember_carried(&organisation, &bundle.preface.holds)?;
    let names: BTreeMap<_, _> = documents(&programme);
    let mut changed: Vec<String> = taken
        .documents
        .iter()
        .map(|key| names.get(&key.id).cloned().unwrap_or_else(|| key.id.short()))
        .collect();
    changed.sort_unstable();
    Ok(BundleRead {
        from,
        made: bundle.preface.time,
        new: taken.new,
        known: taken.known,
        documents: changed,
        left_out: taken.unwanted,
        gaps: taken.gaps.len() as u64,
    })
}

/// The organisation that made a bundle. It must take part now, as it must to be connected.
fn sender(
    programme: &Programme,
    governance: &Governance,
    preface: &Preface,
) -> Result<OrganisationId, Problem> {
    if preface.programme != programme.id() {
        return Err(problem!("bundle-other-programme"));
    }
    let DeviceCertificate { organisation, device, .. } = &preface.sender;
    if governance.is_revoked(device) {
        return Err(problem!("bundle-of-revoked", code = code_of(governance, organisation)));
    }
    if let Some(owner) = governance.organisation_of(device) {
        return Ok(owner);
    }
    // A device that was certified since, of an organisation that is known.
    let certificate = &preface.sender;
    let holds = governance.membership(organisation).is_some()
        && governance.owner(device).is_none()
        && certificate.check_device().is_ok()
        && certificate.check_root(&governance.root(organisation).0).is_ok();
    match governance.card(organisation) {
        _ if holds => Ok(*organisation),
        Some(card) if governance.membership(organisation).is_none() => {
            Err(problem!("bundle-of-removed", code = &card.organisation.code))
        }
        _ => Err(problem!("bundle-outsider")),
    }
}

fn taking_part(governance: &Governance, code: &str) -> Result<OrganisationId, Problem> {
    let lower = code.to_lowercase();
    let members = governance.memberships();
    let is =
        |id: &&OrganisationId| code_of(governance, id).to_lowercase() == lower || id.to_string() == lower;
    members.keys().find(is).copied().ok_or_else(|| {
        let mut codes: Vec<String> = members.keys().map(|id| code_of(governance, id)).collect();
        codes.sort_unstable();
        problem!("bundle-for-nobody", code, codes = codes.join(", ")).exit(Exit::Usage)
    })
}

fn code_of(governance: &Governance, organisation: &OrganisationId) -> String {
    governance.card(organisation).map_or_else(|| organisation.short(), |card| card.organisation.code.clone())
}

/// Why a bundle cannot be read, or read on. `taken` came in before.
fn refused(programme: &Programme, file: &str, unfit: &Unfit, taken: u64) -> Problem {
    let kept = kept(taken);
    match unfit {
        Unfit::Other => problem!("bundle-none", file, kept),
        Unfit::Damaged => problem!("bundle-damaged", file, kept),
        Unfit::NotForUs(organisation) => match programme.governance().card(organisation) {
            Some(card) => problem!("bundle-pass-on", file, code = &card.organisation.code, kept),
            None => problem!("bundle-not-for-us", file, kept),
        },
        Unfit::NotForThisDevice => problem!("bundle-not-for-this-device", file, kept),
        Unfit::Io(why) => problem!("bundle-unreadable", file, why = why.to_string(), kept),
    }
}

fn kept(taken: u64) -> String {
    if taken == 0 { say!("bundle-kept-nothing") } else { say!("bundle-kept", count = taken) }
}

/// Reading ended in the middle.
fn stopped(programme: &Programme, file: &str, error: CarryError, taken: &Taken) -> Problem {
    match error {
        CarryError::Unfit(unfit) => refused(programme, file, &unfit, taken.new),
        CarryError::Invalid(error) => {
            let why = Problem::from_error(&error).message;
            problem!("bundle-unproved", file, why, kept = kept(taken.new))
        }
        CarryError::Problem(problem) => problem,
    }
}
