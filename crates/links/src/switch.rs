//! What becomes of one packet between two offices: pure, with time and chance as arguments.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::time::Instant;

use crate::line::{Line, Way};
use crate::packet::{Flow, Header};

/// How many conversations are remembered of an office that only lets in answers.
const MAX_FLOWS: usize = 4_096;

/// An office on the network.
#[derive(Debug)]
pub(crate) struct Site {
    /// Its own address.
    pub(crate) address: Ipv4Addr,
    /// Behind a router that shows this address outside, and keeps port numbers.
    pub(crate) router: Option<Ipv4Addr>,
    /// Whether the router lets in nothing but answers.
    pub(crate) shut: bool,
    pub(crate) line: Line,
    out: Way,
    back: Way,
    flows: HashSet<Flow>,
}

impl Site {
    pub(crate) fn new(address: Ipv4Addr, router: Option<Ipv4Addr>) -> Self {
        let (out, back) = <(Way, Way)>::default();
        Self { address, router, shut: false, line: Line::default(), out, back, flows: HashSet::new() }
    }

    /// Its address outside.
    fn outside(&self) -> Ipv4Addr {
        self.router.unwrap_or(self.address)
    }
}

/// The network.
#[derive(Debug, Default)]
pub(crate) struct Switch {
    pub(crate) sites: Vec<Site>,
    /// Pairs between which there is no way at all.
    pub(crate) parted: HashSet<(usize, usize)>,
}

impl Switch {
    /// Where a packet of office `from` goes, and when it is there; none if it is lost. The packet is changed as routers on
    /// the way change it.
    pub(crate) fn pass(
        &mut self,
        from: usize,
        packet: &mut [u8],
        now: Instant,
        mut chance: impl FnMut() -> f64,
    ) -> Option<(usize, Instant)> {
        let mut header = Header::read(packet)?;
        let sender = self.sites.get_mut(from).filter(|site| site.address == header.source)?;
        let left = sender.out.pass(&sender.line, now, packet.len(), header.carries, chance())?;
        if let Some(router) = sender.router {
            header.send_from(packet, router);
            if sender.flows.len() < MAX_FLOWS {
                sender.flows.insert(header.flow());
            }
        }
        let to = self.sites.iter().position(|site| site.outside() == header.destination)?;
        if self.parted.contains(&(from.min(to), from.max(to))) {
            return None;
        }
        let receiver = &mut self.sites[to];
        if receiver.router.is_some() {
            if receiver.shut && !receiver.flows.contains(&header.answers()) {
                return None;
            }
            header.send_to(packet, receiver.address);
        }
        let there = receiver.back.pass(&receiver.line, left, packet.len(), header.carries, chance())?;
        Some((to, there))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::tests::tcp;
    use std::time::Duration;

    #[test]
    fn a_router_lets_in_answers_and_nothing_else() {
        let (home, outside, far) =
            (Ipv4Addr::new(10, 0, 1, 2), Ipv4Addr::new(198, 51, 100, 1), Ipv4Addr::new(203, 0, 113, 9));
        let sites = vec![Site::new(home, Some(outside)), Site::new(far, None)];
        let mut switch = Switch { sites, ..Switch::default() };
        switch.sites[0].shut = true;
        switch.sites[0].line = Line::round_trip(Duration::from_millis(20));
        let now = Instant::now();
        let there = now + Duration::from_millis(10);
        let mut knock = tcp((far, 1), (outside, 4701), 0);
        assert_eq!(switch.pass(1, &mut knock.clone(), now, || 0.5), None);
        let mut call = tcp((home, 4701), (far, 1), 0);
        assert_eq!(switch.pass(0, &mut call, now, || 0.5), Some((1, there)));
        assert_eq!(Header::read(&call).unwrap().source, outside);
        assert_eq!(switch.pass(1, &mut knock, now, || 0.5), Some((0, there)));
        assert_eq!(Header::read(&knock).unwrap().destination, home);
        // Another port of the same machine was not called.
        assert_eq!(switch.pass(1, &mut tcp((far, 2), (outside, 4701), 0), now, || 0.5), None);
        switch.parted.insert((0, 1));
        assert_eq!(switch.pass(0, &mut tcp((home, 4701), (far, 1), 0), now, || 0.5), None);
        // Nobody sends in another's name.
        assert_eq!(switch.pass(0, &mut tcp((outside, 4701), (far, 1), 0), now, || 0.5), None);
    }
}
