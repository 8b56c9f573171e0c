//! Numbers for people.

use crate::{Language, current};

/// A number that is written in the English form, such as `1,234.50`, in the form of whoever is spoken to. What programs
/// read is never written like this.
#[must_use]
pub fn number(english: &str) -> String {
    match current().language {
        Language::English => english.to_owned(),
        Language::French => crate::french::number(english),
    }
}
