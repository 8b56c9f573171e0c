//! Bounded reading of arrays, bytes and texts.

use minicbor::Decoder;
use minicbor::decode::Error;

/// Reads the head of an array of exactly `expected` items.
pub(super) fn fields(d: &mut Decoder<'_>, expected: u64) -> Result<(), Error> {
    match d.array()? {
        Some(found) if found == expected => Ok(()),
        _ => Err(Error::message("an array of another length")),
    }
}

/// Reads an array of at most `max` items. Nothing is allocated ahead of what is really there.
pub(super) fn list<'b, T>(
    d: &mut Decoder<'b>,
    max: usize,
    mut item: impl FnMut(&mut Decoder<'b>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let len = length(d, max)?;
    (0..len).map(|_| item(d)).collect()
}

/// Reads the head of an array of at most `max` items.
pub(super) fn length(d: &mut Decoder<'_>, max: usize) -> Result<usize, Error> {
    let len = d.array()?.ok_or_else(|| Error::message("an array without a length"))?;
    usize::try_from(len)
        .ok()
        .filter(|len| *len <= max)
        .ok_or_else(|| Error::message("an array over its bound"))
}

/// Reads bytes of exactly `N`.
pub(super) fn exactly<const N: usize>(d: &mut Decoder<'_>) -> Result<[u8; N], Error> {
    d.bytes()?.try_into().map_err(|_| Error::message("bytes of another length"))
}

/// Reads a text of at most `max` bytes.
pub(super) fn text(d: &mut Decoder<'_>, max: usize) -> Result<String, Error> {
    let text = d.str()?;
    if text.len() > max {
        return Err(Error::message("a text over its bound"));
    }
    Ok(text.to_owned())
}

/// `text`, cut to what a frame takes.
pub(super) fn cut(text: &str) -> &str {
    let mut end = text.len().min(crate::MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
