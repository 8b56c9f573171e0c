//! Knocking: the one proof that an unknown device may send, and the one answer that it gets.

mod asking;

use accord_core::{Card, DecisionId, DeviceCertificate, DeviceId, OrganisationId};
use minicbor::{Decode, Encode};

pub(crate) use asking::knock;

/// The proof of an unknown device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Knock {
    /// What for.
    #[n(0)]
    pub(crate) purpose: Purpose,
    /// The secret of the ticket.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) secret: [u8; 16],
    /// Who knocks. Its device is the one that is connected, or that is known already or certified beside.
    #[n(2)]
    pub(crate) card: Card,
    /// The proof of a further device that its organisation's root key certified it.
    #[n(3)]
    pub(crate) certificate: Option<DeviceCertificate>,
}

impl Knock {
    /// Whether it is by its own words the knock of `device`, which is known already as one of `known`'s: by the card, by
    /// what is known, or by a certificate that the device signed. Whose root key signed it is judged where governance is.
    /// Otherwise whoever sees a card could have its organisation admitted with a device of its own.
    pub(crate) fn fits(&self, device: &DeviceId, known: Option<&OrganisationId>) -> bool {
        let organisation = &self.card.organisation.id;
        let certified = |certificate: &DeviceCertificate| {
            certificate.device == *device
                && certificate.organisation == *organisation
                && certificate.check_device().is_ok()
        };
        let named = self.card.device.device == *device
            || known == Some(organisation)
            || self.certificate.as_ref().is_some_and(certified);
        named && self.card.verify().is_ok()
    }
}

/// What a device knocks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum Purpose {
    /// To see what the ticket leads to. Binds nothing and proposes nothing.
    #[n(0)]
    Look,
    /// To join: binds the ticket to the device and proposes its admission, where it needs one. Asking again gives the
    /// same answer.
    #[n(1)]
    Ask,
    /// To be let in, as [`Purpose::Ask`], by a running node whose admission is pending: who is admitted meanwhile is
    /// welcomed instead of answered.
    #[n(2)]
    Enter,
}

/// The answer to a [`Knock`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum KnockAnswer {
    /// To a device of the other secretariat that the genesis names: to be countersigned.
    #[n(0)]
    Genesis {
        /// The encoded `SignedEntry`s (governance log entries) that carry the genesis, as the inviter holds them.
        #[n(0)]
        records: Records,
    },
    /// To a device of a third organisation: its admission is proposed, or would be ([`Purpose::Look`]).
    #[n(1)]
    Pending {
        /// As in [`KnockAnswer::Genesis`], with both signatures as far as held.
        #[n(0)]
        records: Records,
        /// The proposed decision; none after a look.
        #[n(1)]
        decision: Option<DecisionId>,
    },
    /// To a device of an organisation that takes part already.
    #[n(2)]
    Member {
        /// As in [`KnockAnswer::Genesis`].
        #[n(0)]
        records: Records,
    },
    /// The ticket is wrong, used by another device, or has expired; or the admission was refused.
    #[n(3)]
    Refused {
        /// Why, in a sentence for people.
        #[n(0)]
        reason: String,
    },
    /// To a device whose organisation takes part no more, or that was revoked: what says so.
    #[n(4)]
    Ended {
        /// The governance entries that carry the decision with its votes, or the revocation, and some before them.
        #[n(0)]
        records: Records,
    },
}

/// Encoded records, each with its own signature: whatever the two sides agree to put there, opaque to the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct Records(#[n(0)] pub(crate) Vec<minicbor::bytes::ByteVec>);
