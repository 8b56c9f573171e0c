//! Ids: one newtype for each thing that has one, with one full way to print it (lowercase hexadecimal)
//! and one short way (its first eight digits).

use accord_words::say;
use data_encoding::HEXLOWER;
use minicbor::{Decode, Decoder, Encode, Encoder};

/// Text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not hexadecimal digits.
    #[error("{}", say!("id-not-hexadecimal"))]
    NotHexadecimal,
    /// Hexadecimal, but of another length.
    #[error("{}", say!("id-length", expected = .expected, found = .found))]
    Length {
        /// How many digits it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Its length in bytes.
            pub const LEN: usize = $len;

            /// Its bytes.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// The first eight hexadecimal digits, for people and logs; not unique by itself.
            pub fn short(&self) -> String {
                HEXLOWER.encode(&self.0[..4])
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| IdError::NotHexadecimal)?;
                let found = text.len();
                bytes.try_into().map(Self).map_err(|_| IdError::Length { expected: $len * 2, found })
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdError;
            fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
                bytes
                    .try_into()
                    .map(Self)
                    .map_err(|_| IdError::Length { expected: $len * 2, found: bytes.len() * 2 })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::try_from(d.bytes()?).map_err(|_| minicbor::decode::Error::message("an id of another length"))
            }
        }
    };
}

id! {
    /// A programme: the hash of its genesis body, without signatures.
    ProgrammeId, 32
}
id! {
    /// An organisation: its first root public key. A replaced root key keeps the id.
    OrganisationId, 32
}
id! {
    /// A root key, by its public half: what an organisation signs its own affairs with now.
    RootId, 32
}
id! {
    /// A device: its Ed25519 public key, which is also its libp2p identity.
    DeviceId, 32
}
id! {
    /// A space: the unit of access and of replication.
    SpaceId, 32
}
id! {
    /// An entry of a log: the tagged hash of its header.
    EntryId, 32
}
id! {
    /// A governance record: the tagged hash of its encoding.
    RecordId, 32
}
id! {
    /// A decision: the tagged hash of its encoding.
    DecisionId, 32
}
id! {
    /// A vote: the tagged hash of its encoding without the signature.
    VoteId, 32
}
id! {
    /// An Automerge change: the SHA-256 of its content, as Automerge computes it.
    ChangeHash, 32
}
id! {
    /// A document: sixteen random bytes.
    DocumentId, 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id = DocumentId([0xa5; 16]);
        assert_eq!(id.to_string().parse::<DocumentId>(), Ok(id));
        assert_eq!(id.short(), "a5a5a5a5");
    }

    #[test]
    fn other_text_is_refused_with_the_reason() {
        assert_eq!("zz".parse::<DocumentId>(), Err(IdError::NotHexadecimal));
        assert_eq!("a5a5".parse::<DocumentId>(), Err(IdError::Length { expected: 32, found: 4 }));
    }
}
