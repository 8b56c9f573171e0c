//! The cryptography of a bundle: its key for each device by HPKE, its parts under that key.
//!
//! The parts are sealed by the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and
//! its Nonce-Reuse Misuse-Resistance", 2015): the nonce counts the parts and says of the last one that it is the last, so
//! that parts cannot be left out, swapped, repeated or cut off unnoticed.

use accord_core::{DeviceId, DeviceKey, OrganisationId};
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit as _, Nonce};
use hpke::aead::ChaCha20Poly1305 as HpkeAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::{Kem as KemTrait, X25519HkdfSha256};
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use zeroize::Zeroizing;

use super::SealedKey;

/// The key of one file.
pub(super) type FileKey = Zeroizing<[u8; 32]>;

/// What the authentication adds to a part, in bytes.
pub(super) const TAG_BYTES: usize = 16;

/// What HPKE binds a key to: this purpose, and the organisation.
fn info(organisation: &OrganisationId) -> Vec<u8> {
    [b"accord bundle 1 ".as_slice(), &organisation.0].concat()
}

/// A new key.
pub(super) fn new_key() -> Result<FileKey, getrandom::Error> {
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(key.as_mut_slice())?;
    Ok(key)
}

/// Seals the key of a file to a device; none if the device's id is no usable key.
pub(super) fn seal_key(key: &FileKey, organisation: &OrganisationId, device: &DeviceId) -> Option<SealedKey> {
    let to = <X25519HkdfSha256 as KemTrait>::PublicKey::from_bytes(&device.agreement_key()?).ok()?;
    let (encapsulated, sealed) = hpke::single_shot_seal::<HpkeAead, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &to,
        &info(organisation),
        key.as_slice(),
        &device.0,
    )
    .ok()?;
    Some(SealedKey { device: *device, encapsulated: encapsulated.to_bytes().to_vec(), sealed })
}

/// Opens the key of a file that was sealed to this device; none if it was not, or was changed.
pub(super) fn open_key(
    sealed: &SealedKey,
    organisation: &OrganisationId,
    device: &DeviceKey,
) -> Option<FileKey> {
    let secret = device.agreement_secret();
    let secret = <X25519HkdfSha256 as KemTrait>::PrivateKey::from_bytes(secret.as_slice()).ok()?;
    let encapsulated = <X25519HkdfSha256 as KemTrait>::EncappedKey::from_bytes(&sealed.encapsulated).ok()?;
    let opened = hpke::single_shot_open::<HpkeAead, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &encapsulated,
        &info(organisation),
        &sealed.sealed,
        &device.id().0,
    )
    .map(Zeroizing::new)
    .ok()?;
    Some(Zeroizing::new(opened.as_slice().try_into().ok()?))
}

/// Seals or opens the parts of one file, one after another.
pub(super) struct Stream {
    cipher: ChaCha20Poly1305,
    next: u64,
}

impl Stream {
    pub(super) fn new(key: &FileKey) -> Self {
        Self { cipher: ChaCha20Poly1305::new(&Key::from(**key)), next: 0 }
    }

    fn nonce(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.next.to_be_bytes());
        nonce[11] = u8::from(last);
        self.next += 1;
        Nonce::from(nonce)
    }

    /// Seals the next part; none only for a part of more than 256 GiB.
    pub(super) fn seal(&mut self, part: &[u8], last: bool) -> Option<Vec<u8>> {
        let nonce = self.nonce(last);
        self.cipher.encrypt(&nonce, part).ok()
    }

    /// Opens the next part, and says whether it is the last; none if it is not what was sealed at this place.
    pub(super) fn open(&mut self, part: &[u8]) -> Option<(Vec<u8>, bool)> {
        let at = self.next;
        for last in [false, true] {
            self.next = at;
            let nonce = self.nonce(last);
            if let Ok(opened) = self.cipher.decrypt(&nonce, part) {
                return Some((opened, last));
            }
        }
        None
    }
}
