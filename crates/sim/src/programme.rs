//! A founded programme: two secretariats that signed the genesis, and members that both admitted, all with the
//! core's own records.

use accord_core::governance::{Decision, Genesis, Governance, Operation, Record, Subject};
use accord_core::{
    Body, Card, DeviceCertificate, DeviceKey, Entry, Header, LogId, OrganisationId, OrganisationKind,
    ProgrammeId, RootKey, SpaceId, VerifiedRun, governance_space,
};

use crate::{Disk, SimChange};

/// A device with the keys that it acts by.
#[derive(Debug, Clone)]
pub struct Party {
    /// The root key of its organisation.
    pub root: RootKey,
    /// Its own key.
    pub device: DeviceKey,
}

impl Party {
    /// The first device of organisation `number`.
    pub fn new(number: u8) -> Self {
        Self { root: RootKey::from_seed(&[number; 32]), device: DeviceKey::from_seed(&seed(number, 0)) }
    }

    /// A second device of the same organisation.
    pub fn second(&self, number: u8) -> Self {
        Self { root: self.root.clone(), device: DeviceKey::from_seed(&seed(number, 1)) }
    }

    /// Its organisation.
    pub fn organisation(&self) -> OrganisationId {
        self.root.id()
    }

    /// Its organisation's card.
    ///
    /// # Panics
    /// Never: the texts are fit to be shown.
    pub fn card(&self, number: u8) -> Card {
        Card::new(&self.root, &self.device, &format!("ORG{number}"), &format!("Organisation {number}"))
            .expect("the texts are fit to be shown")
    }
}

fn seed(number: u8, device: u8) -> [u8; 32] {
    let mut seed = [100; 32];
    (seed[0], seed[1]) = (number, device);
    seed
}

/// A programme with everything that was decided at its beginning.
#[derive(Debug, Clone)]
pub struct Founding {
    /// Its id.
    pub programme: ProgrammeId,
    /// Its devices: the two secretariats, then the members, then a second device of the first secretariat.
    pub parties: Vec<Party>,
    /// A disk that holds all of its governance.
    pub disk: Disk,
    /// The fold over it.
    pub governance: Governance,
}

impl Founding {
    /// A programme with `members` members, and if wanted a second device of the first secretariat.
    ///
    /// # Panics
    /// If there are more than 200 members.
    pub fn new(members: usize, second_device: bool) -> Self {
        let count = u8::try_from(members + 2).ok().filter(|count| *count < 203).expect("at most 200 members");
        let mut parties: Vec<Party> = (0..count).map(Party::new).collect();
        let genesis = Genesis::new("Simulation", parties[0].card(0), parties[1].card(1), [7; 16]);
        let programme = genesis.id();
        let governance = Governance::new(programme);
        let mut founding = Self { programme, parties: parties.clone(), disk: Disk::default(), governance };
        for secretariat in &parties[..2] {
            let record = Record::genesis(genesis.clone(), &secretariat.root, 1);
            founding.record(secretariat, record);
        }
        for (number, member) in (2..count).zip(&parties[2..]) {
            let decision = admission(&founding.governance, member, number);
            let id = decision.id();
            let record = Record::proposal(decision, &parties[0].device, 2);
            founding.record(&parties[0], record);
            for secretariat in &parties[..2] {
                let device = secretariat.device.id();
                let vote = founding.governance.cast(&secretariat.organisation(), &device, &id, None, 3);
                let record = Record::vote(vote.expect("the slot is open"), &secretariat.device);
                founding.record(secretariat, record);
            }
        }
        if second_device {
            let second = parties[0].second(0);
            let certificate = DeviceCertificate::new(&second.root, &second.device, "second device");
            let record = Record::Device { certificate: Box::new(certificate), time: 4 };
            founding.record(&parties[0], record);
            parties.push(second);
        }
        founding.parties = parties;
        founding
    }

    fn record(&mut self, party: &Party, record: Record) {
        let space = governance_space(&self.programme);
        let body = Body::Governance { record: Box::new(record) };
        let entry = next_entry(&self.disk, &self.governance, party, space, body, Vec::new());
        self.governance.insert(&entry).expect("our own records count");
        let run = VerifiedRun::own(entry, None);
        self.disk.write(&run).expect("our own entries follow each other");
        self.disk.sync(&run.log(), run.head());
    }
}

/// The decision to admit `member`, in the slot that is open.
pub(crate) fn admission(governance: &Governance, member: &Party, number: u8) -> Decision {
    let subject = Subject::Membership(member.organisation());
    let (slot, parent, _) = governance.next_slot(&subject);
    Decision {
        subject,
        version: slot.version,
        round: slot.round,
        parent,
        membership: None,
        operation: Operation::Admit { card: Box::new(member.card(number)), kind: OrganisationKind::Member },
        cuts: Vec::new(),
    }
}

/// The next entry of a device's log, under its latest authority.
pub(crate) fn next_entry(
    disk: &Disk,
    governance: &Governance,
    party: &Party,
    space: SpaceId,
    body: Body,
    payload: Vec<u8>,
) -> Entry {
    let device = party.device.id();
    let before = disk.tail(&LogId { space, device });
    let header = Header {
        programme: governance.programme(),
        space,
        device,
        seq: before.map_or(1, |head| head.seq + 1),
        prev: before.map(|head| head.id),
        authority: governance.acknowledged().latest(&device),
        body,
    };
    header.sign(&party.device, payload)
}

/// The run of one own entry, with the outside of its change.
pub(crate) fn own_run(entry: Entry) -> VerifiedRun {
    use accord_core::ChangeReader as _;
    let meta = match entry.header().body {
        Body::Change { .. } => SimChange.read(entry.payload()).ok(),
        _ => None,
    };
    VerifiedRun::own(entry, meta)
}
