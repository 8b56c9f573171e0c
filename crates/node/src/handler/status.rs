//! How everything stands, and synchronising on request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use accord_core::admission::{Reason, Standing, WaitingFor};
use accord_core::api::{
    DeviceStep, Exit, Fork, Knowing, OrganisationStep, Problem, ProgrammeView, Quarantined, StatusView,
    Synced, Unreached,
};
use accord_core::governance::Governance;
use accord_core::{DeviceId, OrganisationId, SpaceId};
use accord_words::{problem, say};

use super::decisions::Names;
use super::words::{Connected, author_code, code};
use super::{Handler, decisions, doctor, versions};
use crate::control::ProgressSender;
use crate::home::party;
use crate::network;
use crate::peering::{Peering, last_held, last_seen};
use crate::replica::{
    DocumentKey, Handled, HeldBack, News, OwnDocument, Programme, Replica, unknown_rule, waiting_words,
};

/// The longest that a synchronisation can be waited for: an hour.
const MAX_WAIT_SECONDS: u64 = 3600;

/// The most entries in quarantine that the status lists one by one.
const MAX_LISTED: usize = 50;

impl Handler {
    /// The devices that are connected now.
    pub(super) async fn connected(&self) -> Connected {
        self.steps().await.into_iter().filter(|(_, step)| step.connected).map(|(device, _)| device).collect()
    }

    async fn steps(&self) -> BTreeMap<DeviceId, network::DeviceStatus> {
        match self.network() {
            Some(network) => {
                network.status().await.into_iter().map(|status| (status.device, status)).collect()
            }
            None => BTreeMap::new(),
        }
    }

    pub(super) async fn status(&self) -> Result<StatusView, Problem> {
        let steps = self.steps().await;
        let node = self.node_view();
        self.blocking(move |replica| {
            let mut view = match replica.try_programme() {
                Some(programme) => with_programme(replica, &programme, &steps)?,
                None => empty(replica),
            };
            view.node = node;
            Ok(view)
        })
        .await
    }

    /// Synchronises with everybody who can be reached: over the node's own network, or one for just this request.
    pub(super) async fn sync(&self, wait_seconds: u64, progress: ProgressSender) -> Result<Synced, Problem> {
        let programme = self.replica.programme()?;
        let within = Duration::from_secs(wait_seconds.min(MAX_WAIT_SECONDS));
        let network = match self.network() {
            Some(network) => network,
            None => {
                let pending = self.replica.pending_ticket()?;
                let peering = Peering::new(Arc::clone(&self.replica), Arc::clone(&programme), pending);
                crate::run::start_network(&self.replica, Arc::new(peering), Vec::new(), Vec::new(), false)
                    .await?
            }
        };
        let barred = synchronise(&programme, &network, within, &progress).await;
        if self.stop.is_none() {
            network.shutdown().await;
        }
        let governance = programme.governance();
        let mut in_step: Vec<String> =
            barred.in_step.iter().map(|device| author_code(&governance, device)).collect();
        in_step.sort();
        in_step.dedup();
        let unreached = barred.unreached.iter().map(|(device, why)| Unreached {
            organisation: author_code(&governance, device),
            why: why.to_string(),
        });
        let unreached: Vec<Unreached> = unreached.collect();
        if programme.own_organisation(&governance).is_none() {
            if let Some(problem) = decisions::ended_here(&governance, &programme.device()) {
                return Err(problem);
            }
            return Err(problem!("not-admitted-yet").exit(Exit::PersonNeeded));
        }
        Ok(Synced { in_step, unreached, sent: barred.sent, received: barred.received })
    }
}

/// Synchronises until everybody who takes part at the end was asked: what comes in may admit this very organisation, or
/// others.
pub(super) async fn synchronise(
    programme: &Programme,
    network: &network::Handle,
    within: Duration,
    progress: &ProgressSender,
) -> network::Barred {
    let deadline = Instant::now() + within;
    let mut news = programme.watch();
    let (mut sent, mut received) = (0, 0);
    loop {
        let before = programme.governance().devices();
        let left = deadline.saturating_duration_since(Instant::now());
        let mut barred = network.sync_barrier(left, &mut |step| progress.send(step)).await;
        sent += barred.sent;
        received += barred.received;
        (barred.sent, barred.received) = (sent, received);
        let (devices, admitted) = {
            let governance = programme.governance();
            (governance.devices(), programme.own_organisation(&governance).is_some())
        };
        if admitted && devices == before {
            return barred;
        }
        // Whoever could have let it in again was asked, and nobody says so.
        if !admitted && decisions::ended_here(&programme.governance(), &programme.device()).is_some() {
            return barred;
        }
        if !admitted {
            // Nothing more comes before a decision does.
            let decided = async { while !matches!(news.recv().await, Ok(News::Governance) | Err(_)) {} };
            let _ = tokio::time::timeout_at(deadline, decided).await;
        }
        if Instant::now() >= deadline {
            return barred;
        }
    }
}

/// The status before there is a programme.
fn empty(replica: &Replica) -> StatusView {
    StatusView {
        organisation: replica.home.party(),
        programme: None,
        node: None,
        engine: replica.engine.to_string(),
        organisations: Vec::new(),
        documents: 0,
        conflicts: Vec::new(),
        versions: Vec::new(),
        waiting_for_me: Vec::new(),
        quarantine: Vec::new(),
        quarantined: 0,
        again: Vec::new(),
        kept: Vec::new(),
        knowing: Vec::new(),
        waiting: Vec::new(),
        waits: Vec::new(),
        forks: Vec::new(),
        notices: Vec::new(),
    }
}

fn with_programme(
    replica: &Replica,
    programme: &Programme,
    steps: &BTreeMap<DeviceId, network::DeviceStatus>,
) -> Result<StatusView, Problem> {
    let summaries = programme.summaries()?;
    let apart = programme.apart();
    let own_apart = programme.own_apart(&apart);
    let documents = decisions::documents(programme);
    let versions = versions::of_interest(programme)?;
    let governance = programme.governance();
    let names = Names::new(programme, &governance, documents);
    let document = |held: &HeldBack| Some(summaries.get(&held.document?)?.name.clone());
    let offered = offered(programme, &governance, own_apart);
    let told = |held: &HeldBack, reason: Reason| Quarantined {
        offered: held.document.is_some_and(|key| {
            // With what was written in it the document itself is made anew.
            let one = |own: &OwnDocument| own.changes.iter().any(|one| Some(one.change) == held.change);
            offered.get(&key).is_some_and(|own| held.change.is_none() || one(own))
        }),
        author: author_code(&governance, &held.log.device),
        seq: held.entry.seq,
        document: document(held),
        reason: reason.to_string(),
    };
    let mut waiting: BTreeMap<WaitingFor, usize> = BTreeMap::new();
    let (mut quarantine, mut quarantined) = (Vec::new(), 0);
    for held in &apart.held {
        match held.standing {
            Standing::Waiting(what) => *waiting.entry(what).or_default() += 1,
            Standing::Quarantined(reason) => {
                quarantined += 1;
                if quarantine.len() < MAX_LISTED {
                    quarantine.push(told(held, reason));
                }
            }
            Standing::InPosition => {}
        }
    }
    let kept = apart.kept.iter().filter_map(|held| match held.standing {
        Standing::Quarantined(reason) => Some(told(held, reason)),
        _ => None,
    });
    let kept = kept.take(MAX_LISTED).collect();
    let mut knowing: BTreeMap<(String, String), (usize, BTreeSet<String>)> = BTreeMap::new();
    for one in &apart.knowing {
        let Some(summary) = summaries.get(&one.document) else { continue };
        let told = knowing.entry((author_code(&governance, &one.author), summary.name.clone())).or_default();
        told.0 += 1;
        told.1.extend(one.built_on.iter().map(|device| author_code(&governance, device)));
    }
    let knowing = knowing.into_iter().take(MAX_LISTED).map(|((author, document), (changes, on))| Knowing {
        author,
        document,
        changes,
        built_on: on.into_iter().collect(),
    });
    let knowing = knowing.collect();
    let again = offered.values().filter_map(|own| {
        let open = own.changes.iter().filter(|one| one.handled == Handled::Open).count();
        (open > 0).then(|| (own.name.clone(), open))
    });
    let mut again: Vec<(String, usize)> = again.collect();
    again.sort();
    let own = replica.home.card.organisation.id;
    // Of its own a notice tells, with what to do.
    let forks = programme.logs().forks();
    let others = forks.iter().filter(|(log, _)| log.device != programme.device());
    let forks = others.map(|(log, seq)| Fork { author: doctor::whose(&governance, &log.device), seq: *seq });
    Ok(StatusView {
        programme: Some(programme_view(&governance, &own)),
        organisations: organisations(replica, programme, &governance, &own, steps),
        documents: summaries.len(),
        conflicts: summaries
            .values()
            .filter(|summary| summary.conflicts > 0)
            .map(|summary| (summary.name.clone(), summary.conflicts as usize))
            .collect(),
        versions,
        waiting_for_me: decisions::waiting_for_me(&names),
        quarantine,
        quarantined,
        again,
        kept,
        knowing,
        waiting: waiting.iter().map(|(what, count)| (waiting_words(*what), *count)).collect(),
        waits: waiting.into_iter().collect(),
        forks: forks.collect(),
        notices: notices(programme, &governance),
        ..empty(replica)
    })
}

/// Those own changes that are kept apart which this device could make again now: it may write where they are, and goes on in
/// its own log there.
fn offered(
    programme: &Programme,
    governance: &Governance,
    own: BTreeMap<DocumentKey, OwnDocument>,
) -> BTreeMap<DocumentKey, OwnDocument> {
    let device = programme.device();
    let forked: Vec<SpaceId> = programme.logs().own_forks().iter().map(|(log, _)| log.space).collect();
    let Some(organisation) = governance.organisation_of(&device) else { return BTreeMap::new() };
    let writes =
        |key: &DocumentKey| governance.may_write(&organisation, &key.space) && !forked.contains(&key.space);
    own.into_iter().filter(|(key, _)| writes(key)).collect()
}

fn programme_view(governance: &Governance, own: &OrganisationId) -> ProgrammeView {
    let signed = governance.genesis_signatures();
    let unsigned = governance.secretariats().into_iter().filter(|id| !signed.contains_key(id));
    ProgrammeView {
        id: governance.programme(),
        name: governance.genesis().map(|g| g.name.clone()).unwrap_or_default(),
        founded: governance.founded(),
        unsigned: unsigned.map(|id| code(governance, &id)).collect(),
        my_kind: governance.membership(own).map(|membership| membership.kind),
        ended_by: decisions::ended_by(governance, own).as_ref().map(decisions::number),
    }
}

fn organisations(
    replica: &Replica,
    programme: &Programme,
    governance: &Governance,
    own: &OrganisationId,
    steps: &BTreeMap<DeviceId, network::DeviceStatus>,
) -> Vec<OrganisationStep> {
    let devices = governance.devices();
    let held = programme.logs().entry_count(&programme.space());
    let others = governance.memberships().into_iter().filter(|(id, _)| id != own);
    let step = |device: &DeviceId| match steps.get(device).filter(|status| status.connected) {
        Some(status) => DeviceStep {
            device: *device,
            connected: true,
            through: status.through.map(|relay| author_code(governance, &relay)),
            in_step: status.in_step,
            missing_there: status.missing_there,
            missing_here: status.missing_here,
            last_seen: status.last_seen,
        },
        // Away: what it lacks is what has come here since it last said what it holds.
        None => DeviceStep {
            device: *device,
            connected: false,
            through: None,
            in_step: false,
            missing_there: last_held(replica, device).map_or(held, |known| held.saturating_sub(known)),
            missing_here: 0,
            last_seen: steps.get(device).and_then(|s| s.last_seen).or_else(|| last_seen(replica, device)),
        },
    };
    others
        .map(|(id, membership)| OrganisationStep {
            organisation: party(&membership.card),
            kind: membership.kind,
            devices: devices
                .iter()
                .filter(|(_, owner)| **owner == id)
                .map(|(device, _)| step(device))
                .collect(),
        })
        .collect()
}

/// The most stretches of lost entries that are named one by one.
const MAX_LOST: usize = 5;

/// Entries that are damaged on this disk, by log and position.
pub(super) fn lost_words(programme: &Programme, governance: &Governance) -> Vec<String> {
    let holes = programme.logs().holes();
    let count = |hole: &accord_store::Hole| hole.to - hole.from + 1;
    let words = |hole: &accord_store::Hole| {
        let author = doctor::whose(governance, &hole.log.device);
        let space = programme.space_name(governance, &hole.log.space);
        say!("lost-entries", author, space, from = hole.from.to_string(), count = count(hole))
    };
    let mut told: Vec<String> = holes.iter().take(MAX_LOST).map(words).collect();
    let more: u64 = holes.iter().skip(MAX_LOST).map(count).sum();
    told.extend((more > 0).then(|| say!("lost-more", count = more)));
    told
}

/// What a person should know about this node and the secretariats.
fn notices(programme: &Programme, governance: &Governance) -> Vec<String> {
    let mut notices = Vec::new();
    let own = programme.device();
    if let Some((_, revocation)) = governance.revocations(&own).first() {
        notices.push(say!("notice-revoked", why = &revocation.why));
    }
    if let Some(rule) = unknown_rule(governance) {
        notices.push(say!("notice-rule", rule));
    }
    if let Some(error) = programme.logs().stopped() {
        let why = Problem::from_error(&error).message;
        notices.push(format!("{} {}.", say!("health-writes-stopped", why), say!("health-writes-do")));
    }
    notices
        .extend(lost_words(programme, governance).iter().map(|words| format!("{words} {}", say!("lost-do"))));
    let logs = programme.logs();
    let behind = logs.behind().into_iter().chain(logs.ahead());
    if let Some((_, held, signed)) = behind.max_by_key(|(_, held, signed)| signed - held) {
        notices.push(say!(
            "notice-to-do",
            what = doctor::behind_words(held, signed),
            mend = doctor::behind_mend()
        ));
    }
    if logs.own_forks().is_empty() {
        // Of two copies each gets what the other wrote: that is another story, and told as one.
        notices.extend(doctor::returned_words(programme.returned()));
    }
    for (log, seq) in logs.own_forks() {
        let words = doctor::own_fork_words(&programme.space_name(governance, &log.space), seq);
        notices.push(say!("notice-to-do", what = words, mend = doctor::own_fork_mend()));
    }
    for equivocation in governance.equivocations() {
        // A person whose folder was copied is told what to do, and not that somebody misbehaves.
        notices.push(if programme.own_organisation(governance) == Some(equivocation.secretariat) {
            say!("notice-twice-own")
        } else {
            say!("notice-twice", code = code(governance, &equivocation.secretariat))
        });
    }
    notices
}
