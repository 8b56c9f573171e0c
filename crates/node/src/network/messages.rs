//! The messages of a connection as functions of bytes, for tests that drive them.

use accord_core::{Card, DeviceCertificate, ProgrammeId, decode, encode};

use super::knock::{Knock, KnockAnswer, Purpose, Records};
use super::wire::{Addresses, Hello, Kind, Told, VERSION};

/// Reads a message as a session does: the byte of its kind, and its body.
pub(crate) fn read(bytes: &[u8]) {
    let Some((kind, body)) = bytes.split_first() else { return };
    let Some(kind) = Kind::of(*kind).filter(|kind| body.len() <= kind.limit()) else { return };
    match kind {
        Kind::Hello => {
            if let Ok(hello) = decode::<Hello>(body) {
                // It has one encoding.
                assert_eq!(encode(&hello), body);
                if let Some(knock) = &hello.knock {
                    let _ = knock.fits(&knock.card.device.device, None);
                }
            }
        }
        Kind::Answer => drop(decode::<KnockAnswer>(body)),
        Kind::Addresses => {
            if let Ok(addresses) = decode::<Addresses>(body) {
                let _ = addresses.is_bounded();
            }
        }
        Kind::Frame => drop(accord_sync::Frame::from_bytes(body)),
        Kind::Beat | Kind::Welcome => {}
    }
}

/// Honest ones.
pub(crate) fn examples(card: &Card, certificate: &DeviceCertificate) -> Vec<Vec<u8>> {
    let knock = Knock {
        purpose: Purpose::Ask,
        secret: [9; 16],
        card: card.clone(),
        certificate: Some(certificate.clone()),
    };
    let addresses = vec!["/ip4/192.0.2.1/tcp/4701".to_owned()];
    let hello = |knock| Hello {
        version: VERSION,
        programme: ProgrammeId([7; 32]),
        knock,
        addresses: addresses.clone(),
    };
    let told = Told { device: card.device.device, addresses: addresses.clone() };
    let of = |kind: Kind, body: Vec<u8>| [vec![kind.byte()], body].concat();
    let all = Addresses {
        own: Some(addresses.clone()),
        others: vec![told],
        relays: Some(true),
        seen: addresses.first().cloned(),
    };
    vec![
        of(Kind::Hello, encode(&hello(None))),
        of(Kind::Hello, encode(&hello(Some(knock)))),
        of(Kind::Addresses, encode(&all)),
        of(Kind::Answer, encode(&KnockAnswer::Refused { reason: "because".into() })),
        of(Kind::Answer, encode(&KnockAnswer::Member { records: Records::default() })),
        of(Kind::Beat, Vec::new()),
        of(Kind::Welcome, Vec::new()),
    ]
}
