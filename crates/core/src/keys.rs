//! Keys and signatures: Ed25519 (RFC 8032), each signature over a domain tag and a hash, so that a signature
//! made for one purpose never serves another.

use accord_words::say;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Decoder, Encode, Encoder};
use sha2::{Digest, Sha256};

use crate::{DeviceId, OrganisationId};

/// SHA-256 over `accord/1/<tag>`, a zero byte, and each part in turn.
///
/// Parts must be of fixed length or be the last one, so that no two lists of parts give the same input.
pub fn tagged_hash(tag: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"accord/1/");
    hash.update(tag.as_bytes());
    hash.update([0]);
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// What is wrong with a key or a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no point of the curve, or one of small order.
    #[error("{}", say!("key-unusable"))]
    NotAKey,
    /// The signature is not by this key over this content.
    #[error("{}", say!("signature-mismatch"))]
    BadSignature,
}

/// An Ed25519 public key, not checked to be usable until a signature is verified with it.
pub type PublicKey = [u8; 32];

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl Signature {
    /// In place of a signature that was left out: a later one of the same log vouches for its entry. It holds for nothing.
    pub const NONE: Self = Self([0; 64]);

    /// Checks that `key` signed `hash` under `tag`.
    ///
    /// Uses the strict rules of `ed25519-dalek` (no small-order keys, canonical encodings), so that every node
    /// judges one signature alike.
    ///
    /// # Errors
    /// [`KeyError`] if the key is unusable or the signature does not match.
    pub fn verify(&self, key: &PublicKey, tag: &str, hash: &[u8; 32]) -> Result<(), KeyError> {
        // Strict rules refuse it anyway; this spares working that out for every entry that has none.
        if *self == Self::NONE {
            return Err(KeyError::BadSignature);
        }
        let key = VerifyingKey::from_bytes(key).map_err(|_| KeyError::NotAKey)?;
        let signature = ed25519_dalek::Signature::from_bytes(&self.0);
        key.verify_strict(&message(tag, hash), &signature).map_err(|_| KeyError::BadSignature)
    }
}

fn message(tag: &str, hash: &[u8; 32]) -> Vec<u8> {
    let mut message = Vec::with_capacity(10 + tag.len() + 32);
    message.extend_from_slice(b"accord/1/");
    message.extend_from_slice(tag.as_bytes());
    message.push(0);
    message.extend_from_slice(hash);
    message
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({}…)", data_encoding::HEXLOWER.encode(&self.0[..4]))
    }
}

impl<C> Encode<C> for Signature {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Signature {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.bytes()?
            .try_into()
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("a signature of another length"))
    }
}

macro_rules! secret_key {
    ($(#[$doc:meta])* $name:ident, $id:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(SigningKey);

        impl $name {
            /// The key whose secret seed is `seed`, which must be 32 uniformly random bytes.
            pub fn from_seed(seed: &[u8; 32]) -> Self {
                Self(SigningKey::from_bytes(seed))
            }

            /// The secret seed, for the key file and nothing else.
            pub fn seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
                zeroize::Zeroizing::new(self.0.to_bytes())
            }

            /// The id that this key stands for.
            pub fn id(&self) -> $id {
                $id(self.0.verifying_key().to_bytes())
            }

            /// Signs `hash` under the domain `tag`.
            pub fn sign(&self, tag: &str, hash: &[u8; 32]) -> Signature {
                Signature(self.0.sign(&message(tag, hash)).to_bytes())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // The secret half never reaches a log.
                write!(f, "{}({})", stringify!($name), self.id().short())
            }
        }
    };
}

secret_key! {
    /// The root key of an organisation: certifies its devices.
    RootKey, OrganisationId
}
secret_key! {
    /// The key of one device: signs its entries, and is its network identity.
    DeviceKey, DeviceId
}

impl DeviceKey {
    /// The X25519 secret of this device, with which it opens what was sealed to it. It is the scalar of the Ed25519 key (RFC
    /// 8032, 5.1.5), so that a device needs no second key and its id alone is enough to seal something to it. Using the two
    /// together is sound: Thormarker, "On using the same key pair for Ed25519 and an X25519 based KEM" (2021).
    pub fn agreement_secret(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_scalar_bytes())
    }
}

impl DeviceId {
    /// The X25519 public key of the device, to which something can be sealed; none if the id is no usable key.
    pub fn agreement_key(&self) -> Option<[u8; 32]> {
        let key = VerifyingKey::from_bytes(&self.0).ok().filter(|key| !key.is_weak())?;
        Some(key.to_montgomery().to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_key_tag_and_content_only() {
        let key = DeviceKey::from_seed(&[7; 32]);
        let signature = key.sign("entry", &[1; 32]);
        assert_eq!(signature.verify(&key.id().0, "entry", &[1; 32]), Ok(()));
        assert_eq!(signature.verify(&key.id().0, "vote", &[1; 32]), Err(KeyError::BadSignature));
        assert_eq!(signature.verify(&key.id().0, "entry", &[2; 32]), Err(KeyError::BadSignature));
        let other = DeviceKey::from_seed(&[8; 32]);
        assert_eq!(signature.verify(&other.id().0, "entry", &[1; 32]), Err(KeyError::BadSignature));
    }
}
