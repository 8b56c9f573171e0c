use accord_core::{
    DeviceCertificate, DeviceId, DeviceKey, OrganisationId, ProgrammeId, RootKey, Signature, SignedEntry,
    SpaceId,
};
use proptest::prelude::*;

use super::{Bundle, Preface, Run, Sender, Unfit, Writer};

const PROGRAMME: ProgrammeId = ProgrammeId([9; 32]);

struct Office {
    root: RootKey,
    device: DeviceKey,
}

impl Office {
    fn new(byte: u8) -> Self {
        Self { root: RootKey::from_seed(&[byte; 32]), device: DeviceKey::from_seed(&[byte + 100; 32]) }
    }

    fn organisation(&self) -> OrganisationId {
        self.root.id()
    }

    fn open<'a>(&self, file: &'a [u8]) -> Result<Bundle<&'a [u8]>, Unfit> {
        Bundle::open(file, &self.organisation(), &self.device)
    }
}

fn run(byte: u8, entries: usize) -> Run {
    let entry =
        SignedEntry { header: vec![byte; 60], signature: Signature([byte; 64]), payload: vec![byte; 200] };
    Run { log: (SpaceId([byte; 32]), DeviceId([byte; 32])), entries: vec![entry; entries] }
}

/// A bundle from one office to another, with two runs.
fn bundle(from: &Office, to: &Office) -> Vec<u8> {
    bundle_for(from, to, &[DeviceId([1; 32]), to.device.id()])
}

fn bundle_for(from: &Office, to: &Office, devices: &[DeviceId]) -> Vec<u8> {
    let certificate = DeviceCertificate::new(&from.root, &from.device, "first");
    let sender = Sender { key: &from.device, certificate: &certificate };
    let preface = |sender| Preface { programme: PROGRAMME, sender, time: 5, holds: Vec::new() };
    let mut writer = Writer::new(Vec::new(), to.organisation(), devices, sender, preface).unwrap();
    writer.run(&run(71, 3)).unwrap();
    writer.run(&run(2, 1)).unwrap();
    writer.finish().unwrap()
}

fn whole(to: &Office, file: &[u8]) -> Result<Vec<usize>, Unfit> {
    let mut bundle = to.open(file)?;
    let mut runs = Vec::new();
    while let Some(run) = bundle.next()? {
        runs.push(run.entries.len());
    }
    Ok(runs)
}

#[test]
fn whom_it_is_for_reads_all_of_it_and_nobody_else_any() {
    let (from, to, other) = (Office::new(1), Office::new(2), Office::new(3));
    let file = bundle(&from, &to);
    let opened = to.open(&file).unwrap();
    assert_eq!((opened.preface.programme, opened.preface.time), (PROGRAMME, 5));
    assert_eq!(opened.preface.sender.device, from.device.id());
    assert_eq!(whole(&to, &file).unwrap(), [3, 1]);
    assert!(matches!(other.open(&file), Err(Unfit::NotForUs(named)) if named == to.organisation()));
    let second = Office { root: RootKey::from_seed(&[2; 32]), device: DeviceKey::from_seed(&[7; 32]) };
    assert!(matches!(second.open(&file), Err(Unfit::NotForThisDevice)));
    // Nothing of what is inside can be seen.
    assert!(!file.windows(20).any(|window| window == [71; 20]));
}

/// Somebody who reads a bundle knows its key, and could make another file under it: not in the name of its sender.
#[test]
fn the_word_of_a_sender_cannot_be_passed_on() {
    let (from, to, third) = (Office::new(1), Office::new(2), Office::new(3));
    let file = bundle(&from, &to);
    let stolen = to.open(&file).unwrap().preface;
    let sender = Sender { key: &to.device, certificate: &stolen.sender };
    let preface = |sender| Preface { programme: PROGRAMME, sender, time: 5, holds: Vec::new() };
    let forged =
        Writer::new(Vec::new(), third.organisation(), &[third.device.id()], sender, preface).unwrap();
    assert!(matches!(third.open(&forged.finish().unwrap()), Err(Unfit::Damaged)));
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_damaged() {
    let (from, to) = (Office::new(1), Office::new(2));
    let file = bundle(&from, &to);
    for length in 0..file.len() {
        let read = whole(&to, &file[..length]);
        assert!(matches!(read, Err(Unfit::Damaged | Unfit::Other)), "{length} bytes were read: {read:?}");
    }
}

/// A length that promises more than there is takes no memory and is told.
#[test]
fn a_length_beyond_its_bound_is_damaged() {
    let (from, to) = (Office::new(1), Office::new(2));
    let mut file = bundle(&from, &to);
    file[super::MAGIC.len()..super::MAGIC.len() + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(matches!(whole(&to, &file), Err(Unfit::Damaged)));
}

/// A part that inflates beyond its bound is refused, whoever sealed it.
#[test]
fn a_part_that_inflates_without_end_is_damaged() {
    let (from, to) = (Office::new(1), Office::new(2));
    let certificate = DeviceCertificate::new(&from.root, &from.device, "first");
    let sender = Sender { key: &from.device, certificate: &certificate };
    let preface = |sender| Preface { programme: PROGRAMME, sender, time: 5, holds: Vec::new() };
    let mut writer = Writer::new(Vec::new(), to.organisation(), &[to.device.id()], sender, preface).unwrap();
    let mut long = run(1, 1);
    long.entries[0].payload = vec![0; super::MAX_PART + 1];
    writer.run(&long).unwrap();
    let file = writer.finish().unwrap();
    assert!(file.len() < 1 << 20, "it is small as a file");
    assert!(matches!(whole(&to, &file), Err(Unfit::Damaged)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever bit is changed on the way is noticed.
    #[test]
    fn a_changed_byte_is_noticed(at in any::<prop::sample::Index>(), by in 1u8..) {
        let (from, to) = (Office::new(1), Office::new(2));
        let mut file = bundle_for(&from, &to, &[to.device.id()]);
        let at = at.index(file.len());
        file[at] ^= by;
        prop_assert!(whole(&to, &file).is_err(), "a change at {} went unnoticed", at);
    }

    /// Rubbish is no bundle, and does no harm.
    #[test]
    fn rubbish_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..600), with_magic in any::<bool>()) {
        let to = Office::new(2);
        let file = if with_magic { [super::MAGIC, &bytes].concat() } else { bytes };
        prop_assert!(whole(&to, &file).is_err());
    }
}
