//! `doctor`: what is wrong with this home, its keys, its store and its logs, each with what follows and what mends it.

mod clock;
mod partners;
mod ports;

use std::collections::BTreeSet;

use accord_core::admission::Standing;
use accord_core::api::{DoctorView, Finding, Health, Problem};
use accord_core::governance::Governance;
use accord_core::{DeviceId, LogId, OrganisationId, device_called};
use accord_words::{say, semicolon};

use super::Handler;
use super::devices::device_name;
use super::status::lost_words;
use super::words::{author_code, code};
use crate::replica::{Programme, Replica, store_problem, unknown_rule};

/// Below this the store soon cannot write: it needs room for its own snapshots too.
const DISK_BAD: u64 = 64 << 20;
/// Below this somebody should make room.
const DISK_SMALL: u64 = 1 << 30;

impl Handler {
    pub(super) async fn doctor(&self) -> Result<DoctorView, Problem> {
        let listening = self.network().map(|network| network.listening());
        let runs = self.stop.is_some();
        let connected = self.connected().await;
        self.blocking(move |replica| {
            let mut findings = vec![home(replica)];
            findings.extend(keys(replica));
            findings.extend(old_root(replica));
            findings.extend([disk(replica), store(replica)]);
            findings.extend(shredded(replica));
            let config = &replica.home.config;
            findings.extend(ports::ports(&config.listen, listening.as_deref()));
            let told = listening.as_deref().unwrap_or(&config.listen);
            findings.push(partners::reachability(told, &config.announce));
            if let Some(programme) = replica.try_programme() {
                let quarantined = quarantined(&programme);
                let governance = programme.governance();
                findings.push(this_device(replica, &programme, &governance));
                findings.push(clock::clock(&programme, &governance));
                findings.extend(rule(&governance));
                findings.extend(lost(&programme, &governance));
                findings.extend(partners::partners(replica, &programme, &governance, runs, &connected));
                findings.push(own_logs(&programme, &governance));
                findings.push(forks(&programme, &governance));
                findings.push(votes(&programme, &governance));
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
    good("home", say!("doctor-home-good", path = replica.home.path().display().to_string()))
}

fn keys(replica: &Replica) -> Vec<Finding> {
    let home = &replica.home;
    let device = match home.device_sealed() {
        Ok(true) => good("keys", say!("doctor-device-sealed")),
        Ok(false) => good("keys", say!("doctor-device-unsealed")),
        Err(problem) => unreadable("keys", problem),
    };
    let root = match home.root_kept() {
        Ok(None) => good("keys", say!("doctor-root-elsewhere")),
        Ok(Some(true)) => good("keys", say!("doctor-root-sealed")),
        Ok(Some(false)) => {
            found("keys", Health::Notice, say!("doctor-root-open"), say!("doctor-root-open-mend"))
        }
        Err(problem) => unreadable("keys", problem),
    };
    vec![device, root]
}

/// Whether this program knows the rule by which changes are judged: only where it does not there is something to say.
fn rule(governance: &Governance) -> Option<Finding> {
    let rule = unknown_rule(governance)?;
    Some(found("rule", Health::Bad, say!("doctor-rule-unknown", rule), say!("doctor-rule-mend")))
}

/// A root key that stands in the home after it was replaced: whoever tries it is told that it signs nothing.
fn old_root(replica: &Replica) -> Option<Finding> {
    // Elsewhere, or sealed, it is looked at when it is used.
    let kept = replica.home.root_kept().ok().flatten();
    let old = kept == Some(false) && replica.root_key(None).is_err();
    old.then(|| found("keys", Health::Notice, say!("doctor-root-old"), say!("doctor-root-old-mend")))
}

fn unreadable(about: &str, problem: Problem) -> Finding {
    found(about, Health::Bad, problem.message, problem.hint.unwrap_or_else(|| say!("doctor-put-back")))
}

fn disk(replica: &Replica) -> Finding {
    let free = match rustix::fs::statvfs(replica.home.path()) {
        Ok(stat) => stat.f_bavail.saturating_mul(stat.f_frsize),
        Err(error) => {
            let text = say!("doctor-disk-unseen", why = error.to_string());
            return found("disk", Health::Notice, text, say!("doctor-disk-unseen-mend"));
        }
    };
    let text = say!("doctor-disk-free", megabytes = free >> 20);
    match free {
        free if free < DISK_BAD => found(
            "disk",
            Health::Bad,
            say!("doctor-disk-bad", megabytes = free >> 20),
            say!("doctor-disk-bad-mend"),
        ),
        free if free < DISK_SMALL => found("disk", Health::Notice, text, say!("doctor-disk-small-mend")),
        _ => good("disk", text),
    }
}

fn store(replica: &Replica) -> Finding {
    match replica.store().maintain() {
        Ok(()) => good("store", say!("doctor-store-good", engine = replica.engine.to_string())),
        Err(error) => unreadable("store", store_problem(&error)),
    }
}

/// What the store's engine overwrote when it opened damaged files, as far as it is kept.
fn shredded(replica: &Replica) -> Vec<Finding> {
    let note = |path: std::path::PathBuf| {
        let path = path.display().to_string();
        found(
            "store",
            Health::Notice,
            say!("doctor-shredded", path = &path),
            say!("doctor-shredded-mend", path),
        )
    };
    accord_store::shredded(replica.home.store()).into_iter().map(note).collect()
}

/// Entries that are damaged on this disk, and lists of documents that cannot be read.
fn lost(programme: &Programme, governance: &Governance) -> Vec<Finding> {
    let words = lost_words(programme, governance);
    if words.is_empty() {
        return vec![match programme.logs().unlisted() {
            0 => good("entries", say!("health-lost-none")),
            count => found("entries", Health::Bad, say!("health-caches", count), say!("health-caches-mend")),
        }];
    }
    let bad = |text: String| found("entries", Health::Bad, text, say!("health-lost-mend"));
    words.into_iter().map(bad).collect()
}

fn this_device(replica: &Replica, programme: &Programme, governance: &Governance) -> Finding {
    let (own, organisation) = (programme.device(), replica.home.card.organisation.id);
    let name = device_called(&device_name(governance, &own));
    if let Some((_, revocation)) = governance.revocations(&own).first() {
        return found(
            "devices",
            Health::Bad,
            say!("doctor-revoked", name, why = &revocation.why),
            say!("doctor-revoked-mend"),
        );
    }
    if governance.membership(&organisation).is_none() {
        return good("devices", say!("doctor-no-part"));
    }
    if governance.organisation_of(&own) != Some(organisation) {
        return found("devices", Health::Bad, say!("doctor-uncertified"), say!("doctor-uncertified-mend"));
    }
    good("devices", say!("doctor-certified", name))
}

/// What happened when two copies of one home wrote, for the person whose home it is. It is an accident nearly always, and
/// must not sound like an attack.
pub(super) fn own_fork_words(space: &str, seq: u64) -> String {
    say!("own-fork", space, seq)
}

/// What mends it.
pub(super) fn own_fork_mend() -> String {
    say!("own-fork-mend")
}

fn own_logs(programme: &Programme, governance: &Governance) -> Finding {
    let logs = programme.logs();
    if let Some((log, seq)) = logs.own_forks().first() {
        let space = programme.space_name(governance, &log.space);
        return found("own_log", Health::Bad, own_fork_words(&space, *seq), own_fork_mend());
    }
    let behind = logs.behind().into_iter().chain(logs.ahead());
    if let Some((_, held, signed)) = behind.max_by_key(|(_, held, signed)| signed - held) {
        return found("own_log", Health::Bad, behind_words(held, signed), behind_mend());
    }
    good("own_log", say!("doctor-own-log-good"))
}

/// What happened where the store is older than what was signed.
pub(super) fn behind_words(held: u64, signed: u64) -> String {
    say!("home-behind", held, signed)
}

/// What happened where entries of this device came back from the others.
pub(super) fn returned_words(entries: u64) -> Option<String> {
    (entries > 0).then(|| say!("home-returned", count = entries))
}

/// What mends that.
pub(super) fn behind_mend() -> String {
    say!("home-behind-mend")
}

fn forks(programme: &Programme, governance: &Governance) -> Finding {
    let others: Vec<(LogId, u64)> =
        programme.logs().forks().into_iter().filter(|(log, _)| log.device != programme.device()).collect();
    if others.is_empty() {
        return good("forks", say!("doctor-forks-good"));
    }
    let words = |(log, seq): &(LogId, u64)| {
        let (who, space) = (whose(governance, &log.device), programme.space_name(governance, &log.space));
        say!("doctor-fork", who, seq, space)
    };
    let list: Vec<String> = others.iter().map(words).collect();
    found(
        "forks",
        Health::Notice,
        say!("doctor-forks", list = list.join(semicolon())),
        say!("doctor-forks-mend"),
    )
}

/// The organisation of a device and what people call the device.
pub(super) fn whose(governance: &Governance, device: &DeviceId) -> String {
    format!("{} ({})", author_code(governance, device), device_called(&device_name(governance, device)))
}

fn votes(programme: &Programme, governance: &Governance) -> Finding {
    let mut twice: BTreeSet<OrganisationId> =
        governance.equivocations().iter().map(|one| one.secretariat).collect();
    if twice.is_empty() {
        return good("votes", say!("doctor-votes-good"));
    }
    // A person whose folder was copied is told what to do, and not that somebody misbehaves.
    let own = programme.own_organisation(governance);
    if own.is_some_and(|own| twice.remove(&own)) && twice.is_empty() {
        return found("votes", Health::Bad, say!("doctor-votes-own"), say!("doctor-votes-own-mend"));
    }
    let codes: Vec<String> = twice.iter().map(|who| code(governance, who)).collect();
    found("votes", Health::Bad, say!("doctor-votes", codes = codes.join(", ")), say!("doctor-votes-mend"))
}

fn quarantined(programme: &Programme) -> usize {
    let apart = programme.apart();
    apart.held.iter().filter(|held| matches!(held.standing, Standing::Quarantined(_))).count()
}

fn quarantine(kept: usize) -> Finding {
    match kept {
        0 => good("quarantine", say!("doctor-quarantine-good")),
        kept => found(
            "quarantine",
            Health::Notice,
            say!("doctor-quarantine", count = kept),
            say!("doctor-quarantine-mend"),
        ),
    }
}
