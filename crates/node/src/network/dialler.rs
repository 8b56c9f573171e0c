//! When to dial whom: pure, with time and randomness as arguments. The host carries it out.

use std::collections::BTreeMap;
use std::time::Duration;

use accord_core::DeviceId;
use libp2p::Multiaddr;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::limits::{BACKOFF_MAX, BACKOFF_MIN, BACKOFF_RECENT, DIALS, RECENT};

/// What is dialled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A device, wherever it is.
    Device(DeviceId),
    /// An address, whoever listens there.
    Address(Multiaddr),
}

#[derive(Debug)]
struct Plan {
    backoff: Backoff,
    /// When to dial next; none while a dial is under way or nothing is to be done.
    due: Option<Instant>,
    dialling: bool,
    /// When it was connected last.
    healthy: Option<Instant>,
    /// Whether somebody waits for it, or for what it decides.
    hurry: bool,
}

/// The plans for all targets.
#[derive(Debug, Default)]
pub(super) struct Dialler {
    plans: BTreeMap<Target, Plan>,
}

impl Dialler {
    /// Adds a target, to be dialled at once, if it is new.
    pub(super) fn add(&mut self, target: Target, now: Instant) {
        let plan = || Plan {
            backoff: Backoff::default(),
            due: Some(now),
            dialling: false,
            healthy: None,
            hurry: false,
        };
        self.plans.entry(target).or_insert_with(plan);
    }

    /// Removes the targets that are not wanted any more.
    pub(super) fn retain(&mut self, wanted: impl Fn(&Target) -> bool) {
        self.plans.retain(|target, _| wanted(target));
    }

    /// The targets to be dialled now. The caller says for each of them how it ended: [`Self::failed`],
    /// [`Self::connected`] or [`Self::settled`].
    pub(super) fn due(&mut self, now: Instant) -> Vec<Target> {
        let under_way = self.plans.values().filter(|plan| plan.dialling).count();
        let due = self.plans.iter_mut().filter(|(_, plan)| plan.due.is_some_and(|due| due <= now));
        let begin = |(target, plan): (&Target, &mut Plan)| {
            plan.due = None;
            plan.dialling = true;
            target.clone()
        };
        due.take(DIALS.saturating_sub(under_way)).map(begin).collect()
    }

    /// When the next dial is due. In the past if one waits for others to end.
    pub(super) fn next(&self) -> Option<Instant> {
        let under_way = self.plans.values().filter(|plan| plan.dialling).count();
        if under_way >= DIALS {
            return None;
        }
        self.plans.values().filter_map(|plan| plan.due).min()
    }

    /// A dial failed, or a connection that came of it.
    pub(super) fn failed(&mut self, target: &Target, now: Instant, chance: f64) {
        let Some(plan) = self.plans.get_mut(target) else { return };
        let recent = plan.healthy.is_some_and(|at| now.duration_since(at) < RECENT);
        let ceiling = match plan {
            Plan { hurry: true, .. } => BACKOFF_MIN * 2,
            _ if recent => BACKOFF_RECENT,
            _ => BACKOFF_MAX,
        };
        plan.dialling = false;
        plan.due = Some(now + plan.backoff.fail(ceiling, chance));
    }

    /// A dial ended, and its target needs no other one for now.
    pub(super) fn settled(&mut self, target: &Target) {
        if let Some(plan) = self.plans.get_mut(target) {
            plan.dialling = false;
            plan.due = None;
        }
    }

    /// The target is connected: nothing to do until it is lost.
    pub(super) fn connected(&mut self, target: &Target, now: Instant) {
        if let Some(plan) = self.plans.get_mut(target) {
            plan.healthy = Some(now);
        }
        self.settled(target);
    }

    /// The target is connected, and is dialled again after a while for a better connection.
    pub(super) fn again(&mut self, target: &Target, now: Instant, wait: Duration, chance: f64) {
        if let Some(plan) = self.plans.get_mut(target) {
            plan.dialling = false;
            plan.due = Some(now + wait.mul_f64(0.8 + 0.4 * chance));
        }
    }

    /// A connection was lost that had stood for `stood`. If it was healthy, it is dialled again at once.
    pub(super) fn lost(
        &mut self,
        target: &Target,
        now: Instant,
        stood: Duration,
        healthy: Duration,
        chance: f64,
    ) {
        if stood < healthy {
            return self.failed(target, now, chance);
        }
        if let Some(plan) = self.plans.get_mut(target) {
            plan.healthy = Some(now);
            plan.backoff.reset();
            plan.dialling = false;
            plan.due = Some(now);
        }
    }

    /// Dials a target now, and again soon if that fails, as somebody waits. `false` ends the waiting.
    pub(super) fn hurry(&mut self, target: &Target, hurry: bool, now: Instant) {
        if let Some(plan) = self.plans.get_mut(target) {
            plan.hurry = hurry;
            if hurry && plan.due.is_some() {
                plan.backoff.reset();
                plan.due = Some(now);
            }
        }
    }

    /// There is something new to try.
    pub(super) fn wake(&mut self, target: &Target, now: Instant) {
        if let Some(plan) = self.plans.get_mut(target)
            && plan.due.is_some()
        {
            plan.due = Some(now);
        }
    }

    /// The network is another one, or works again: whoever waits is dialled now.
    pub(super) fn healed(&mut self, now: Instant) {
        for plan in self.plans.values_mut().filter(|plan| plan.due.is_some()) {
            plan.backoff.reset();
            plan.due = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::limits::HEALTHY;

    fn target(byte: u8) -> Target {
        Target::Device(DeviceId([byte; 32]))
    }

    #[tokio::test]
    async fn a_lost_connection_that_was_healthy_is_dialled_at_once() {
        let (mut dialler, now) = (Dialler::default(), Instant::now());
        dialler.add(target(1), now);
        assert_eq!(dialler.due(now), [target(1)]);
        assert_eq!(dialler.due(now), [], "one dial at a time");
        dialler.connected(&target(1), now);
        assert_eq!(dialler.next(), None);
        dialler.lost(&target(1), now, HEALTHY, HEALTHY, 0.5);
        assert_eq!(dialler.due(now), [target(1)]);
        // And after an outage of some minutes it is still found within seconds.
        for _ in 0..20 {
            dialler.failed(&target(1), now, 0.5);
        }
        assert_eq!(dialler.next(), Some(now + BACKOFF_RECENT));
    }

    #[tokio::test]
    async fn a_connection_that_breaks_again_and_again_is_dialled_less_and_less() {
        let (mut dialler, now) = (Dialler::default(), Instant::now());
        dialler.add(target(1), now);
        for _ in 0..10 {
            dialler.lost(&target(1), now, Duration::ZERO, HEALTHY, 0.5);
        }
        assert_eq!(dialler.next(), Some(now + BACKOFF_MAX));
        dialler.healed(now);
        assert_eq!(dialler.next(), Some(now));
    }

    #[tokio::test]
    async fn only_so_many_dials_are_under_way() {
        let (mut dialler, now) = (Dialler::default(), Instant::now());
        for byte in 0..100 {
            dialler.add(target(byte), now);
        }
        assert_eq!(dialler.due(now).len(), DIALS);
        assert_eq!(dialler.next(), None);
        dialler.failed(&target(0), now, 0.5);
        assert_eq!(dialler.due(now).len(), 1);
    }
}
