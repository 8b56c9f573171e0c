//! Writing a bundle.

use std::io::Write;

use accord_core::{DeviceCertificate, DeviceId, DeviceKey, OrganisationId, encode};
use accord_words::say;
use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::seal::{Stream, new_key, seal_key};
use super::{Envelope, MAGIC, Preface, Run, SignedPreface, signed_hash};

/// Who makes a bundle.
#[derive(Clone, Copy)]
pub(crate) struct Sender<'a> {
    /// The device's key.
    pub(crate) key: &'a DeviceKey,
    /// The organisation's word that the device is its own.
    pub(crate) certificate: &'a DeviceCertificate,
}

/// A bundle that is being written.
pub(crate) struct Writer<W: Write> {
    out: W,
    stream: Stream,
}

impl<W: Write> Writer<W> {
    /// Begins a bundle that the `devices` of an organisation can open.
    ///
    /// # Errors
    /// What `out` says, or that the system gives no randomness.
    pub(crate) fn new(
        mut out: W,
        organisation: OrganisationId,
        devices: &[DeviceId],
        sender: Sender<'_>,
        preface: impl FnOnce(DeviceCertificate) -> Preface,
    ) -> std::io::Result<Self> {
        let key = new_key().map_err(std::io::Error::other)?;
        let keys = devices.iter().filter_map(|device| seal_key(&key, &organisation, device)).collect();
        out.write_all(MAGIC)?;
        let mut writer = Self { out, stream: Stream::new(&key) };
        writer.part(&encode(&Envelope { organisation, keys }))?;
        let preface = encode(&preface(sender.certificate.clone()));
        let signature = sender.key.sign(super::TAG, &signed_hash(&key, &organisation, &preface));
        writer.seal(&encode(&SignedPreface { preface, signature }), false)?;
        Ok(writer)
    }

    /// Adds entries. A log's are added in order, and a branch after what it parts from.
    ///
    /// # Errors
    /// What the file says.
    pub(crate) fn run(&mut self, run: &Run) -> std::io::Result<()> {
        self.seal(&encode(run), false)
    }

    /// Ends the bundle, and gives back what it was written to.
    ///
    /// # Errors
    /// What the file says.
    pub(crate) fn finish(mut self) -> std::io::Result<W> {
        self.seal(&[], true)?;
        Ok(self.out)
    }

    /// Adds a part as it is, for tests: what is inside of the seal of whoever belongs to the programme may be anything.
    #[cfg(feature = "testing")]
    pub(crate) fn raw(&mut self, deflated: &[u8]) -> std::io::Result<()> {
        let sealed = self.stream.seal(deflated, false);
        self.part(&sealed.ok_or(std::io::ErrorKind::InvalidInput)?)
    }

    fn seal(&mut self, plain: &[u8], last: bool) -> std::io::Result<()> {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(plain)?;
        let sealed = self.stream.seal(&deflate.finish()?, last);
        self.part(&sealed.ok_or_else(|| std::io::Error::other(say!("part-long")))?)
    }

    fn part(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(bytes)
    }
}
