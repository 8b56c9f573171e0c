//! Money: whole minor units of a currency, never a float.

use accord_words::{say, told};
use serde_json::{Value, json};

use super::{ValueError, currencies, did_you_mean, exponent, number};

/// What every JSON reader keeps exactly.
const MAX_MINOR: i64 = 9_007_199_254_740_991;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// In the currency's smallest unit: cents of a euro, millimes of a dinar.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

impl Amount {
    /// Reads `120,000 EUR`, `EUR 120000.50`, `120 000 €`, or a bare number where the place says the currency.
    ///
    /// # Errors
    /// What is not an amount, has no or another currency, or can be read in two ways.
    pub fn parse(typed: &str, currency: Option<&str>) -> Result<Self, ValueError> {
        // The one sign that names a single currency everywhere; `$` and `DT` do not.
        let spelled = typed.replace('€', " EUR ");
        let typed = typed.trim();
        let letters: String =
            spelled.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_uppercase();
        let bare = spelled.trim_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
        if bare.contains(|c: char| c.is_ascii_alphabetic()) {
            // Letters among the digits are no currency, as in `1e5`.
            return Err(number::not_a_number(typed));
        }
        let currency = match (letters.as_str(), currency) {
            ("", Some(given)) => given.to_owned(),
            ("", None) => {
                return Err(told!("value-no-currency", typed = typed).into());
            }
            (written, Some(given)) if written != given => {
                return Err(
                    told!("value-other-currency", typed = typed, written = written, given = given).into()
                );
            }
            (written, _) => written.to_owned(),
        };
        let Some(decimals) = exponent(&currency) else {
            let mut told = told!("value-unknown-currency", currency);
            if let Some(near) = did_you_mean(&currency, currencies()) {
                told.hint = Some(say!("value-near-currency", near = near));
            }
            return Err(told.into());
        };
        let number = number::read(bare, Some(decimals))?;
        let digits = format!("{}{:0<width$}", number.whole, number.fraction, width = decimals as usize);
        let minor = digits
            .parse::<i64>()
            .ok()
            .filter(|minor| *minor <= MAX_MINOR)
            .ok_or_else(|| told!("value-too-large", typed = typed))?;
        Ok(Self { minor: if number.negative { -minor } else { minor }, currency })
    }

    /// As stored in a register.
    #[must_use]
    pub fn to_stored(&self) -> Value {
        json!({ "currency": self.currency, "minor": self.minor })
    }

    /// From a register; `None` if it holds something else.
    #[must_use]
    pub fn from_stored(value: &Value) -> Option<Self> {
        let currency = value.get("currency")?.as_str()?;
        exponent(currency)?;
        Some(Self { minor: value.get("minor")?.as_i64()?, currency: currency.to_owned() })
    }

    /// `120000.00`: every decimal, no grouping, for programs.
    #[must_use]
    pub fn plain(&self) -> String {
        let (whole, fraction) = self.parts();
        if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
    }

    /// As written for a person to change: with all decimals where a comma could be taken for their sign.
    pub(crate) fn editable(&self) -> String {
        let (_, fraction) = self.parts();
        let grouped = self.grouped();
        if fraction.len() < 3 || grouped.contains('.') { grouped } else { format!("{grouped}.{fraction}") }
    }

    /// `120,000` or `120,000.50` for people, in the form of the language of whoever is spoken to.
    #[must_use]
    pub fn shown(&self) -> String {
        accord_words::number(&self.grouped())
    }

    /// `120,000` or `120,000.50`, in every language.
    #[must_use]
    pub fn grouped(&self) -> String {
        let (whole, fraction) = self.parts();
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole.as_str()), |d| ("-", d));
        let mut out = String::from(sign);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        if fraction.bytes().any(|b| b != b'0') {
            out.push('.');
            out.push_str(&fraction);
        }
        out
    }

    fn parts(&self) -> (String, String) {
        let decimals = exponent(&self.currency).unwrap_or(2) as usize;
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let sign = if self.minor < 0 { "-" } else { "" };
        (format!("{sign}{whole}"), fraction.to_owned())
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.shown(), self.currency)
    }
}
