//! Numbers as people of several countries write them: `120,000.50`, `120 000,50`, `120.000,50`.

use accord_words::{Arg, told};

use super::ValueError;

/// A number taken apart: digits before and after the decimal sign.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) negative: bool,
    pub(super) whole: String,
    pub(super) fraction: String,
}

/// Reads a number with at most `decimals` decimals. Where one separator could stand for thousands or
/// for decimals, nothing is guessed: `1,234` is a thousand and something in euros, and refused in
/// dinars, which have three decimals.
pub(super) fn read(typed: &str, decimals: Option<u32>) -> Result<Decimal, ValueError> {
    let not_a_number = || not_a_number(typed);
    let western: String = typed.trim().chars().map(western).collect();
    let (negative, body) = match western.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, western.as_str()),
    };
    if !body.starts_with(|c: char| c.is_ascii_digit()) || !body.ends_with(|c: char| c.is_ascii_digit()) {
        return Err(not_a_number());
    }
    if !body.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | ',' | '.')) {
        return Err(not_a_number());
    }
    let last = body.rfind([',', '.']);
    let decimal_at = match last {
        None => None,
        Some(at) => {
            let sign = &body[at..=at];
            let other = if sign == "," { "." } else { "," };
            let after = body.len() - at - 1;
            let head = &body[..at];
            let grouped = head.contains(other) || head.contains(' ');
            if head.contains(sign) {
                if grouped {
                    return Err(not_a_number());
                }
                None
            } else if grouped || after != 3 || head.len() > 3 || head == "0" {
                Some(at)
            } else if decimals.is_none_or(|d| d >= 3) {
                let one = body.replacen([',', '.'], "", 1);
                let other = Arg::Figure(clear_form(head, &body[at + 1..]));
                return Err(told!("value-two-ways", typed = typed, one, other = other).into());
            } else {
                None
            }
        }
    };
    let (head, fraction) = match decimal_at {
        Some(at) => (&body[..at], &body[at + 1..]),
        None => (body, ""),
    };
    let groups: Vec<&str> = head.split([' ', ',', '.']).collect();
    let separators: std::collections::BTreeSet<char> = head.chars().filter(|c| !c.is_ascii_digit()).collect();
    let well_grouped = groups.len() == 1
        || (separators.len() == 1
            && (1..=3).contains(&groups[0].len())
            && groups[1..].iter().all(|g| g.len() == 3));
    if !well_grouped || fraction.contains(' ') {
        return Err(not_a_number());
    }
    if let Some(limit) = decimals
        && fraction.trim_end_matches('0').len() > limit as usize
    {
        return Err(told!("value-too-many-decimals", typed = typed, limit = limit).into());
    }
    let whole: String = groups.concat();
    let whole = whole.trim_start_matches('0');
    Ok(Decimal {
        negative,
        whole: if whole.is_empty() { "0".to_owned() } else { whole.to_owned() },
        fraction: fraction.trim_end_matches('0').to_owned(),
    })
}

pub(super) fn not_a_number(typed: &str) -> ValueError {
    told!("value-no-number", typed = typed).into()
}

/// The reading with a decimal sign, written so that it cannot be misread: never with three decimals,
/// and with a zero too many only where nothing else says it.
fn clear_form(whole: &str, fraction: &str) -> String {
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        all if all.len() == 3 => format!("{whole}.{all}0"),
        short => format!("{whole}.{short}"),
    }
}

/// Arabic-Indic digits and signs, and the many spaces, in the form that the rest understands.
fn western(c: char) -> char {
    match c {
        '٠'..='٩' => char::from_digit(c as u32 - '٠' as u32, 10).unwrap_or(c),
        // The eastern form of the same digits.
        '۰'..='۹' => char::from_digit(c as u32 - '۰' as u32, 10).unwrap_or(c),
        '٫' => '.',
        '٬' => ',',
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' | '_' => ' ',
        other => other,
    }
}
