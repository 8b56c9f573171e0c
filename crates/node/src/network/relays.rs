//! Which partners are asked to relay for this node, and when: pure, with time and randomness as arguments.

use std::collections::BTreeMap;

use accord_core::DeviceId;
use libp2p::core::transport::ListenerId;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::limits::{BACKOFF_MAX, MAX_RELAYS, RELAY_GRACE};

#[derive(Debug)]
struct Plan {
    backoff: Backoff,
    /// When to ask next; none if nobody needs it for now, or it was asked.
    due: Option<Instant>,
    /// The listener that stands for what was asked for. A place that is lost shows as its end.
    listener: Option<ListenerId>,
    /// Whether the place is kept.
    stands: bool,
}

/// The partners that are connected directly and relay.
#[derive(Debug, Default)]
pub(super) struct Relays {
    plans: BTreeMap<DeviceId, Plan>,
}

impl Relays {
    /// A partner that is connected relays.
    pub(super) fn offered(&mut self, relay: DeviceId, now: Instant) {
        let plan = || Plan {
            backoff: Backoff::default(),
            due: Some(now + RELAY_GRACE),
            listener: None,
            stands: false,
        };
        self.plans.entry(relay).or_insert_with(plan);
    }

    /// A partner is not connected directly any more, or does not relay. Gives the listener that is of no more use.
    pub(super) fn gone(&mut self, relay: &DeviceId) -> Option<ListenerId> {
        self.plans.remove(relay).and_then(|plan| plan.listener)
    }

    /// Whom to ask now; nobody if a relay is not `wanted`, until [`Self::wake`]. The caller says what came of it.
    pub(super) fn due(&mut self, now: Instant, wanted: bool) -> Option<DeviceId> {
        let asked = self.plans.values().filter(|plan| plan.listener.is_some()).count();
        let mut first = None;
        for (relay, plan) in &mut self.plans {
            if plan.due.is_some_and(|due| due <= now) {
                plan.due = None;
                if wanted && asked < MAX_RELAYS {
                    first = Some(*relay);
                    break;
                }
            }
        }
        first
    }

    /// When somebody is to be asked next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.plans.values().filter_map(|plan| plan.due).min()
    }

    /// A relay may be wanted (again): those that were not asked are, if that is so after the time of grace.
    pub(super) fn wake(&mut self, now: Instant) {
        for plan in self.plans.values_mut().filter(|plan| plan.listener.is_none()) {
            plan.due = plan.due.or(Some(now + RELAY_GRACE));
        }
    }

    /// It was asked.
    pub(super) fn asked(&mut self, relay: &DeviceId, listener: ListenerId) {
        if let Some(plan) = self.plans.get_mut(relay) {
            plan.listener = Some(listener);
        }
    }

    /// It could not even be asked.
    pub(super) fn failed(&mut self, relay: &DeviceId, now: Instant, chance: f64) {
        if let Some(plan) = self.plans.get_mut(relay) {
            plan.due = Some(now + plan.backoff.fail(BACKOFF_MAX, chance));
        }
    }

    /// A place is kept. Gives where, if that is news.
    pub(super) fn stands(&mut self, listener: ListenerId) -> Option<DeviceId> {
        let (relay, plan) = self.plans.iter_mut().find(|(_, plan)| plan.listener == Some(listener))?;
        plan.backoff.reset();
        (!std::mem::replace(&mut plan.stands, true)).then_some(*relay)
    }

    /// A listener ended: the place is lost, or was not given, and is asked for again. Gives whose it was.
    pub(super) fn lost(&mut self, listener: ListenerId, now: Instant, chance: f64) -> Option<DeviceId> {
        let (relay, plan) = self.plans.iter_mut().find(|(_, plan)| plan.listener == Some(listener))?;
        (plan.listener, plan.stands) = (None, false);
        plan.due = Some(now + plan.backoff.fail(BACKOFF_MAX, chance));
        // Whoever was passed over has its turn too.
        let relay = *relay;
        self.wake(now);
        Some(relay)
    }

    /// Where a place is kept.
    pub(super) fn standing(&self) -> impl Iterator<Item = DeviceId> {
        self.plans.iter().filter(|(_, plan)| plan.stands).map(|(relay, _)| *relay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::limits::BACKOFF_MIN;

    fn device(byte: u8) -> DeviceId {
        DeviceId([byte; 32])
    }

    #[tokio::test]
    async fn as_many_are_asked_as_are_needed_and_only_when_they_are() {
        let (mut relays, now) = (Relays::default(), Instant::now());
        for byte in 1..=3 {
            relays.offered(device(byte), now);
        }
        let later = now + RELAY_GRACE;
        assert_eq!((relays.due(now, true), relays.next()), (None, Some(later)));
        // Everybody is reached directly: nobody is asked, until somebody is lost.
        assert_eq!((relays.due(later, false), relays.next()), (None, None));
        relays.wake(later);
        let later = later + RELAY_GRACE;
        for byte in 1..=2 {
            let (relay, listener) = (relays.due(later, true).unwrap(), ListenerId::next());
            assert_eq!(relay, device(byte));
            relays.asked(&relay, listener);
            assert_eq!(relays.stands(listener), Some(relay));
            assert_eq!(relays.stands(listener), None, "renewed");
        }
        assert_eq!((relays.due(later, true), relays.next()), (None, None));
        assert_eq!(relays.standing().collect::<Vec<_>>(), [device(1), device(2)]);
    }

    #[tokio::test]
    async fn a_place_that_is_lost_is_asked_for_again_and_others_have_their_turn() {
        let (mut relays, now) = (Relays::default(), Instant::now());
        relays.offered(device(1), now);
        relays.offered(device(2), now);
        let (later, listener) = (now + RELAY_GRACE, ListenerId::next());
        assert_eq!(relays.due(later, true), Some(device(1)));
        relays.asked(&device(1), listener);
        assert_eq!(relays.lost(listener, later, 0.5), Some(device(1)));
        assert_eq!(relays.lost(listener, later, 0.5), None);
        assert_eq!(relays.due(later, true), Some(device(2)));
        assert_eq!(relays.due(later + BACKOFF_MIN, true), Some(device(1)));
        relays.asked(&device(1), listener);
        assert_eq!(relays.gone(&device(1)), Some(listener));
    }
}
