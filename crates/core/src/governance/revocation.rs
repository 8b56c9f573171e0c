//! The end of a device, by its organisation alone.

use accord_words::say;
use minicbor::{Decode, Encode};

use super::Cut;
use super::decision::check_cuts;
use crate::{
    DeviceId, KeyError, OrganisationId, ProgrammeId, PublicKey, RootKey, Signature, encode, tagged_hash,
};

/// The longest reason, in bytes: with all cuts it fits a header.
const MAX_WHY: usize = 400;

/// What is signed of a revocation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Revocation {
    /// The programme: a device that is lost to one programme is revoked in each by itself, with its own cuts.
    #[n(0)]
    pub programme: ProgrammeId,
    /// The organisation.
    #[n(1)]
    pub organisation: OrganisationId,
    /// The device that ends.
    #[n(2)]
    pub device: DeviceId,
    /// How far its logs count; one that is not named counts not at all. Several revocations intersect.
    #[n(3)]
    pub cuts: Vec<Cut>,
    /// When, as the organisation says.
    #[n(4)]
    pub time: u64,
    /// Why, for the others to read.
    #[n(5)]
    pub why: String,
}

impl Revocation {
    fn hash(&self) -> [u8; 32] {
        tagged_hash("revocation", &[&encode(self)])
    }

    /// Signs it by the organisation's root key of now.
    pub fn sign(&self, root: &RootKey) -> Signature {
        root.sign("revocation", &self.hash())
    }

    /// Checks that `root` signed.
    ///
    /// # Errors
    /// [`KeyError`] if it did not.
    pub fn verify(&self, root: &PublicKey, signature: &Signature) -> Result<(), KeyError> {
        signature.verify(root, "revocation", &self.hash())
    }

    /// Checks that its parts fit together.
    pub(super) fn check(&self) -> Result<(), String> {
        check_cuts(&self.cuts)?;
        if self.why.len() > MAX_WHY {
            return Err(say!("unfit-revocation-reason"));
        }
        if self.cuts.iter().any(|cut| cut.device != self.device) {
            return Err(say!("unfit-revocation-cuts"));
        }
        Ok(())
    }
}
