//! Shares: parts in percent, one value as a whole.

use accord_words::{Arg, say, told};
use serde_json::{Map, Value};

use super::plan::Planner;
use crate::kind::{Parts, Scalar};
use crate::path::{Item, items, with_code};
use crate::value::{self, ValueError, near_or_known};

impl Planner<'_> {
    /// `{"P1": 60, "P2": 40}` or `P1 60, P2 40` in any of its spellings; the parts make 100.
    pub(super) fn shares(&self, parts: &Parts, value: &Value) -> Result<Value, ValueError> {
        let typed: Vec<(String, Value)> = match value {
            Value::Null => return Ok(Value::Null),
            Value::Object(map) => map.iter().map(|(code, part)| (code.clone(), part.clone())).collect(),
            Value::String(text) if text.trim().is_empty() => return Ok(Value::Null),
            Value::String(text) => read(text)?,
            _ => return Err(told!("value-shares").into()),
        };
        let mut shares = Map::new();
        let mut total = 0u64;
        for (code, part) in typed {
            let code = self.part_code(parts, &code)?;
            let (hundredths, stored) = percent(&part)?;
            total = total.saturating_add(hundredths);
            if hundredths > 0 && shares.insert(code.clone(), stored).is_some() {
                return Err(told!("value-part-twice", code).into());
            }
        }
        if total != 10_000 {
            let found = if total.is_multiple_of(100) {
                (total / 100).to_string()
            } else {
                format!("{}.{:02}", total / 100, total % 100)
            };
            return Err(told!("value-shares-sum", found = Arg::Figure(found)).into());
        }
        Ok(Value::Object(shares))
    }

    fn part_code(&self, parts: &Parts, typed: &str) -> Result<String, ValueError> {
        match parts {
            Parts::Codes(codes) => {
                let code = value::parse(&Scalar::Code(codes.clone()), &Value::from(typed), None)?;
                Ok(code.as_str().unwrap_or_default().to_owned())
            }
            Parts::Items(set) => {
                let standing = |item: &Item| !self.snapshot.retired(&item.key);
                let mut found = with_code(&self.snapshot, set, typed).filter(standing);
                if let Some(code) = found.next().and_then(|item| item.code) {
                    return Ok(code);
                }
                let all = items(&self.snapshot, set);
                let codes: Vec<String> = all.into_iter().filter(standing).filter_map(|i| i.code).collect();
                let list = codes.join(", ");
                let known: Vec<&str> = codes.iter().map(String::as_str).collect();
                let hint = near_or_known(typed, &known, &list);
                let message = say!("value-not-among", typed = typed, set = set);
                Err(ValueError { message, hint: Some(hint) })
            }
        }
    }
}

/// `P1 70, P2 30`, `P1: 70 %, P2: 30 %` or `P1=70 P2=30`: a part is words up to a number. With
/// semicolons between the parts, a comma is a decimal sign.
fn read(text: &str) -> Result<Vec<(String, Value)>, ValueError> {
    let parts: Vec<&str> =
        if text.contains(';') { text.split(';').collect() } else { text.split(',').collect() };
    let mut shares = Vec::new();
    for part in parts {
        let mut code: Vec<&str> = Vec::new();
        let words = part.split(|c: char| c.is_whitespace() || matches!(c, '=' | ':' | '%' | '٪'));
        for word in words.filter(|word| !word.is_empty()) {
            if !code.is_empty() && word.trim_start_matches('-').starts_with(char::is_numeric) {
                shares.push((code.join(" "), Value::from(word)));
                code.clear();
            } else {
                code.push(word);
            }
        }
        if !code.is_empty() || part.trim().is_empty() {
            let what = if code.is_empty() { text.trim().to_owned() } else { code.join(" ") };
            return Err(told!("value-no-percentage", what).into());
        }
    }
    Ok(shares)
}

/// In hundredths of a percent, and as stored: whole numbers as numbers, others as text and never as floats.
fn percent(part: &Value) -> Result<(u64, Value), ValueError> {
    let text = match part {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim_end_matches(['%', ' ']).to_owned(),
        _ => String::new(),
    };
    let wrong = || ValueError::from(told!("value-not-percent", text));
    let Value::String(number) = value::parse(&Scalar::Decimal, &Value::from(text.as_str()), None)? else {
        return Err(wrong());
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let hundredths: u64 = format!("{fraction:0<2}").parse().map_err(|_| wrong())?;
    if whole > 100 || fraction.len() > 2 {
        return Err(wrong());
    }
    let stored = if fraction.is_empty() { Value::from(whole) } else { Value::from(number) };
    Ok((whole * 100 + hundredths, stored))
}
