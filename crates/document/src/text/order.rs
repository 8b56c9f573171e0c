//! Keys that sort: between any two there is room for another.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `count` ascending keys between two others.
///
/// They share one random stem, so that paragraphs which two people add at one place stay together
/// by author and do not interleave.
pub(crate) fn keys_between(
    before: Option<&str>,
    after: Option<&str>,
    count: usize,
    random: &mut dyn FnMut(&mut [u8]),
) -> Vec<String> {
    let mut stem = between(before.unwrap_or(""), after);
    let mut noise = [0u8; 4];
    random(&mut noise);
    stem.extend(noise.iter().map(|b| digit(usize::from(*b))));
    (1..=count)
        .map(|n| {
            let number = [n / 3844, n / 62, n].map(digit);
            format!("{stem}{}", number.iter().collect::<String>())
        })
        .collect()
}

fn digit(n: usize) -> char {
    char::from(DIGITS[n % 62])
}

/// Somewhere in the middle. Keys that somebody else wrote may be anything, in any order: then the
/// result is a key all the same, only not between.
fn between(before: &str, after: Option<&str>) -> String {
    let value = |text: &str, i: usize| {
        text.as_bytes().get(i).map(|b| DIGITS.iter().position(|d| d == b).unwrap_or(0))
    };
    let mut bound = after.filter(|after| *after > before);
    let mut out = String::new();
    for i in 0.. {
        let low = value(before, i).unwrap_or(0);
        let high = match bound {
            Some(bound) => value(bound, i).unwrap_or(62),
            None => 62,
        };
        if high > low + 1 {
            out.push(digit(low.midpoint(high)));
            break;
        }
        out.push(digit(low));
        if high != low {
            bound = None;
        }
    }
    out
}
