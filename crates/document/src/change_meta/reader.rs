//! A cursor over bytes that somebody else wrote.

use super::ChangeError;
use crate::Hash;

#[derive(Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    #[cfg(test)]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], ChangeError> {
        let (head, tail) = self.rest.split_at_checked(len).ok_or(ChangeError::CutOff)?;
        self.rest = tail;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], ChangeError> {
        let (head, tail) = self.rest.split_first_chunk::<N>().ok_or(ChangeError::CutOff)?;
        self.rest = tail;
        Ok(*head)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ChangeError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn hash(&mut self) -> Result<Hash, ChangeError> {
        self.array()
    }

    /// A length or count, refused above `limit` before anybody allocates for it.
    pub(crate) fn bounded(&mut self, what: &'static str, limit: usize) -> Result<usize, ChangeError> {
        let size = self.unsigned()?;
        match usize::try_from(size) {
            Ok(value) if value <= limit => Ok(value),
            _ => Err(ChangeError::TooLarge { what, size, limit: limit as u64 }),
        }
    }

    /// An unsigned LEB128 number. Overlong forms are refused: one number, one spelling.
    pub(crate) fn unsigned(&mut self) -> Result<u64, ChangeError> {
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && byte > 1 {
                return Err(ChangeError::Malformed("a number is too large"));
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                if shift > 0 && byte == 0 {
                    return Err(ChangeError::Malformed("a number is written in an overlong form"));
                }
                return Ok(value);
            }
        }
        Err(ChangeError::Malformed("a number is too large"))
    }

    /// A signed LEB128 number, with the same strictness.
    pub(crate) fn signed(&mut self) -> Result<i64, ChangeError> {
        let mut value = 0i64;
        let mut previous = 0u8;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte != 0 && byte != 0x7f {
                return Err(ChangeError::Malformed("a number is too large"));
            }
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let sign_repeated =
                    (byte == 0 && previous & 0x40 == 0) || (byte == 0x7f && previous & 0x40 != 0);
                if shift > 0 && sign_repeated {
                    return Err(ChangeError::Malformed("a number is written in an overlong form"));
                }
                if shift < 57 && byte & 0x40 != 0 {
                    value |= -1 << (shift + 7);
                }
                return Ok(value);
            }
            previous = byte;
        }
        Err(ChangeError::Malformed("a number is too large"))
    }
}

pub(crate) fn write_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        #[expect(clippy::cast_possible_truncation, reason = "the low seven bits are what is written")]
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the loop left fewer than eight bits")]
    out.push(value as u8);
}

pub(crate) fn write_signed(out: &mut Vec<u8>, mut value: i64) {
    loop {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the low seven bits are what is written"
        )]
        let bits = value as u8 & 0x7f;
        value >>= 7;
        if (value == 0 && bits & 0x40 == 0) || (value == -1 && bits & 0x40 != 0) {
            out.push(bits);
            return;
        }
        out.push(bits | 0x80);
    }
}
