//! The clock. It is only ever shown, or decides about tickets: nothing in the programme depends on it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970; 0 for a clock that is set before.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The day of a time, in UTC: `2013-06-30`. Years are counted from March, in eras of 400 years, which all have the same
/// number of days (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn day(time: u64) -> String {
    let shifted = time / 86_400 + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[test]
fn known_days_are_right() {
    assert_eq!(day(0), "1970-01-01");
    assert_eq!(day(951_868_799), "2000-02-29");
    assert_eq!(day(1_795_462_260), "2026-11-23");
}
