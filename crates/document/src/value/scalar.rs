//! From what somebody typed to what is stored.

use accord_words::{say, told};
use serde_json::Value;

use super::{Amount, ValueError, currencies, did_you_mean, exponent, is_date, near_or_known, number};
use crate::kind::{Axis, Code, Scalar};
use crate::text::clean_line;

/// A hint that lists every currency helps nobody.
const MAX_LISTED: usize = 30;

/// Checks a typed value against its type. `currency` is what the place itself says, if it does.
/// `Null` and the empty text clear a value.
pub(crate) fn parse(scalar: &Scalar, typed: &Value, currency: Option<&str>) -> Result<Value, ValueError> {
    let text = match typed {
        Value::Null => return Ok(Value::Null),
        Value::String(text) => clean_line(text)?,
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Object(map) if *scalar == Scalar::Amount => amount_object(map)?,
        _ => return Err(told!("value-single", type = scalar.said()).into()),
    };
    if text.is_empty() {
        return Ok(Value::Null);
    }
    match scalar {
        Scalar::String | Scalar::Reference(_) => Ok(Value::String(text)),
        Scalar::Integer => integer(&text),
        Scalar::Decimal => decimal(&text),
        Scalar::Date if is_date(&text) => Ok(Value::String(text)),
        Scalar::Date => Err(told!("value-no-day", text).into()),
        Scalar::Code(codes) => code(codes, &text).map(Value::String),
        Scalar::Bool => match text.to_lowercase().as_str() {
            "true" | "yes" | "oui" | "نعم" => Ok(Value::Bool(true)),
            "false" | "no" | "non" | "لا" => Ok(Value::Bool(false)),
            _ => Err(told!("value-neither", text).into()),
        },
        Scalar::Amount => Amount::parse(&text, currency).map(|amount| amount.to_stored()),
    }
}

/// Refuses an amount below zero where only what is planned or spent stands.
pub(crate) fn not_below_zero(stored: &Value) -> Result<(), ValueError> {
    match Amount::from_stored(stored).filter(|amount| amount.minor < 0) {
        Some(amount) => Err(told!("value-below-zero", amount = amount.to_string()).into()),
        None => Ok(()),
    }
}

/// `{"amount": "120000.00", "currency": "EUR"}`, the form in which views show amounts.
fn amount_object(map: &serde_json::Map<String, Value>) -> Result<String, ValueError> {
    let part = |key: &str| match map.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    match (part("amount"), part("currency")) {
        (Some(amount), Some(currency)) => Ok(format!("{amount} {currency}")),
        _ => Err(told!("value-amount-parts").into()),
    }
}

fn integer(text: &str) -> Result<Value, ValueError> {
    let read = number::read(text, Some(0))?;
    let sign = if read.negative { "-" } else { "" };
    format!("{sign}{}", read.whole)
        .parse::<i64>()
        .map(Value::from)
        .map_err(|_| told!("value-too-large", typed = text).into())
}

fn decimal(text: &str) -> Result<Value, ValueError> {
    let read = number::read(text, None)?;
    let zero = read.whole == "0" && read.fraction.is_empty();
    let sign = if read.negative && !zero { "-" } else { "" };
    let point = if read.fraction.is_empty() { "" } else { "." };
    Ok(Value::String(format!("{sign}{}{point}{}", read.whole, read.fraction)))
}

/// The code that was meant: as written, in other letters, or by its label in any language.
pub(crate) fn code(codes: &[Code], typed: &str) -> Result<String, ValueError> {
    let lower = typed.to_lowercase();
    let meant = codes.iter().find(|c| c.code == typed).or_else(|| {
        codes.iter().find(|c| {
            c.code.to_lowercase() == lower
                || crate::kind::LANGUAGES.iter().any(|l| c.labels.get(l).to_lowercase() == lower)
        })
    });
    if let Some(found) = meant {
        return Ok(found.code.clone());
    }
    let all: Vec<&str> = codes.iter().map(|c| c.code.as_str()).collect();
    let list = if all.len() > MAX_LISTED {
        say!("list-and-more", list = all[..MAX_LISTED].join(", "), count = all.len() - MAX_LISTED)
    } else {
        all.join(", ")
    };
    let hint = near_or_known(typed, &all, &list);
    Err(ValueError { message: say!("value-no-code", typed = typed), hint: Some(hint) })
}

/// Checks one coordinate of a table.
pub(crate) fn coordinate(axis: &Axis, typed: &str) -> Result<String, ValueError> {
    match axis {
        Axis::Year if typed.len() == 4 && typed.bytes().all(|b| b.is_ascii_digit()) => Ok(typed.to_owned()),
        Axis::Year => Err(told!("value-no-year", typed = typed).into()),
        Axis::Currency => {
            let upper = typed.to_uppercase();
            if exponent(&upper).is_some() {
                return Ok(upper);
            }
            let mut told = told!("value-unknown-currency", currency = typed);
            if let Some(near) = did_you_mean(&upper, currencies()) {
                told.hint = Some(say!("value-near-currency", near = near));
            }
            Err(told.into())
        }
        Axis::Code(codes) => code(codes, typed),
        Axis::Reference(_) => {
            let name = clean_line(typed)?;
            if name.is_empty() || name.contains(['.', '/']) || name.chars().count() > 120 {
                return Err(told!("value-unfit-name", name).into());
            }
            Ok(name)
        }
    }
}
