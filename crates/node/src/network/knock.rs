//! Knocking: the one proof that an unknown device may send, and the one answer that it gets.

mod asking;

use accord_core::{Card, DecisionId};
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
    /// Who knocks. Its device is the one that is connected.
    #[n(2)]
    pub(crate) card: Card,
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
}

/// Encoded records, each with its own signature: whatever the two sides agree to put there, opaque to the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct Records(#[n(0)] pub(crate) Vec<minicbor::bytes::ByteVec>);
