//! What is proposed about an organisation's own keys: the device that signs its votes, and its root key.

use accord_core::api::{Problem, RootSecret};
use accord_core::governance::{Decision, Operation, Subject};
use accord_core::{Card, DeviceCertificate, DeviceId, OrganisationId, RecordId, RootId};
use accord_words::{problem, say};

use super::drafts::Drafts;
use crate::handler::devices::{device_name, find, own_devices};

impl Drafts<'_> {
    /// A constitution under which a secretariat signs from another device: that of a card, or one of this organisation's.
    pub(super) fn signer(&self, text: Option<&str>) -> Result<Decision, Problem> {
        let mut charter = self.charter()?;
        let given = text.and_then(|text| text.parse::<Card>().ok());
        let organisation = given.as_ref().unwrap_or(&self.home.card).organisation.clone();
        let seat = charter.seats.iter_mut().find(|seat| seat.card.organisation.id == organisation.id);
        let seat = seat.ok_or_else(|| problem!("no-secretariat", code = &organisation.code))?;
        let card = match given {
            Some(card) => card,
            None => self.card_of(&seat.card, self.device(text)?)?,
        };
        if seat.card.device.device == card.device.device {
            return Err(problem!("signs-here-already", code = &organisation.code));
        }
        card.verify_with(&seat.root.0)
            .map_err(|e| Problem::from_error(&e).hint(say!("certified-by-root")))?;
        seat.card = card;
        Ok(self.constitute(charter))
    }

    /// The device of this organisation that is meant: this very one, or one that people know by a name.
    fn device(&self, text: Option<&str>) -> Result<DeviceId, Problem> {
        match text {
            None => Ok(self.home.device.id()),
            Some(text) => find(self.governance, &self.home.card.organisation.id, text),
        }
    }

    /// The card of an organisation with another of its devices on it.
    fn card_of(&self, card: &Card, device: DeviceId) -> Result<Card, Problem> {
        if self.home.card.device.device == device {
            return Ok(card.with_device(self.home.card.device.clone()));
        }
        if self.governance.is_revoked(&device) {
            let name = device_name(self.governance, &device);
            return Err(problem!("signer-revoked", name));
        }
        let own = card.organisation.id;
        let certificates = self.governance.certificates(&device);
        let of_own = |certificate: &&DeviceCertificate| certificate.organisation == own;
        let certificate = certificates.into_iter().map(|(_, certificate)| certificate).find(of_own);
        let certificate = certificate.ok_or_else(|| problem!("signer-uncertified"))?;
        Ok(card.with_device(certificate.clone()))
    }

    /// The replacement of this organisation's root key. What was signed about its devices goes on to count, but what
    /// somebody else signed who had the key.
    pub(super) fn replace_root(
        &self,
        new: &RootSecret,
        without: &[String],
        restore: &[String],
    ) -> Result<Decision, Problem> {
        let own = self.home.card.organisation.id;
        let new = new.key()?;
        let root = RootId(new.id().0);
        if self.governance.root(&own) == root {
            return Err(problem!("same-root-key"));
        }
        let keeps = self.kept_records(&own, without, restore)?;
        let mut charter = self.charter()?;
        let Some(seat) = charter.seats.iter_mut().find(|seat| seat.card.organisation.id == own) else {
            let operation = Operation::replace_root(&own, &new, keeps);
            return Ok(self.governance.draft(Subject::Membership(own), operation, Vec::new()));
        };
        // A secretariat's root key is named by the constitution.
        seat.card = seat.card.under_root(&new);
        seat.root = root;
        charter.keeps = keeps;
        Ok(self.constitute(charter))
    }

    /// The records about an organisation's devices that go on to count.
    fn kept_records(
        &self,
        own: &OrganisationId,
        without: &[String],
        restore: &[String],
    ) -> Result<Vec<RecordId>, Problem> {
        let devices = |names: &[String]| -> Result<Vec<DeviceId>, Problem> {
            names.iter().map(|name| find(self.governance, own, name)).collect()
        };
        let (without, restore) = (devices(without)?, devices(restore)?);
        let mut keeps = Vec::new();
        for device in own_devices(self.governance, own) {
            if !without.contains(&device) {
                keeps.extend(self.governance.certificates(&device).into_iter().map(|(id, _)| id));
            }
            if !restore.contains(&device) {
                keeps.extend(self.governance.revocations(&device).into_iter().map(|(id, _)| id));
            }
        }
        keeps.sort_unstable();
        keeps.dedup();
        Ok(keeps)
    }
}
