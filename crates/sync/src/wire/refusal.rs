//! Reasons on the wire: a number, and a text for people.

use minicbor::encode::Write;
use minicbor::{Decoder, Encoder, decode, encode};

use super::reading::{cut, text};
use crate::{MAX_TEXT, Refusal};

pub(super) fn write<W: Write>(e: &mut Encoder<W>, reason: &Refusal) -> Result<(), encode::Error<W::Error>> {
    let (code, why) = match reason {
        Refusal::Other(why) => (0, why.as_str()),
        Refusal::Invalid(why) => (1, why.as_str()),
        Refusal::Forked(why) => (2, why.as_str()),
        Refusal::UnknownAuthor => (3, ""),
        Refusal::Gap => (4, ""),
        Refusal::NotStored(why) => (5, why.as_str()),
    };
    e.u8(code)?.str(cut(why))?.ok()
}

pub(super) fn read(d: &mut Decoder<'_>) -> Result<Refusal, decode::Error> {
    let code = d.u8()?;
    let why = text(d, MAX_TEXT)?;
    Ok(match code {
        0 => Refusal::Other(why),
        1 => Refusal::Invalid(why),
        2 => Refusal::Forked(why),
        3 if why.is_empty() => Refusal::UnknownAuthor,
        4 if why.is_empty() => Refusal::Gap,
        5 => Refusal::NotStored(why),
        _ => return Err(decode::Error::message("an unknown reason")),
    })
}
