//! Times and sizes, and how they are written.

use std::time::Duration;

/// The middle one of these figures, and the one that nine of ten do not exceed.
pub(crate) fn middle_and_ninth(mut figures: Vec<f64>) -> (f64, f64) {
    figures.sort_by(f64::total_cmp);
    let at = |tenths: usize| figures.get(figures.len() * tenths / 10).copied().unwrap_or(f64::NAN);
    (at(5), at(9))
}

/// A time in the unit that reads best.
pub(crate) fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds => format!("{:.2} ms", seconds * 1000.0),
    }
}

/// A number with its thousands apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes as mebibytes.
pub(crate) fn mebibytes(bytes: u64) -> String {
    // A tenth of a mebibyte is as exact as a table needs.
    let tenths = bytes.saturating_mul(10) >> 20;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
