//! `doctor`: what is wrong with this home, its keys, its store and its logs, each with what follows and what mends it.

use accord_core::admission::Standing;
use accord_core::api::{DoctorView, Finding, Health, Problem};
use accord_core::governance::Governance;
use accord_core::{DeviceId, LogId};

use super::Handler;
use super::devices::device_name;
use super::words::{author_code, code};
use crate::replica::{Programme, Replica, store_problem};

/// Below this the store soon cannot write: it needs room for its own snapshots too.
const DISK_BAD: u64 = 64 << 20;
/// Below this somebody should make room.
const DISK_SMALL: u64 = 1 << 30;

impl Handler {
    pub(super) async fn doctor(&self) -> Result<DoctorView, Problem> {
        self.blocking(move |replica| {
            let mut findings = vec![home(replica)];
            findings.extend(keys(replica));
            findings.extend(old_root(replica));
            findings.extend([disk(replica), store(replica)]);
            if let Some(programme) = replica.try_programme() {
                let quarantined = quarantined(&programme);
                let governance = programme.governance();
                findings.push(this_device(replica, &programme, &governance));
                findings.push(own_logs(&programme, &governance));
                findings.push(forks(&programme, &governance));
                findings.push(votes(&governance));
                findings.push(quarantine(quarantined));
            }
            Ok(DoctorView { organisation: replica.home.party(), findings })
        })
        .await
    }
}

fn good(about: &str, text: impl Into<String>) -> Finding {
    Finding { about: about.to_owned(), health: Health::Good, text: text.into(), mend: None }
}

fn found(about: &str, health: Health, text: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding { about: about.to_owned(), health, text: text.into(), mend: Some(mend.into()) }
}

/// Who can write to the home was checked when it was opened.
fn home(replica: &Replica) -> Finding {
    good("home", format!("{} is its owner's alone", replica.home.path().display()))
}

fn keys(replica: &Replica) -> Vec<Finding> {
    let home = &replica.home;
    let device = match home.device_sealed() {
        Ok(true) => good("keys", "the device key is sealed by a passphrase"),
        Ok(false) => good("keys", "the device key is its owner's alone, and not sealed"),
        Err(problem) => unreadable("keys", problem),
    };
    let root = match home.root_kept() {
        Ok(None) => good("keys", "the root key is not in this home"),
        Ok(Some(true)) => good("keys", "the root key is in this home, sealed by a passphrase"),
        Ok(Some(false)) => found(
            "keys",
            Health::Notice,
            "the root key is in this home: whoever takes this machine can add and revoke devices in your name",
            "accord key move-root FILE moves it to a stick; accord key seal seals it by a passphrase",
        ),
        Err(problem) => unreadable("keys", problem),
    };
    vec![device, root]
}

/// A root key that stands in the home after it was replaced: whoever tries it is told that it signs nothing.
fn old_root(replica: &Replica) -> Option<Finding> {
    // Elsewhere, or sealed, it is looked at when it is used.
    let kept = replica.home.root_kept().ok().flatten();
    let old = kept == Some(false) && replica.root_key(None).is_err();
    old.then(|| {
        found(
            "keys",
            Health::Notice,
            "the root key in this home was replaced, and signs nothing any more",
            "remove root.key from the home; the key of now is used with --root-key FILE",
        )
    })
}

fn unreadable(about: &str, problem: Problem) -> Finding {
    found(
        about,
        Health::Bad,
        problem.message,
        problem.hint.unwrap_or_else(|| "put it back from a backup".into()),
    )
}

fn disk(replica: &Replica) -> Finding {
    let free = match rustix::fs::statvfs(replica.home.path()) {
        Ok(stat) => stat.f_bavail.saturating_mul(stat.f_frsize),
        Err(error) => {
            let text = format!("how much room there is cannot be seen: {error}");
            return found("disk", Health::Notice, text, "look at the disk");
        }
    };
    let text = format!("{} MB are free", free >> 20);
    match free {
        free if free < DISK_BAD => found(
            "disk",
            Health::Bad,
            format!("{text}: soon nothing can be saved any more"),
            "make room; nothing that was saved is lost",
        ),
        free if free < DISK_SMALL => found("disk", Health::Notice, text, "make room soon"),
        _ => good("disk", text),
    }
}

fn store(replica: &Replica) -> Finding {
    match replica.store().maintain() {
        Ok(()) => good("store", "it can be read and written"),
        Err(error) => unreadable("store", store_problem(&error)),
    }
}

fn this_device(replica: &Replica, programme: &Programme, governance: &Governance) -> Finding {
    let (own, organisation) = (programme.device(), replica.home.card.organisation.id);
    let name = device_name(governance, &own);
    if let Some((_, revocation)) = governance.revocations(&own).first() {
        return found(
            "devices",
            Health::Bad,
            format!(
                "this device ({name}) was revoked by your organisation ({}): what it writes counts nowhere any more",
                revocation.why
            ),
            "if that is a mistake: accord device init in a new folder, then accord device add where the root key is",
        );
    }
    if governance.membership(&organisation).is_none() {
        return good("devices", "your organisation does not take part yet");
    }
    if governance.organisation_of(&own) != Some(organisation) {
        return found(
            "devices",
            Health::Bad,
            "this device is not certified yet: it sees nothing, and what it writes counts nowhere",
            "on the machine with the root key: accord device add LINE; then here: accord join TICKET",
        );
    }
    good("devices", format!("this device ({name}) is certified"))
}

/// What happened when two copies of one home wrote, for the person whose home it is. It is an accident nearly always, and
/// must not sound like an attack.
pub(super) fn own_fork_words(space: &str, seq: u64) -> String {
    format!(
        "This device's folder is in use twice: two copies of it wrote in the space {space}, from entry {seq} on. That \
         happens when a folder is copied, or a machine is set back to an earlier day. Nothing is lost, and both \
         histories are kept; this copy writes nothing there any more"
    )
}

pub(super) const OWN_FORK_MEND: &str = "go on with one of the two copies only, as a new device: accord backup FILE \
                                        there, then accord restore FILE in a new folder; put the other copy away";

fn own_logs(programme: &Programme, governance: &Governance) -> Finding {
    let logs = programme.logs();
    if let Some((log, seq)) = logs.own_forks().first() {
        let space = programme.space_name(governance, &log.space);
        return found("own_log", Health::Bad, own_fork_words(&space, *seq), OWN_FORK_MEND);
    }
    let behind = logs.behind().into_iter().chain(logs.ahead());
    if let Some((_, held, signed)) = behind.max_by_key(|(_, held, signed)| signed - held) {
        return found("own_log", Health::Bad, behind_words(held, signed), BEHIND_MEND);
    }
    good("own_log", "all that this device ever signed is here")
}

/// What happened where the store is older than what was signed.
pub(super) fn behind_words(held: u64, signed: u64) -> String {
    format!(
        "This home is older than what this device has written ({held} of {signed} entries are here), as after a backup \
         was put back. Nothing is lost: the others have the rest. It writes nothing until it has it back"
    )
}

/// What happened where entries of this device came back from the others.
pub(super) fn returned_words(entries: u64) -> Option<String> {
    let came = match entries {
        0 => return None,
        1 => "1 entry of it has come back".to_owned(),
        entries => format!("{entries} entries of it have come back"),
    };
    Some(format!(
        "This home was older than what this device had written, as after a copy of its folder was put back. {came} from \
         the others, and it writes on after them. Nothing is to be done; where something is to be put back, use accord \
         backup FILE and accord restore FILE."
    ))
}

pub(super) const BEHIND_MEND: &str = "accord sync --wait 60 takes it back from the others; if nobody has it: accord \
                                      backup FILE, then accord restore FILE in a new folder, which makes a new device";

fn forks(programme: &Programme, governance: &Governance) -> Finding {
    let others: Vec<(LogId, u64)> =
        programme.logs().forks().into_iter().filter(|(log, _)| log.device != programme.device()).collect();
    if others.is_empty() {
        return good("forks", "no other device has two histories");
    }
    let words = |(log, seq): &(LogId, u64)| {
        format!(
            "{}, from entry {seq} in {}",
            whose(governance, &log.device),
            programme.space_name(governance, &log.space)
        )
    };
    let list: Vec<String> = others.iter().map(words).collect();
    found(
        "forks",
        Health::Notice,
        format!(
            "two histories of one device are known, with proof: {}. Its folder was copied or put back, or its key is in \
             other hands; what nobody built on waits",
            list.join("; ")
        ),
        "ask them which of the two goes on; if the key was stolen, they revoke the device: accord device revoke",
    )
}

/// The organisation of a device and what people call the device.
pub(super) fn whose(governance: &Governance, device: &DeviceId) -> String {
    format!("{} ({})", author_code(governance, device), device_name(governance, device))
}

fn votes(governance: &Governance) -> Finding {
    let twice = governance.equivocations();
    if twice.is_empty() {
        return good("votes", "no secretariat has voted twice in one place");
    }
    let codes: Vec<String> = twice.iter().map(|one| code(governance, &one.secretariat)).collect();
    found(
        "votes",
        Health::Bad,
        format!(
            "{} signed two different votes in one place, with proof: neither counts alone",
            codes.join(", ")
        ),
        "ask them what happened, and whether their key was copied; vote again: accord decisions",
    )
}

fn quarantined(programme: &Programme) -> usize {
    let apart = programme.apart();
    apart.held.iter().filter(|held| matches!(held.standing, Standing::Quarantined(_))).count()
}

fn quarantine(kept: usize) -> Finding {
    match kept {
        0 => good("quarantine", "nothing is kept apart"),
        kept => found(
            "quarantine",
            Health::Notice,
            match kept {
                1 => "1 change is kept apart, and changes nothing".to_owned(),
                kept => format!("{kept} changes are kept apart, and change nothing"),
            },
            "accord status says which, and why",
        ),
    }
}
