//! Exact numbers. Money is never a float here: a share of a converted amount is a fraction, and is
//! rounded only where it is shown.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// A fraction.
pub type Exact = BigRational;

/// Longer numbers are nobody's money.
const MAX_DIGITS: usize = 40;

/// Reads a plain decimal number as documents store it: `-1234.5`. No grouping, no other signs.
#[must_use]
pub fn decimal(text: &str) -> Option<Exact> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let good = !whole.is_empty()
        && digits.len() <= MAX_DIGITS
        && !digits.ends_with('.')
        && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
    if !good {
        return None;
    }
    let numerator: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let value = Exact::new(numerator, ten_to(fraction.len()));
    Some(if text.starts_with('-') { -value } else { value })
}

fn ten_to(power: usize) -> BigInt {
    BigInt::from(10).pow(u32::try_from(power).unwrap_or(u32::MAX).min(64))
}

/// With that many decimals, rounded half away from zero: `1234.50`.
#[must_use]
pub fn plain(value: &Exact, decimals: usize) -> String {
    let scaled = (value.abs() * Exact::from(ten_to(decimals))).round().to_integer();
    let digits = format!("{scaled:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if value.is_negative() && !scaled.is_zero() { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// For people: thousands apart, and no decimals where they are all zero, in the English form.
#[must_use]
pub fn grouped(value: &Exact, decimals: usize) -> String {
    let plain = plain(value, decimals);
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if fraction.bytes().any(|b| b != b'0') {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Days since 1970, of a day that is written `2013-01-31`.
#[must_use]
pub fn day_number(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let (year, month, day) =
        (year.parse::<i64>().ok()?, month.parse::<i64>().ok()?, day.parse::<i64>().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years that begin in March, so that the leap day is the last.
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * m + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written_exactly() {
        for (text, decimals) in [("0.1", 1), ("-1234.50", 2), ("45000.000", 3), ("7", 0)] {
            assert_eq!(plain(&decimal(text).unwrap(), decimals), text);
        }
        assert_eq!(plain(&(decimal("1").unwrap() / decimal("3").unwrap()), 2), "0.33");
        assert_eq!(plain(&decimal("0.005").unwrap(), 2), "0.01");
        assert_eq!(plain(&decimal("-0.001").unwrap(), 2), "0.00");
        assert_eq!(grouped(&decimal("1234567.50").unwrap(), 2), "1,234,567.50");
        for bad in ["", ".5", "5.", "1,000", "1e5", "--1", "٣"] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_are_counted() {
        assert_eq!(day_number("1970-01-01"), Some(0));
        assert_eq!(day_number("2013-03-01").unwrap() - day_number("2013-02-28").unwrap(), 1);
        assert_eq!(day_number("2012-03-01").unwrap() - day_number("2012-02-28").unwrap(), 2);
        assert_eq!(day_number("31/01/2013"), None);
    }
}
