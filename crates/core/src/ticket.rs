//! A ticket: how to find the programme, and the right to ask for admission once.

use accord_words::say;
use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};

use crate::{CodecError, DeviceId, ProgrammeId, decode, encode};

const PREFIX: &str = "accord-ticket-";
const MAX_ADDRESSES: usize = 16;
const MAX_ADDRESS: usize = 300;

/// What an invitation hands over.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Ticket {
    /// The programme.
    #[n(0)]
    pub programme: ProgrammeId,
    /// The name of the programme, to be shown before anything was fetched. Not proof of anything.
    #[n(1)]
    pub name: String,
    /// The device that issued it and that alone accepts it.
    #[n(2)]
    pub device: DeviceId,
    /// Where that device listens, as multiaddresses.
    #[n(3)]
    pub addresses: Vec<String>,
    /// The secret that the issuer recognises; it binds it to the first device that shows it.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub secret: [u8; 16],
    /// When it ends, in seconds since 1970 by the issuer's clock.
    #[n(5)]
    pub expires: u64,
}

/// Text that is no ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Not a ticket at all.
    #[error("{}", say!("ticket-none", prefix = PREFIX))]
    NotATicket,
    /// A ticket that was cut off or changed.
    #[error("{}", say!("ticket-damaged"))]
    Damaged(#[source] CodecError),
}

impl std::fmt::Display for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{PREFIX}{}", BASE64URL_NOPAD.encode(&encode(self)))
    }
}

impl std::str::FromStr for Ticket {
    type Err = TicketError;
    fn from_str(text: &str) -> Result<Self, TicketError> {
        let text = text.trim().strip_prefix(PREFIX).ok_or(TicketError::NotATicket)?;
        if text.len() > 16_384 {
            return Err(TicketError::NotATicket);
        }
        let bytes = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .map_err(|e| TicketError::Damaged(CodecError::Malformed(e.to_string())))?;
        let ticket: Ticket = decode(&bytes).map_err(TicketError::Damaged)?;
        let too_long = ticket.addresses.iter().any(|a| a.len() > MAX_ADDRESS) || ticket.name.len() > 200;
        if ticket.addresses.len() > MAX_ADDRESSES || too_long {
            return Err(TicketError::Damaged(CodecError::Malformed("over a bound".into())));
        }
        Ok(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_survives_its_line() {
        let ticket = Ticket {
            programme: ProgrammeId([1; 32]),
            name: "MENA".into(),
            device: DeviceId([2; 32]),
            addresses: vec!["/ip4/127.0.0.1/tcp/4701".into()],
            secret: [3; 16],
            expires: 1_700_000_000,
        };
        assert_eq!(ticket.to_string().parse::<Ticket>(), Ok(ticket));
        assert_eq!("accord-card-x".parse::<Ticket>(), Err(TicketError::NotATicket));
    }
}
