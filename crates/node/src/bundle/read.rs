//! Reading a bundle: whatever the file holds, nothing of it is believed that does not prove itself, and no more memory is
//! taken than one part may have.

use std::io::Read;

use accord_core::{DeviceKey, OrganisationId, decode};
use flate2::bufread::DeflateDecoder;

use super::seal::{Stream, TAG_BYTES, open_key};
use super::{Envelope, MAGIC, MAX_ENVELOPE, MAX_PART, Preface, Run, SignedPreface, signed_hash};

/// Why a bundle cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfit {
    /// Not a bundle.
    #[error("the file is no bundle")]
    Other,
    /// Cut off, or changed on its way.
    #[error("the bundle is damaged: it was cut off, or changed on its way")]
    Damaged,
    /// For another organisation.
    #[error("the bundle is for another organisation, and only its devices can open it")]
    NotForUs(OrganisationId),
    /// For this organisation, but not for this device.
    #[error("the bundle was made before its sender knew this device")]
    NotForThisDevice,
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Io(#[source] std::io::Error),
}

/// A bundle that is being read.
pub(crate) struct Bundle<R: Read> {
    file: R,
    stream: Stream,
    /// What the sender says: signed by the device that it names, whose part in the programme is the reader's question.
    pub(crate) preface: Preface,
    ended: bool,
}

impl<R: Read> Bundle<R> {
    /// Opens a bundle, and reads what its sender says.
    ///
    /// # Errors
    /// [`Unfit`].
    pub(crate) fn open(mut file: R, own: &OrganisationId, device: &DeviceKey) -> Result<Self, Unfit> {
        let mut magic = [0; MAGIC.len()];
        match file.read_exact(&mut magic) {
            Ok(()) if magic == MAGIC => {}
            Ok(()) => return Err(Unfit::Other),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Err(Unfit::Other),
            Err(error) => return Err(Unfit::Io(error)),
        }
        let envelope: Envelope = decode(&part(&mut file, MAX_ENVELOPE)?).map_err(|_| Unfit::Damaged)?;
        if envelope.organisation != *own {
            return Err(Unfit::NotForUs(envelope.organisation));
        }
        let sealed =
            envelope.keys.iter().find(|key| key.device == device.id()).ok_or(Unfit::NotForThisDevice)?;
        let key = open_key(sealed, own, device).ok_or(Unfit::Damaged)?;
        let mut stream = Stream::new(&key);
        let (preface, _) = opened(&mut file, &mut stream)?;
        let signed: SignedPreface = decode(&preface).map_err(|_| Unfit::Damaged)?;
        let preface: Preface = decode(&signed.preface).map_err(|_| Unfit::Damaged)?;
        let hash = signed_hash(&key, own, &signed.preface);
        let by = preface.sender.device.0;
        signed.signature.verify(&by, super::TAG, &hash).map_err(|_| Unfit::Damaged)?;
        Ok(Self { file, stream, preface, ended: false })
    }

    /// The next entries; none at the end of a whole bundle.
    ///
    /// # Errors
    /// [`Unfit`].
    pub(crate) fn next(&mut self) -> Result<Option<Run>, Unfit> {
        if self.ended {
            return Ok(None);
        }
        let (part, last) = opened(&mut self.file, &mut self.stream)?;
        if last {
            self.ended = true;
            return Ok(None);
        }
        decode(&part).map(Some).map_err(|_| Unfit::Damaged)
    }
}

/// The next part, opened and inflated.
fn opened(file: &mut impl Read, stream: &mut Stream) -> Result<(Vec<u8>, bool), Unfit> {
    let (deflated, last) = stream.open(&part(file, MAX_PART + TAG_BYTES)?).ok_or(Unfit::Damaged)?;
    let mut plain = Vec::new();
    // Some members may be hostile: what is sealed well may still be made to fill the memory.
    let most = MAX_PART as u64 + 1;
    DeflateDecoder::new(deflated.as_slice())
        .take(most)
        .read_to_end(&mut plain)
        .map_err(|_| Unfit::Damaged)?;
    if plain.len() > MAX_PART {
        return Err(Unfit::Damaged);
    }
    Ok((plain, last))
}

fn part(file: &mut impl Read, most: usize) -> Result<Vec<u8>, Unfit> {
    let cut = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Unfit::Damaged,
        _ => Unfit::Io(error),
    };
    let mut length = [0; 4];
    file.read_exact(&mut length).map_err(cut)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > most {
        return Err(Unfit::Damaged);
    }
    // Read as it comes: a length that is not true costs no memory.
    let mut bytes = Vec::new();
    file.take(length as u64).read_to_end(&mut bytes).map_err(Unfit::Io)?;
    if bytes.len() < length {
        return Err(Unfit::Damaged);
    }
    Ok(bytes)
}
