//! An organisation's card: who it is and its first device, signed by itself, on one line to hand to others.

use accord_words::say;
use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};

use crate::{
    CodecError, DeviceId, DeviceKey, DeviceRequest, KeyError, OrganisationId, PublicKey, RootKey, Signature,
    decode, encode, tagged_hash,
};

const PREFIX: &str = "accord-card-";
const MAX_NAME: usize = 200;
const MAX_CODE: usize = 16;

/// What the device that an organisation begins with is called, in its certificate: signed, and so the same for everybody.
pub const FIRST_DEVICE: &str = "first device";

/// The name of a device for people: the one that nobody chose is said in their language.
#[must_use]
pub fn device_called(name: &str) -> String {
    if name == FIRST_DEVICE { say!("first-device") } else { name.to_owned() }
}

/// What kind of partner an organisation is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[cbor(index_only)]
pub enum OrganisationKind {
    /// One of the two that co-manage the programme.
    #[n(0)]
    Secretariat,
    /// Reads and writes.
    #[n(1)]
    Member,
    /// Reads.
    #[n(2)]
    Observer,
}

/// Who an organisation is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, serde::Serialize, serde::Deserialize)]
#[cbor(array)]
pub struct Organisation {
    /// Its id, which is its first root public key.
    #[n(0)]
    pub id: OrganisationId,
    /// Its short code, such as `CMI`.
    #[n(1)]
    pub code: String,
    /// Its full name.
    #[n(2)]
    pub name: String,
}

/// An organisation's word that a device is its own, and the device's word that it belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DeviceCertificate {
    /// The organisation.
    #[n(0)]
    pub organisation: OrganisationId,
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    /// What people call the device.
    #[n(2)]
    pub label: String,
    /// The root key's signature.
    #[n(3)]
    pub by_root: Signature,
    /// The device key's signature.
    #[n(4)]
    pub by_device: Signature,
}

/// What is wrong with a card or a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Text that is no card.
    #[error("{}", say!("card-none", prefix = PREFIX))]
    NotACard,
    /// The content of the card cannot be read.
    #[error("{}", say!("card-damaged"))]
    Damaged(#[source] CodecError),
    /// A name, code or label that is empty, too long, or has control characters.
    #[error("{}", say!("card-name", what = *.0))]
    Name(&'static str),
    /// A signature that does not hold.
    #[error("{}", say!("card-signature"))]
    Signature(#[source] KeyError),
    /// Certificate and organisation do not belong together.
    #[error("{}", say!("card-other-organisation"))]
    OtherOrganisation,
}

/// An organisation, its first device, and the signatures of both.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Card {
    /// Who it is.
    #[n(0)]
    pub organisation: Organisation,
    /// Its first device.
    #[n(1)]
    pub device: DeviceCertificate,
    /// The root key's signature over `organisation`.
    #[n(2)]
    pub signature: Signature,
}

impl Organisation {
    fn hash(&self) -> [u8; 32] {
        tagged_hash("organisation", &[&encode(self)])
    }

    /// Checks the texts: a code of 1 to 16 letters, digits, `-` or `_`; a name of 1 to 200 bytes on one line.
    ///
    /// # Errors
    /// [`CardError::Name`] with the one that is wrong.
    pub fn check(&self) -> Result<(), CardError> {
        let code_char = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if self.code.is_empty() || self.code.len() > MAX_CODE || !self.code.chars().all(code_char) {
            return Err(CardError::Name("code"));
        }
        check_line(&self.name, "name")
    }
}

/// Control and bidirectional override characters could make a name show as another's on a terminal.
pub(crate) fn check_line(text: &str, what: &'static str) -> Result<(), CardError> {
    let bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    if text.trim().is_empty() || text.len() > MAX_NAME || text.chars().any(bad) {
        return Err(CardError::Name(what));
    }
    Ok(())
}

impl DeviceCertificate {
    /// Certifies `device`, called `label`, as a device of the organisation of `root`.
    pub fn new(root: &RootKey, device: &DeviceKey, label: &str) -> Self {
        Self::under(root.id(), root, device, label)
    }

    /// Certifies `device` as a device of `organisation`, whose root key of now is `root`.
    pub fn under(organisation: OrganisationId, root: &RootKey, device: &DeviceKey, label: &str) -> Self {
        let hash = Self::hash(&organisation, &device.id(), label);
        Self {
            organisation,
            device: device.id(),
            label: label.to_owned(),
            by_root: root.sign("device", &hash),
            by_device: device.sign("device", &hash),
        }
    }

    pub(crate) fn hash(organisation: &OrganisationId, device: &DeviceId, label: &str) -> [u8; 32] {
        tagged_hash("device", &[&organisation.0, &device.0, label.as_bytes()])
    }

    /// Checks both signatures, the organisation's with `root`.
    ///
    /// # Errors
    /// [`CardError`] if a signature does not hold, or the label is not a line of text.
    pub fn verify(&self, root: &OrganisationId) -> Result<(), CardError> {
        self.check_device()?;
        self.check_root(&root.0)
    }

    /// Checks that `root` signed.
    ///
    /// # Errors
    /// [`CardError::Signature`] if it did not.
    pub fn check_root(&self, root: &PublicKey) -> Result<(), CardError> {
        let hash = Self::hash(&self.organisation, &self.device, &self.label);
        self.by_root.verify(root, "device", &hash).map_err(CardError::Signature)
    }

    /// Checks the text and the device's own signature; whose root key must have signed is the fold's question.
    ///
    /// # Errors
    /// [`CardError`] with the first that does not hold.
    pub fn check_device(&self) -> Result<(), CardError> {
        check_line(&self.label, "device")?;
        let hash = Self::hash(&self.organisation, &self.device, &self.label);
        self.by_device.verify(&self.device.0, "device", &hash).map_err(CardError::Signature)
    }
}

impl Card {
    /// Makes the card of the organisation of `root`, with its first device.
    ///
    /// # Errors
    /// [`CardError::Name`] if a text is not fit to be shown.
    pub fn new(root: &RootKey, device: &DeviceKey, code: &str, name: &str) -> Result<Self, CardError> {
        Self::under(root.id(), root, device, code, name)
    }

    /// Makes the card of `organisation`, whose root key of now is `root`.
    ///
    /// # Errors
    /// [`CardError::Name`] if a text is not fit to be shown.
    pub fn under(
        id: OrganisationId,
        root: &RootKey,
        device: &DeviceKey,
        code: &str,
        name: &str,
    ) -> Result<Self, CardError> {
        let organisation = Organisation { id, code: code.to_owned(), name: name.to_owned() };
        organisation.check()?;
        let signature = root.sign("organisation", &organisation.hash());
        let device = DeviceCertificate::under(id, root, device, FIRST_DEVICE);
        Ok(Self { organisation, device, signature })
    }

    /// The same card under a root key that takes the place of the one that signed it. What the device said of itself does
    /// not depend on the root key, and goes on to hold.
    #[must_use]
    pub fn under_root(&self, root: &RootKey) -> Self {
        let device = DeviceRequest::of(&self.device).certify(root);
        let signature = root.sign("organisation", &self.organisation.hash());
        Self { organisation: self.organisation.clone(), device, signature }
    }

    /// The same organisation's card with another device of it.
    #[must_use]
    pub fn with_device(&self, device: DeviceCertificate) -> Self {
        Self { device, ..self.clone() }
    }

    /// Checks every text and signature of the card.
    ///
    /// # Errors
    /// [`CardError`] with the first that does not hold.
    pub fn verify(&self) -> Result<(), CardError> {
        self.verify_with(&self.organisation.id.0)
    }

    /// Checks every text and signature of the card, the organisation's by the root key `root`.
    ///
    /// # Errors
    /// [`CardError`] with the first that does not hold.
    pub fn verify_with(&self, root: &PublicKey) -> Result<(), CardError> {
        self.organisation.check()?;
        if self.device.organisation != self.organisation.id {
            return Err(CardError::OtherOrganisation);
        }
        let hash = self.organisation.hash();
        self.signature.verify(root, "organisation", &hash).map_err(CardError::Signature)?;
        self.device.check_device()?;
        self.device.check_root(root)
    }
}

impl std::fmt::Display for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{PREFIX}{}", BASE64URL_NOPAD.encode(&encode(self)))
    }
}

impl std::str::FromStr for Card {
    type Err = CardError;

    /// Reads and verifies a card.
    fn from_str(text: &str) -> Result<Self, CardError> {
        let text = text.trim().strip_prefix(PREFIX).ok_or(CardError::NotACard)?;
        if text.len() > 4096 {
            return Err(CardError::NotACard);
        }
        let bytes = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .map_err(|e| CardError::Damaged(CodecError::Malformed(e.to_string())))?;
        let card: Card = decode(&bytes).map_err(CardError::Damaged)?;
        card.verify()?;
        Ok(card)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Card {
        Card::new(
            &RootKey::from_seed(&[1; 32]),
            &DeviceKey::from_seed(&[2; 32]),
            "CMI",
            "Centre for Integration",
        )
        .unwrap()
    }

    #[test]
    fn a_card_survives_its_line() {
        assert_eq!(card().to_string().parse::<Card>(), Ok(card()));
    }

    #[test]
    fn any_changed_character_is_noticed() {
        let line = card().to_string();
        for at in PREFIX.len()..line.len() {
            let mut changed = line.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(String::from_utf8(changed).unwrap().parse::<Card>().is_err(), "position {at}");
        }
    }

    #[test]
    fn a_name_that_would_show_as_another_is_refused() {
        let (root, device) = (RootKey::from_seed(&[1; 32]), DeviceKey::from_seed(&[2; 32]));
        assert_eq!(Card::new(&root, &device, "C I", "x"), Err(CardError::Name("code")));
        assert_eq!(Card::new(&root, &device, "CI", "a\u{202e}b"), Err(CardError::Name("name")));
    }
}
