//! The genesis of a programme: what both secretariats sign, and what its id is the hash of.

use minicbor::{Decode, Encode};

use crate::{Card, CardError, OrganisationId, ProgrammeId, encode, tagged_hash};

/// The body of the genesis. It takes effect when both secretariats have signed it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Genesis {
    /// The name of the programme.
    #[n(0)]
    pub name: String,
    /// The two secretariats and their signing devices, in the order of their ids.
    #[n(1)]
    pub secretariats: Vec<Card>,
    /// Makes two programmes of one name and the same secretariats different.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// The number of the guard rule that judges changes.
    #[n(3)]
    pub guard_rule: u32,
    /// The organisations that can replace a lost secretariat together with the other one: none if empty.
    #[n(4)]
    pub recovery_quorum: Vec<Card>,
    /// How many of them it takes: more than half, so that two recoveries never both have enough; 0 if none is named.
    #[n(5)]
    pub recovery_votes: u32,
}

impl Genesis {
    /// A genesis of the two secretariats, put in the order of their ids.
    pub fn new(name: &str, one: Card, other: Card, nonce: [u8; 16]) -> Self {
        let mut secretariats = vec![one, other];
        secretariats.sort_by_key(|card| card.organisation.id);
        Self {
            name: name.to_owned(),
            secretariats,
            nonce,
            guard_rule: 1,
            recovery_quorum: Vec::new(),
            recovery_votes: 0,
        }
    }

    /// Names the quorum that can replace a lost secretariat together with the other one, put in the order of the ids.
    #[must_use]
    pub fn with_recovery(mut self, mut quorum: Vec<Card>, votes: u32) -> Self {
        quorum.sort_by_key(|card| card.organisation.id);
        self.recovery_quorum = quorum;
        self.recovery_votes = votes;
        self
    }

    /// The programme's id.
    pub fn id(&self) -> ProgrammeId {
        ProgrammeId(tagged_hash("genesis", &[&encode(self)]))
    }

    /// Whether `organisation` is one of the secretariats that it names.
    pub fn names(&self, organisation: &OrganisationId) -> bool {
        self.secretariats.iter().any(|card| card.organisation.id == *organisation)
    }

    /// Checks that it names two different secretariats, in order, by valid cards.
    ///
    /// # Errors
    /// [`CardError`] of the first card or name that does not hold.
    pub fn check(&self) -> Result<(), CardError> {
        crate::card::check_line(&self.name, "programme")?;
        let [one, other] = self.secretariats.as_slice() else { return Err(CardError::OtherOrganisation) };
        if one.organisation.id >= other.organisation.id || one.device.device == other.device.device {
            return Err(CardError::OtherOrganisation);
        }
        // Together with the two secretariats' cards they fit a header.
        if self.recovery_quorum.len() > 32 {
            return Err(CardError::Name("quorum"));
        }
        let quorum = &self.recovery_quorum;
        let ordered = quorum.is_sorted_by(|a, b| a.organisation.id < b.organisation.id);
        let votes = self.recovery_votes as usize;
        let enough =
            if quorum.is_empty() { votes == 0 } else { votes * 2 > quorum.len() && votes <= quorum.len() };
        if !ordered || !enough || quorum.iter().any(|card| self.names(&card.organisation.id)) {
            return Err(CardError::Name("quorum"));
        }
        self.secretariats.iter().chain(&self.recovery_quorum).try_for_each(Card::verify)
    }
}
