//! Single values: what people type, what is stored, what is shown.

mod amount;
mod canonical;
mod currency;
mod date;
mod error;
mod number;
mod scalar;
mod show;
mod similar;

pub use amount::Amount;
pub use canonical::canonical;
pub use currency::{currencies, exponent};
pub use error::ValueError;
pub(crate) use scalar::{coordinate, not_below_zero, parse};
pub(crate) use show::{present, row_words, words};
pub use similar::did_you_mean;
pub(crate) use similar::near_or_known;

pub(crate) use date::is_date;

#[cfg(test)]
mod tests;
