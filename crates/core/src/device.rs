//! How a further device comes to its organisation: the line with which it asks, and the line that certifies it.

use accord_words::say;
use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};

use crate::{
    CardError, CodecError, DeviceCertificate, DeviceId, DeviceKey, OrganisationId, RootKey, Signature,
    decode, encode,
};

const REQUEST: &str = "accord-device-";
const CERTIFICATE: &str = "accord-certificate-";
const MAX_LINE: usize = 2048;

/// A device's word that it belongs to an organisation, before the organisation has said so too.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct DeviceRequest {
    /// The organisation.
    #[n(0)]
    pub organisation: OrganisationId,
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    /// What people call the device. The device signs it, so that nobody names it otherwise on the way.
    #[n(2)]
    pub label: String,
    /// The device key's signature, the one that its certificate will carry.
    #[n(3)]
    pub by_device: Signature,
}

/// Text that is no request or certificate of a device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceLineError {
    /// Something else.
    #[error("{}", say!("device-line-none", prefix = .0))]
    Other(&'static str),
    /// A line that was cut off or changed.
    #[error("{}", say!("device-line-damaged"))]
    Damaged(#[source] CodecError),
    /// What it says does not hold.
    #[error("{}", say!("device-line-unfit"))]
    Unfit(#[source] CardError),
}

impl DeviceRequest {
    /// `device` asks to be certified as a device of `organisation`, under the name `label`.
    ///
    /// # Errors
    /// [`CardError::Name`] if the name is not fit to be shown.
    pub fn new(organisation: OrganisationId, device: &DeviceKey, label: &str) -> Result<Self, CardError> {
        crate::card::check_line(label, "device")?;
        let hash = DeviceCertificate::hash(&organisation, &device.id(), label);
        let by_device = device.sign("device", &hash);
        Ok(Self { organisation, device: device.id(), label: label.to_owned(), by_device })
    }

    /// What a device said of itself when it was certified.
    pub fn of(certificate: &DeviceCertificate) -> Self {
        let DeviceCertificate { organisation, device, label, by_device, .. } = certificate.clone();
        Self { organisation, device, label, by_device }
    }

    /// The certificate that `root`, the organisation's root key of now, makes of it.
    pub fn certify(&self, root: &RootKey) -> DeviceCertificate {
        let hash = DeviceCertificate::hash(&self.organisation, &self.device, &self.label);
        DeviceCertificate {
            organisation: self.organisation,
            device: self.device,
            label: self.label.clone(),
            by_root: root.sign("device", &hash),
            by_device: self.by_device,
        }
    }
}

fn line(prefix: &str, content: &impl Encode<()>) -> String {
    format!("{prefix}{}", BASE64URL_NOPAD.encode(&encode(content)))
}

fn read<T: for<'b> Decode<'b, ()> + Encode<()>>(
    prefix: &'static str,
    text: &str,
) -> Result<T, DeviceLineError> {
    let text = text.trim().strip_prefix(prefix).filter(|rest| rest.len() <= MAX_LINE);
    let bytes = BASE64URL_NOPAD
        .decode(text.ok_or(DeviceLineError::Other(prefix))?.as_bytes())
        .map_err(|e| DeviceLineError::Damaged(CodecError::Malformed(e.to_string())))?;
    decode(&bytes).map_err(DeviceLineError::Damaged)
}

impl std::fmt::Display for DeviceRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&line(REQUEST, self))
    }
}

impl std::str::FromStr for DeviceRequest {
    type Err = DeviceLineError;

    /// Reads a request, and checks the device's signature.
    fn from_str(text: &str) -> Result<Self, DeviceLineError> {
        let request: DeviceRequest = read(REQUEST, text)?;
        // What the root key will sign is not looked at yet: any key serves to check the other half.
        let certificate = DeviceCertificate {
            organisation: request.organisation,
            device: request.device,
            label: request.label.clone(),
            by_root: request.by_device,
            by_device: request.by_device,
        };
        certificate.check_device().map_err(DeviceLineError::Unfit)?;
        Ok(request)
    }
}

impl std::fmt::Display for DeviceCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&line(CERTIFICATE, self))
    }
}

impl std::str::FromStr for DeviceCertificate {
    type Err = DeviceLineError;

    /// Reads a certificate, and checks the device's signature. Whether the root key that signed it is the organisation's is
    /// the fold's question.
    fn from_str(text: &str) -> Result<Self, DeviceLineError> {
        let certificate: DeviceCertificate = read(CERTIFICATE, text)?;
        certificate.check_device().map_err(DeviceLineError::Unfit)?;
        Ok(certificate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_asks_on_one_line_and_is_certified_under_the_name_it_signed() {
        let (root, device) = (RootKey::from_seed(&[1; 32]), DeviceKey::from_seed(&[2; 32]));
        let request = DeviceRequest::new(root.id(), &device, "Laptop of Amina").unwrap();
        assert_eq!(request.to_string().parse(), Ok(request.clone()));
        let certificate = request.certify(&root);
        assert_eq!(certificate.verify(&root.id()), Ok(()));
        assert_eq!(certificate.to_string().parse(), Ok(certificate.clone()));
        let renamed = DeviceRequest { label: "Another".into(), ..request };
        assert!(renamed.to_string().parse::<DeviceRequest>().is_err());
    }
}
