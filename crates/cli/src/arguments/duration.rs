//! Spans of time as people write them.

use accord_words::say;

/// Reads `30m`, `12h`, `7d` or `2w` as seconds.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    let unknown = || say!("duration-form");
    let unit = text.chars().last().ok_or_else(unknown)?;
    let factor = match unit {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(unknown()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| unknown())?;
    match number.checked_mul(factor) {
        Some(0) => Err(say!("duration-none")),
        Some(seconds) if seconds <= 366 * 86_400 => Ok(seconds),
        _ => Err(say!("duration-long")),
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn units_are_understood() {
        assert_eq!(seconds("7d"), Ok(604_800));
        assert_eq!(seconds("90m"), Ok(5_400));
        assert_eq!(seconds("2w"), Ok(1_209_600));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "d", "7", "7 d", "-1d", "0h", "600d", "99999999999999999999d", "7é"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
