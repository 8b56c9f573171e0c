//! Colour, where there is a terminal that shows it. It only repeats what the words say. What is painted is marked here, and
//! coloured when it is written.

use std::io::IsTerminal;

use super::clean::{END, MARK};
use crate::arguments::Color;

/// Paints text or leaves it as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    /// For a stream, by the rules of no-color.org.
    pub(crate) fn choose(color: Color, stream: &impl IsTerminal) -> Self {
        Self(match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let unable = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
                !unwanted && !unable && stream.is_terminal()
            }
        })
    }

    /// None at all.
    pub(crate) fn plain() -> Self {
        Self(false)
    }

    #[cfg(test)]
    pub(crate) fn always() -> Self {
        Self(true)
    }

    /// Whether it paints at all.
    pub(crate) fn is_on(self) -> bool {
        self.0
    }

    pub(crate) fn strong(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn faint(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub(crate) fn attention(self, text: &str) -> String {
        self.wrap("1;33", text)
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("{MARK}{code}{END}{text}{MARK}0{END}", MARK = *MARK) } else { text.to_owned() }
    }
}
