//! The programme's rates, and requests for support.

use serde_json::Value;

use super::{rows, string};
use crate::exact::{Exact, day_number};
use crate::held::{Held, line, number, text};
use num_traits::Signed;

/// One unit of `from` is `rate` units of `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// ISO 4217.
    pub from: String,
    /// ISO 4217.
    pub to: String,
    /// From which day on.
    pub date: String,
    /// How many.
    pub rate: Exact,
}

/// The rates of a programme document that no other row supersedes; what is not a rate is left out.
#[must_use]
pub fn rates(view: &Value) -> Vec<Rate> {
    rows(view, "rates")
        .into_iter()
        .filter_map(|row| {
            let rate = row.get("rate").and_then(number).filter(Signed::is_positive)?;
            let date = string(row, "date").to_owned();
            day_number(&date)?;
            Some(Rate { from: string(row, "from").to_owned(), to: string(row, "to").to_owned(), date, rate })
        })
        .collect()
}

/// A request for support.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The document's name.
    pub name: String,
    /// Who asks.
    pub from: String,
    /// ISO code.
    pub country: Held<String>,
    /// When.
    pub date: String,
    /// A code.
    pub status: Held<String>,
    /// An organisation.
    pub handled_by: Held<String>,
    /// In the first language there is.
    pub title: String,
}

/// Reads the view of a request document.
#[must_use]
pub fn request(view: &Value) -> Request {
    let get = |name: &str| view.get(name);
    let plain = |name: &str| Held::read(get(name), text).settled().cloned().unwrap_or_default();
    Request {
        name: plain("name"),
        from: plain("from"),
        country: Held::read(get("country"), text),
        date: plain("date"),
        status: Held::read(get("status"), text),
        handled_by: Held::read(get("handled_by"), text),
        title: line(get("title")),
    }
}

impl Request {
    /// Days without an answer, if it waits for one.
    #[must_use]
    pub fn waiting(&self, today: &str) -> Option<i64> {
        let answered = ["accepted", "declined", "referred"];
        if self.status.settled().is_some_and(|status| answered.contains(&status.as_str())) {
            return None;
        }
        Some(day_number(today)? - day_number(&self.date)?)
    }
}
