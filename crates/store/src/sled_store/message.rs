//! The log of this engine, as far as telling it from anything else needs. A segment begins with a checksum, its place in the log,
//! and the place up to which the log was safe then. A message is a checksum, a kind, the length of its body, the number
//! of the segment that it was written for, the number of a page, and the body.

/// How long a segment is: the engine's default, which nothing here changes.
pub(super) const SEGMENT: usize = 512 << 10;

/// How many bytes of a segment come before its first message.
pub(super) const SEGMENT_HEADER: usize = 20;

/// The mask over positions in the header of a segment.
const MASK: u64 = 0x7fff_ffff_ffff_ffff;

/// The checksum and the kind.
const BEGINS: usize = 5;

/// The position in the log at which a segment begins, as its header says, and whether the header is whole.
pub(super) fn position(segment: &[u8]) -> Option<(u64, bool)> {
    let header: &[u8; SEGMENT_HEADER] = segment.first_chunk()?;
    let (sum, rest) = header.split_first_chunk::<4>()?;
    let position = u64::from_le_bytes(*rest.first_chunk()?) ^ MASK;
    Some((position, crc32fast::hash(rest) ^ u32::MAX == u32::from_le_bytes(*sum)))
}

/// The header of a message.
struct Header {
    checksum: u32,
    segment: u64,
    /// Where the body begins, and where it ends.
    body: (usize, usize),
}

impl Header {
    /// What stands at a place, if a message can.
    fn at(segment: &[u8], at: usize) -> Option<Self> {
        let checksum = u32::from_le_bytes(*segment.get(at..)?.first_chunk()?);
        let mut here = at + BEGINS;
        let mut next = || {
            let (number, bytes) = number(segment.get(here..)?)?;
            here += bytes;
            Some(number)
        };
        let (len, number, _page) = (next()?, next()?, next()?);
        let end = here.checked_add(usize::try_from(len).ok()?)?;
        (end <= segment.len()).then_some(Self { checksum, segment: number, body: (here, end) })
    }

    fn fits(&self, segment: &[u8], at: usize) -> bool {
        let (body, end) = self.body;
        let mut sum = crc32fast::Hasher::new();
        sum.update(&segment[body..end]);
        sum.update(&segment[at + 4..body]);
        sum.finalize() ^ u32::MAX == self.checksum
    }
}

/// How far the messages reach that were written for this segment, the one of that number, without a break. Where a segment is used
/// again, those that it had before may stand behind, and are nothing.
fn end(segment: &[u8], own: u64) -> usize {
    let mut end = SEGMENT_HEADER;
    while let Some(header) = whole(segment, own, end) {
        end = header.body.1;
    }
    end
}

fn whole(segment: &[u8], own: u64, at: usize) -> Option<Header> {
    Header::at(segment, at).filter(|header| header.segment == own && header.fits(segment, at))
}

/// Whether there are whole messages of this segment behind one that is not.
pub(super) fn is_broken(segment: &[u8], own: u64) -> bool {
    (end(segment, own)..segment.len()).any(|at| whole(segment, own, at).is_some())
}

/// Whether messages of this segment, whole or damaged, end behind a place in it.
pub(super) fn reach_behind(segment: &[u8], own: u64, place: usize) -> bool {
    let end = end(segment, own);
    let damaged = Header::at(segment, end).is_some_and(|header| header.segment == own);
    (end > SEGMENT_HEADER && end > place) || damaged || is_broken(segment, own)
}

/// A number as the engine writes it, and how many bytes that takes.
pub(crate) fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let long = |len: usize| {
        let mut wide = [0; 8];
        wide[..len].copy_from_slice(bytes.get(1..=len)?);
        Some((u64::from_le_bytes(wide), 1 + len))
    };
    match *bytes {
        [a @ 0..=240, ..] => Some((u64::from(a), 1)),
        [a @ 241..=248, b, ..] => Some((240 + (u64::from(a) - 241) * 256 + u64::from(b), 2)),
        [249, a, b, ..] => Some((2_288 + u64::from(a) * 256 + u64::from(b), 3)),
        [a @ 250..=255, ..] => long(usize::from(a) - 247),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(segment: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 0, 0, 2, u8::try_from(body.len()).unwrap(), segment, 7];
        bytes.extend_from_slice(body);
        let mut sum = crc32fast::Hasher::new();
        sum.update(body);
        sum.update(&bytes[4..8]);
        let sum = sum.finalize() ^ u32::MAX;
        bytes[..4].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    fn segment(messages: &[Vec<u8>]) -> Vec<u8> {
        [vec![0; SEGMENT_HEADER], messages.concat(), vec![0; 50]].concat()
    }

    #[test]
    fn only_messages_of_the_segment_itself_count() {
        let own = [message(9, b"one"), message(9, b"two")];
        let ends = SEGMENT_HEADER + own.concat().len();
        let used_again =
            segment(&[own.to_vec(), vec![message(4, b"before"), message(4, b"as well")]].concat());
        assert!(!reach_behind(&used_again, 9, ends), "what it had before");
        assert!(reach_behind(&used_again, 9, ends - 1), "its last one");
        assert!(reach_behind(&used_again, 9, 0));
        let mut cut = used_again.clone();
        cut[SEGMENT_HEADER + 1] ^= 1;
        assert!(reach_behind(&cut, 9, SEGMENT_HEADER), "a damaged one, and one behind it");
        assert!(is_broken(&cut, 9) && !is_broken(&used_again, 9));
        cut = segment(&[message(9, b"one"), message(9, b"spoilt")]);
        let last = ends - 3 - BEGINS;
        cut[ends] ^= 1;
        assert!(reach_behind(&cut, 9, last) && !is_broken(&cut, 9), "the last one is damaged");
        assert!(!reach_behind(&segment(&[]), 9, 0));
        assert!(!reach_behind(&[1, 2, 3], 9, 0));
    }

    #[test]
    fn numbers_are_read_as_the_engine_writes_them() {
        let read = [
            (&[0][..], Some((0, 1))),
            (&[240], Some((240, 1))),
            (&[241, 0], Some((240, 2))),
            (&[248, 255], Some((2_287, 2))),
            (&[249, 0, 0], Some((2_288, 3))),
            (&[249, 255, 255], Some((67_823, 3))),
            (&[250, 1, 2, 3], Some((0x03_0201, 4))),
            (&[255, 1, 0, 0, 0, 0, 0, 0, 9], Some(((9 << 56) + 1, 9))),
            (&[241], None),
            (&[255, 1, 0, 0, 0, 0, 0, 0], None),
            (&[], None),
        ];
        for (bytes, expected) in read {
            assert_eq!(number(bytes), expected, "{bytes:?}");
        }
    }
}
