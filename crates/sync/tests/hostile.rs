//! Whatever a peer sends and in whatever order things happen: the engine does not panic, sends nothing to who may not
//! read it, orders no more than its bounds, and hands the driver nothing that does not belong here.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use accord_core::{DeviceId, Digest, LogId};
use accord_sync::{
    Access, Ask, Claim, DeviceRef, Effect, Engine, Event, Found, Frame, Gap, HeadRef, Hello, LADDER, Look,
    Pack, Packed, Prefix, Refusal, Run, SENDING, SentOf, pack_run,
};
use common::{PROGRAMME, access, device, entry, governance, head, log, space};
use proptest::prelude::*;

const PEERS: usize = 4;

/// Peers that may not be connected, and spaces and authors that do not exist, come up too.
fn any_peer() -> impl Strategy<Value = DeviceId> {
    (0..=PEERS).prop_map(device)
}

fn any_log() -> impl Strategy<Value = LogId> {
    (0..4_usize, 0..=PEERS).prop_map(|(at, author)| {
        let space = if at == 3 { governance() } else { space(at) };
        log(space, author)
    })
}

fn any_seq() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 1..40_u64, 1 => Just(u64::MAX), 1 => Just(u64::MAX - 1)]
}

fn any_ref() -> impl Strategy<Value = DeviceRef> {
    prop_oneof![
        any_peer().prop_map(|id| DeviceRef::Short(Prefix::of(&id.0))),
        any_peer().prop_map(DeviceRef::Full),
        any::<[u8; 8]>().prop_map(|prefix| DeviceRef::Short(Prefix(prefix))),
    ]
}

fn any_claim() -> impl Strategy<Value = Claim> {
    (any_seq(), any::<u8>()).prop_map(|(seq, id)| Claim { seq, id: Prefix([id; 8]) })
}

fn any_refusal() -> impl Strategy<Value = Refusal> {
    prop_oneof![
        Just(Refusal::Gap),
        Just(Refusal::UnknownAuthor),
        ".{0,40}".prop_map(Refusal::Invalid),
        ".{0,300}".prop_map(Refusal::Other),
    ]
}

fn any_digests() -> impl Strategy<Value = Vec<(Prefix, Digest)>> {
    let one = (any_log(), any::<u8>()).prop_map(|(log, d)| (Prefix::space(&log.space), Digest([d; 16])));
    prop::collection::vec(one, 0..5)
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let prefix = || any_log().prop_map(|log| Prefix::space(&log.space));
    let hello = (any_digests(), any::<bool>(), any::<bool>()).prop_map(|(spaces, equal, list)| {
        let nothing = accord_core::Vector::default().digest();
        let governance = if equal { nothing } else { Digest([1; 16]) };
        Frame::Hello(Hello {
            protocol: accord_sync::PROTOCOL,
            programme: PROGRAMME,
            governance,
            combined: Digest([2; 16]),
            spaces: list.then_some(spaces),
        })
    });
    let heads = prop::collection::vec(
        (any_ref(), prop::collection::vec(any_claim(), 1..3))
            .prop_map(|(device, heads)| HeadRef { device, heads }),
        0..6,
    );
    let ask = prop_oneof![Just(Ask::Nothing), Just(Ask::Again), Just(Ask::Begin)];
    let vector =
        (any_log(), ask, heads).prop_map(|(log, ask, logs)| Frame::Vector { space: log.space, ask, logs });
    let have =
        || prop::collection::vec((prefix(), prop::collection::vec((any_ref(), any_claim()), 0..5)), 0..3);
    let echo = (0..4_u64, have()).prop_map(|(number, positions)| Frame::Echo { number, positions });
    let range = (any_ref(), any_seq(), any_seq())
        .prop_map(|(d, a, b)| (d, a.min(b), a.max(b), (a < b).then_some(Prefix([3; 8]))));
    let want = prop::collection::vec((prefix(), prop::collection::vec(range, 0..5)), 0..3);
    let packed = (any_log(), any_seq(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..30)).prop_map(
        |(log, from, deflated, packed)| {
            Frame::Run(Run { space: Prefix::space(&log.space), device: log.device, from, deflated, packed })
        },
    );
    let pack = (any_log(), any_claim(), 0..40_u64).prop_map(|(log, end, count)| {
        let from = end.seq.saturating_sub(count).max(1);
        let packed = Packed { device: log.device, from, to: end.seq, end: end.id };
        Frame::Pack(Pack { space: Prefix::space(&log.space), logs: vec![packed], bytes: vec![1] })
    });
    let refuse = (any_log(), any_refusal()).prop_map(|(log, reason)| Frame::Refuse {
        space: Prefix::space(&log.space),
        device: log.device,
        reason,
    });
    prop_oneof![
        4 => hello,
        2 => any_digests().prop_map(Frame::Ready),
        6 => vector,
        4 => have().prop_map(Frame::Have),
        4 => want.prop_map(Frame::Want),
        1 => packed,
        3 => pack,
        1 => refuse,
        1 => ".{0,20}".prop_map(Frame::Bye),
        2 => (0..4_u64).prop_map(Frame::Probe),
        2 => echo,
        4 => branches(),
    ]
}

/// What is said of forked logs.
fn branches() -> impl Strategy<Value = Frame> {
    (any_log(), any_claim(), 0..5_u8, prop::collection::vec(any_claim(), 0..5)).prop_map(
        |(log, of, what, ids)| {
            let (space, device) = (Prefix::space(&log.space), log.device);
            match what {
                0 => Frame::Locate { space, device, of, at: ids.iter().map(|claim| claim.seq).collect() },
                1 => Frame::Located { space, device, of, ids },
                2 => Frame::Fetch { space, device, from: of.seq / 2 + 1, of },
                3 => Frame::Again { space, device, from: of.seq / 2 + 1, to: of.seq.max(1), of },
                _ => Frame::Apart { space, device },
            }
        },
    )
}

fn any_found() -> impl Strategy<Value = Found> {
    (any_claim(), prop::collection::vec(any_claim(), 0..4), any::<bool>()).prop_map(|(of, points, held)| {
        if held {
            let last = points.first().map(|claim| claim.seq);
            return Found::Held { points, last };
        }
        let id = |claim: &Claim| accord_core::Head { seq: claim.seq, id: accord_core::EntryId([9; 32]) };
        Found::Ids { of, ids: points.iter().map(id).collect() }
    })
}

fn any_run() -> impl Strategy<Value = Vec<u8>> {
    (any_log(), any_seq(), 1..5_u64).prop_map(|(log, from, count)| {
        let entries: Vec<_> = (0..count).map(|n| entry(&log, from.saturating_add(n))).collect();
        pack_run(&log, from, &entries)
    })
}

fn any_view() -> impl Strategy<Value = Access> {
    (1..=PEERS, 0..4_usize).prop_map(|(devices, spaces)| {
        let spaces: Vec<_> = (0..spaces).map(space).collect();
        access(0, devices, &spaces)
    })
}

fn any_sent() -> impl Strategy<Value = SentOf> {
    prop_oneof![
        any_seq().prop_map(SentOf::Upto),
        Just(SentOf::Later),
        Just(SentOf::Nothing),
        Just(SentOf::Parted)
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let bytes = prop_oneof![
        10 => any_frame().prop_map(|frame| frame.to_bytes()),
        4 => any_run(),
        1 => prop::collection::vec(any::<u8>(), 0..60),
    ];
    let head_of = |log: &LogId, seq: u64| head(log, seq.min(1 << 40));
    prop_oneof![
        5 => any_peer().prop_map(|peer| Event::Connected { peer }),
        1 => any_peer().prop_map(|peer| Event::Disconnected { peer }),
        1 => Just(Event::Probe),
        40 => (any_peer(), bytes).prop_map(|(peer, bytes)| Event::Frame { peer, bytes }),
        3 => (any_log(), any_seq()).prop_map(move |(log, seq)| Event::Appended { log, head: head_of(&log, seq) }),
        6 => (any_peer(), any_log(), any_seq()).prop_map(move |(peer, log, seq)| {
            let held = head_of(&log, seq);
            let mut held = vec![held];
            held.extend((seq % 3 == 0).then(|| head_of(&log, seq / 2 + 1)));
            Event::Ingested { peer, log, offer: held.clone(), held }
        }),
        2 => (any_peer(), any_log(), any_refusal())
            .prop_map(|(peer, log, reason)| Event::Refused { peer, log, reason }),
        2 => (any_log(), any::<bool>(), any_seq())
            .prop_map(move |(log, some, seq)| Event::Offer { log, heads: some.then(|| head_of(&log, seq)).into_iter().collect() }),
        6 => (any_peer(), any_log(), any_found()).prop_map(|(peer, log, found)| Event::Looked { peer, log, found }),
        1 => (any_peer(), any_log()).prop_map(|(peer, log)| Event::Parted { peer, log }),
        6 => (any_peer(), any_log(), prop::option::of(any_seq()))
            .prop_map(|(peer, log, last)| Event::RunSent { peer, log, last }),
        2 => (any_log(), any_claim(), any::<bool>()).prop_map(|(log, of, some)| {
            let gap = Gap { from: of.seq / 2 + 1, to: of.seq, of };
            Event::Lost { log, gaps: some.then_some(gap).into_iter().collect() }
        }),
        2 => (any_peer(), any_log()).prop_map(|(peer, log)| Event::Mended { peer, log, gaps: Vec::new() }),
        3 => (any_peer(), any_log(), any_sent()).prop_map(|(peer, log, sent)| Event::PackSent {
            peer,
            space: log.space,
            logs: vec![(log, sent)],
        }),
        2 => any_view().prop_map(Event::AccessChanged),
        2 => Just(Event::Tick),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn nothing_makes_it_panic_or_break_its_bounds(events in prop::collection::vec(any_event(), 1..120)) {
        let mut view = access(0, PEERS, &[space(0), space(1), space(2)]);
        let mut engine = Engine::new(PROGRAMME, device(0), view.clone(), []).packing_from(3);
        let mut sending: BTreeSet<(DeviceId, LogId)> = BTreeSet::new();
        let mut packing: BTreeSet<(DeviceId, LogId)> = BTreeSet::new();
        let mut now = Duration::ZERO;
        for event in events {
            now += Duration::from_secs(3);
            match &event {
                Event::AccessChanged(new) => view = new.clone(),
                Event::Connected { peer } | Event::Disconnected { peer } => {
                    sending.retain(|(p, _)| p != peer);
                    packing.retain(|(p, _)| p != peer);
                }
                Event::RunSent { peer, log, .. } | Event::Parted { peer, log } => {
                    sending.remove(&(*peer, *log));
                    packing.remove(&(*peer, *log));
                }
                Event::PackSent { peer, space, logs } => {
                    packing.retain(|(p, log)| p != peer || log.space != *space);
                    for (log, _) in logs {
                        sending.remove(&(*peer, *log));
                        packing.remove(&(*peer, *log));
                    }
                }
                _ => {}
            }
            for effect in engine.handle(now, event.clone()) {
                match effect {
                    Effect::SendRun { peer, log, from, to, .. } => {
                        prop_assert!(view.may_read(&peer, &log.space) && view.own.contains(&log.space));
                        prop_assert!(engine.may_send(&peer, &log));
                        prop_assert!(from >= 1 && from <= to);
                        prop_assert!(!packing.contains(&(peer, log)), "a run and a pack of one log at a time");
                        prop_assert!(sending.insert((peer, log)), "two runs of one log at a time");
                        prop_assert!(sending.iter().filter(|(p, _)| *p == peer).count() <= SENDING);
                    }
                    Effect::SendPack { peer, space, logs, .. } => {
                        for portion in logs {
                            prop_assert!(portion.log.space == space && view.may_read(&peer, &space));
                            prop_assert!(engine.may_send(&peer, &portion.log) && portion.from <= portion.to);
                            prop_assert!(!sending.contains(&(peer, portion.log)), "a run and a pack of one log at a time");
                            prop_assert!(packing.insert((peer, portion.log)), "two packs of one log at a time");
                        }
                    }
                    Effect::IngestPack { logs, .. } => {
                        prop_assert!(!logs.is_empty() && logs.iter().all(|stretch| view.takes(&stretch.log)));
                    }
                    Effect::Ingest { log, entries, .. } | Effect::Mend { log, entries, .. } => {
                        prop_assert!(view.takes(&log) && !entries.is_empty());
                    }
                    Effect::Send { bytes, .. } => {
                        prop_assert!(Frame::from_bytes(&bytes).is_ok());
                    }
                    Effect::Close { peer, .. } => {
                        sending.retain(|(p, _)| *p != peer);
                        packing.retain(|(p, _)| *p != peer);
                    }
                    Effect::Look { log, look, .. } => {
                        prop_assert!(view.own.contains(&log.space));
                        let many = match look {
                            Look::Ids { at, .. } => at.len(),
                            Look::Held(points) => points.len(),
                        };
                        prop_assert!(many <= LADDER);
                    }
                    Effect::RefusedByPeer { .. } | Effect::OwnAhead { .. } => {}
                }
            }
            let mut barrier = engine.barrier();
            let _ = (engine.status(), engine.reached(&mut barrier));
        }
    }

    #[test]
    fn a_frame_survives_its_bytes(frame in any_frame()) {
        let bytes = frame.to_bytes();
        let read = Frame::from_bytes(&bytes);
        // Texts over the bound are cut when they are written.
        prop_assert_eq!(read.map(|frame| frame.to_bytes()), Ok(bytes));
    }

    #[test]
    fn bytes_that_are_no_frame_are_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..200_usize) {
        if let Ok(frame) = Frame::from_bytes(&bytes) {
            prop_assert_eq!(frame.to_bytes(), bytes.clone());
        }
        let run = pack_run(&log(space(0), 0), 1, &[entry(&log(space(0), 0), 1)]);
        bytes = run;
        let at = at % bytes.len();
        bytes[at] ^= 0x55;
        if let Ok(Frame::Run(run)) = Frame::from_bytes(&bytes) {
            let _ = accord_sync::unpack_run(&run);
        }
    }
}

#[test]
fn a_few_bytes_that_claim_to_be_gigabytes_are_refused() {
    use std::io::Write as _;
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflate.write_all(&vec![0; 64 << 20]).unwrap();
    let packed = deflate.finish().unwrap();
    assert!(packed.len() < 100_000);
    let run = Run { space: Prefix([1; 8]), device: device(0), from: 1, deflated: true, packed };
    assert_eq!(accord_sync::unpack_run(&run), Err(accord_sync::WireError::Run("too large")));
    // A list that says it has four billion spaces.
    let claims = [0x82, 0x03, 0x9a, 0xff, 0xff, 0xff, 0xff];
    assert!(Frame::from_bytes(&claims).is_err());
}
