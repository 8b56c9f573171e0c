//! For tests that drive what a node reads from outside with arbitrary bytes. No part of the program.

use std::io::Write as _;

use accord_core::api::{Asked, Message, Request, Speech};
use accord_core::{
    Card, DeviceCertificate, DeviceId, DeviceKey, ProgrammeId, RootKey, Signature, SignedEntry, SpaceId,
    decode, encode,
};
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::bundle::{Bundle, Preface, Run, Sender, Writer};
use crate::network::messages;

fn root() -> RootKey {
    RootKey::from_seed(&[21; 32])
}

fn device() -> DeviceKey {
    DeviceKey::from_seed(&[22; 32])
}

/// A bundle, whole; or what stands inside of its seal.
pub fn bundle(bytes: &[u8]) {
    if let Ok(mut bundle) = Bundle::open(bytes, &root().id(), &device()) {
        while let Ok(Some(_)) = bundle.next() {}
    }
    // Who belongs to the programme can seal whatever he likes.
    let deflated = |bytes: &[u8]| {
        let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
        out.write_all(bytes).and_then(|()| out.finish()).unwrap_or_default()
    };
    for part in [bytes.to_vec(), deflated(bytes)] {
        let Ok(mut writer) = writer(Vec::new()) else { return };
        if writer.raw(&part).is_err() {
            return;
        }
        let Ok(file) = writer.finish() else { return };
        let mut bundle = Bundle::open(file.as_slice(), &root().id(), &device()).expect("an honest beginning");
        while let Ok(Some(_)) = bundle.next() {}
    }
    let _ = decode::<Preface>(bytes);
}

fn writer(out: Vec<u8>) -> std::io::Result<Writer<Vec<u8>>> {
    let (root, key) = (root(), device());
    let certificate = DeviceCertificate::new(&root, &key, "first");
    let sender = Sender { key: &key, certificate: &certificate };
    let preface = |sender| Preface { programme: ProgrammeId([7; 32]), sender, time: 5, holds: Vec::new() };
    Writer::new(out, root.id(), &[key.id()], sender, preface)
}

/// Honest bundles, and the parts of one.
#[must_use]
pub fn bundles() -> Vec<Vec<u8>> {
    let entry = SignedEntry { header: vec![1; 60], signature: Signature([2; 64]), payload: vec![3; 90] };
    let run = Run { log: (SpaceId([4; 32]), DeviceId([5; 32])), entries: vec![entry; 3] };
    let part = encode(&run);
    let whole = writer(Vec::new()).and_then(|mut writer| {
        writer.run(&run)?;
        writer.finish()
    });
    whole.into_iter().chain([part]).collect()
}

/// A message of a connection: the byte of its kind, and its body.
pub fn message(bytes: &[u8]) {
    messages::read(bytes);
}

/// Honest messages of each kind that has a body of its own.
#[must_use]
pub fn messages_of_all_kinds() -> Vec<Vec<u8>> {
    let card = Card::new(&root(), &device(), "CA", "Organisation").expect("an honest card");
    messages::examples(&card, &DeviceCertificate::new(&root(), &device(), "first"))
}

/// A line of the control socket, from either side.
pub fn line(bytes: &[u8]) {
    let _ = serde_json::from_slice::<Asked>(bytes);
    let _ = serde_json::from_slice::<Message>(bytes);
}

/// Honest lines.
#[must_use]
pub fn lines() -> Vec<Vec<u8>> {
    let requests = [
        Request::Status,
        Request::Verify { only_check: true },
        Request::Get { document: "Tunisia".into(), path: "activities.TN-A05.status".into() },
        Request::BundleRead { file: "/a/file".into() },
    ];
    let asked = |request: Request| {
        let speech = Speech { locale: "fr_FR.UTF-8".into(), ..Speech::default() };
        serde_json::to_vec(&Asked { speech, request }).ok()
    };
    requests.into_iter().filter_map(asked).collect()
}
