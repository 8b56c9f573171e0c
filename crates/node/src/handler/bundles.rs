//! Bundles: making one for an organisation, taking one in.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use accord_core::api::{BundleMade, BundleRead, Exit, Problem};
use accord_core::governance::Governance;
use accord_core::{DeviceCertificate, OrganisationId};

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
            return Err(Problem::failed("a bundle is for another organisation")
                .hint("name the organisation that is to read it: accord organisations"));
        }
        let devices = governance.devices().into_values().filter(|owner| *owner == organisation).count();
        (organisation, code_of(governance, &organisation), devices as u64)
    };
    let path = Path::new(file);
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let cannot = |e: std::io::Error| {
        Problem::failed(format!("the bundle {file} cannot be written: {e}"))
            .hint("name a new file on a disk with room")
    };
    let out = BufWriter::new(opened.map_err(cannot)?);
    let written =
        programme.write_bundle(replica, &organisation, (whole, now()), out).and_then(|(out, count)| {
            let file = out.into_inner().map_err(|e| cannot(e.into_error()))?;
            file.sync_all().map_err(cannot)?;
            Ok(count)
        });
    let (entries, since_last) = written.inspect_err(|_| {
        // Half a bundle would only be carried in vain.
        let _ = std::fs::remove_file(path);
    })?;
    Ok(BundleMade { file: file.to_owned(), organisation: code, devices, entries, since_last })
}

/// Takes in a bundle.
pub(super) fn read(replica: &Replica, file: &str) -> Result<BundleRead, Problem> {
    let programme = replica.programme()?;
    let opened = File::open(file).map_err(Unfit::Io);
    let own = replica.home.card.organisation.id;
    let bundle = opened.and_then(|file| Bundle::open(BufReader::new(file), &own, &replica.home.device));
    let mut bundle = bundle.map_err(|unfit| refused(&programme, file, &unfit))?;
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
        return Err(Problem::failed("the bundle is of another programme; nothing of it was taken"));
    }
    let DeviceCertificate { organisation, device, .. } = &preface.sender;
    let outside = || {
        Problem::failed("the bundle was made outside of the programme; nothing of it was taken")
            .hint("take one from an organisation that takes part: accord organisations. If its maker was admitted only lately, read one of a maker that you know first")
    };
    if governance.is_revoked(device) {
        return Err(Problem::failed(format!(
            "the bundle was made by a device of {} that was revoked; nothing of it was taken",
            code_of(governance, organisation)
        )));
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
        Some(card) if governance.membership(organisation).is_none() => Err(Problem::failed(format!(
            "the bundle is of {}, which takes no part in the programme; nothing of it was taken",
            card.organisation.code
        ))
        .hint("see who takes part: accord organisations")),
        _ => Err(outside()),
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
        Problem::failed(format!("no organisation \"{code}\" takes part in the programme"))
            .hint(format!("these do: {}", codes.join(", ")))
            .exit(Exit::Usage)
    })
}

fn code_of(governance: &Governance, organisation: &OrganisationId) -> String {
    governance.card(organisation).map_or_else(|| organisation.short(), |card| card.organisation.code.clone())
}

fn refused(programme: &Programme, file: &str, unfit: &Unfit) -> Problem {
    let problem = Problem::from_error(unfit);
    let problem = Problem::failed(format!("{file}: {}; nothing of it was taken", problem.message));
    match unfit {
        Unfit::Other => problem.hint("a bundle is made by: accord bundle create --for CODE"),
        Unfit::Damaged => problem.hint("copy the file again, or ask for another one"),
        Unfit::NotForUs(organisation) => {
            let governance = &*programme.governance();
            match governance.card(organisation) {
                Some(card) => problem.hint(format!("it is for {}: pass it on", card.organisation.code)),
                None => problem.hint("ask its maker for one for this organisation"),
            }
        }
        Unfit::NotForThisDevice => problem.hint(
            "read it on another device of this organisation, or first read a bundle into this one's sender and ask again",
        ),
        Unfit::Io(_) => problem.hint("is the file there, and may it be read?"),
    }
}

/// Reading ended in the middle.
fn stopped(programme: &Programme, file: &str, error: CarryError, taken: &Taken) -> Problem {
    let kept = match taken.new {
        0 => "nothing of it was taken".to_owned(),
        new => format!("the {new} entries before that were taken, since they prove themselves"),
    };
    match error {
        CarryError::Unfit(unfit) => {
            let mut problem = refused(programme, file, &unfit);
            problem.message = problem.message.replace("nothing of it was taken", &kept);
            problem
        }
        CarryError::Invalid(error) => {
            let why = Problem::from_error(&error).message;
            Problem::failed(format!("{file}: the bundle holds what its maker cannot prove ({why}); {kept}"))
                .hint("tell whoever made it; a new one may be read at any time")
        }
        CarryError::Problem(problem) => problem,
    }
}
