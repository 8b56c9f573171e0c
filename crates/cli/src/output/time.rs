//! Times, as people say them and as UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use accord_words::say;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Seconds since 1970, by this computer's clock.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// How long ago, or in how long: `2 min ago`, `in 7 days`.
pub(crate) fn ago(time: i64, now: i64) -> String {
    let distance = now.saturating_sub(time);
    let length = distance.saturating_abs();
    // What lies ahead is said in the nearest whole number: a week that began a second ago is not six days.
    let whole = |unit: i64| if distance < 0 { length.saturating_add(unit / 2) / unit } else { length / unit };
    let words = match length {
        0..10 if distance >= 0 => return say!("just-now"),
        0..MINUTE => say!("span-seconds", count = length),
        MINUTE..HOUR => say!("span-minutes", count = whole(MINUTE)),
        HOUR..DAY => say!("span-hours", count = whole(HOUR)),
        _ => say!("span-days", count = whole(DAY)),
    };
    if distance < 0 { say!("time-until", span = words) } else { say!("time-ago", span = words) }
}

/// `2026-11-23T19:31:00Z`. A time that no calendar has, as a wrong clock may claim, is shown as its seconds.
pub(crate) fn iso(time: i64) -> String {
    let (days, seconds) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    // The year 0 to the year 9999.
    if !(-719_528..2_932_897).contains(&days) {
        return format!("{time} s");
    }
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date of a day counted from 1970-01-01. Years are counted from March, so that the leap day comes last, in eras of
/// 400 years, which all have the same number of days (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_times_are_right() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_795_462_260), "2026-11-23T19:31:00Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59Z");
        assert_eq!(iso(i64::MAX), format!("{} s", i64::MAX));
    }

    #[test]
    fn distances_are_said_as_people_do() {
        for (time, words) in [
            (1000, "just now"),
            (955, "45 s ago"),
            (700, "5 min ago"),
            (1000 - 7200, "2 h ago"),
            (1000 - 90_000, "1 day ago"),
            (1000 + 604_800, "in 7 days"),
            (1000 + 604_797, "in 7 days"),
            (1003, "in 3 s"),
        ] {
            assert_eq!(ago(time, 1000), words);
        }
    }

    proptest! {
        /// The next day is the next date: days go up by one, or a month or year begins.
        #[test]
        fn days_follow_each_other(day in -719_528_i64..2_932_896) {
            let ((y, m, d), (y2, m2, d2)) = (civil(day), civil(day + 1));
            let next = (y2, m2, d2) == (y, m, d + 1)
                || (y2, m2, d2) == (y, m + 1, 1) && d >= 28
                || (y2, m2, d2) == (y + 1, 1, 1) && (m, d) == (12, 31);
            prop_assert!(next, "{:?} {:?}", (y, m, d), (y2, m2, d2));
        }

        #[test]
        fn no_claimed_time_breaks_anything(time: i64, now: i64) {
            prop_assert!(!ago(time, now).is_empty());
            prop_assert!(!iso(time).is_empty());
        }
    }
}
