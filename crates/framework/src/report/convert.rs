//! Conversion by the programme's own rates, and by no others.

use num_traits::One;

use super::Sources;
use crate::exact::Exact;
use crate::message::Message;

/// The rates that may apply to an amount: several, if rows of one pair and day disagree.
///
/// The latest on or before the day counts; a pair may be used the other way round.
pub(super) fn rates(
    from: &str,
    to: Option<&str>,
    day: &str,
    sources: &Sources<'_>,
) -> Result<Vec<Exact>, Message> {
    let Some(to) = to.filter(|to| *to != from) else { return Ok(vec![Exact::one()]) };
    let known: Vec<(&str, Exact)> = sources
        .rates
        .iter()
        .filter(|rate| rate.date.as_str() <= day)
        .filter_map(|rate| match (rate.from == from && rate.to == to, rate.from == to && rate.to == from) {
            (true, _) => Some((rate.date.as_str(), rate.rate.clone())),
            (_, true) => Some((rate.date.as_str(), rate.rate.recip())),
            _ => None,
        })
        .collect();
    let Some(latest) = known.iter().map(|(date, _)| *date).max() else {
        return Err(Message::new("rate-missing").with("from", from).with("to", to).with("date", day));
    };
    let mut rates: Vec<Exact> =
        known.into_iter().filter(|(date, _)| *date == latest).map(|(_, r)| r).collect();
    rates.sort();
    rates.dedup();
    Ok(rates)
}

/// The decimals of a currency, for showing an amount.
pub(super) fn decimals(currency: &str) -> usize {
    accord_document::exponent(currency).unwrap_or(2) as usize
}
