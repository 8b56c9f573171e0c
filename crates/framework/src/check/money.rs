//! Money: pools, gaps, doubles, rates.

use std::collections::BTreeMap;

use num_traits::Zero;

use super::{Found, Severity};
use crate::exact::{Exact, grouped};
use crate::message::{Arg, Message};
use crate::model::{Contribution, Framework};
use crate::report::{Cell, Report, Sources, report};

pub(super) fn check(framework: &Framework, found: &mut Found<'_>) {
    pools(framework, found);
    duplicates(framework, found);
    corrected_twice(framework, found);
    let frameworks = std::slice::from_ref(framework);
    let context = found.context;
    let sources = Sources { frameworks, requests: &[], rates: context.rates, today: context.today };
    gaps(&sources, found);
    if let Some(currency) = found.context.currency {
        for what in [Report::Budget, Report::Contributions] {
            for note in report(what, &[], Some(currency), &sources).notes {
                if note.id == "rate-missing" {
                    found.put(Severity::Error, "", note, None);
                }
            }
        }
    }
}

fn decimals(currency: &str) -> usize {
    accord_document::exponent(currency).unwrap_or(2) as usize
}

/// The pool is what was given to no activity. It may have spent no more than it received.
fn pools(framework: &Framework, found: &mut Found<'_>) {
    let mut pools: BTreeMap<&str, (Exact, Exact)> = BTreeMap::new();
    for row in framework.contributions.iter().filter(|row| row.activity.is_none() || row.kind == "pooled") {
        let Some((amount, currency)) = &row.amount else { continue };
        let (received, spent) = pools.entry(currency).or_insert_with(|| (Exact::zero(), Exact::zero()));
        match row.stage.as_str() {
            "received" => *received += amount,
            "spent" => *spent += amount,
            _ => {}
        }
    }
    for (currency, (received, spent)) in pools.into_iter().filter(|(_, (received, spent))| spent > received) {
        let message = Message::new("pool-overspent")
            .with("currency", currency)
            .with("received", Arg::Figure(grouped(&received, decimals(currency))))
            .with("spent", Arg::Figure(grouped(&spent, decimals(currency))));
        found.put(Severity::Error, "contributions", message, None);
    }
}

fn duplicates(framework: &Framework, found: &mut Found<'_>) {
    // Whatever the day: what stands under two ids is often dated differently. Stages are the same money going on.
    type Key<'a> = (String, &'a str, String, &'a str);
    let mut seen: BTreeMap<Key<'_>, &Contribution> = BTreeMap::new();
    for row in &framework.contributions {
        // Zeros say nothing twice.
        let Some((amount, currency)) = row.amount.as_ref().filter(|(amount, _)| !amount.is_zero()) else {
            continue;
        };
        let amount = crate::exact::plain(amount, decimals(currency));
        let key = (row.contributor.to_lowercase(), row.stage.as_str(), amount, currency.as_str());
        match seen.get(&key) {
            None => {
                seen.insert(key, row);
            }
            Some(first) => {
                let message = Message::new("duplicate-contribution")
                    .with("other", first.id.clone())
                    .with("contributor", row.contributor.clone())
                    .with("amount", format!("{currency} {}", key.2));
                found.warning(&format!("contributions.{}", row.id), message);
            }
        }
    }
}

fn corrected_twice(framework: &Framework, found: &mut Found<'_>) {
    let mut corrected: BTreeMap<&str, &str> = BTreeMap::new();
    for row in &framework.contributions {
        let Some(old) = &row.supersedes else { continue };
        if let Some(first) = corrected.insert(old, &row.id) {
            let message = Message::new("corrected-twice").with("path", old.as_str()).with("others", first);
            found.put(Severity::Error, &format!("contributions.{}", row.id), message, None);
        }
    }
}

/// Budget against commitments, in each currency. Open ones are not warned about: that is a range.
fn gaps(sources: &Sources<'_>, found: &mut Found<'_>) {
    for row in report(Report::Gaps, &[], None, sources).rows {
        let [Cell::Text(currency), _, committed, Cell::Money(gap, _)] = &row.cells[..] else { continue };
        if gap.open() {
            continue;
        }
        let id = if gap.min > Exact::zero() { "budget-above" } else { "budget-below" };
        let message = Message { id, args: Vec::new() }
            .with("currency", currency.as_str())
            .with(
                "committed",
                Some(committed.figure())
                    .filter(|figure| *figure != Arg::Figure(String::new()))
                    .unwrap_or_else(|| "0".into()),
            )
            .with(
                "gap",
                Arg::Figure(grouped(
                    &if gap.min > Exact::zero() { gap.min.clone() } else { -gap.min.clone() },
                    decimals(currency),
                )),
            );
        found.put(Severity::Warning, "contributions", message, None);
    }
}
