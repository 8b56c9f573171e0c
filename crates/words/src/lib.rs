//! What the program says to people, in their language.
//!
//! A sentence has an id, which is stable, and arguments. How it reads stands in `locales/`, one folder a language, in the
//! form of Fluent (projectfluent.org), so that plurals and the order of words are each language's own affair. English is
//! there for every id; what another language lacks is said in English.
//!
//! Who is spoken to is ambient ([`Speech`]): a process speaks the language of the person who started it
//! ([`speak`]), and what is done for somebody else speaks theirs meanwhile ([`within`], [`Spoken`]), as a node does for
//! each request. So a sentence is made where it is known, down to the errors of the document layer, and no function has
//! to hand a language through.

mod arg;
mod catalogue;
mod french;
mod help;
mod isolate;
mod labelled;
mod language;
mod number;
mod sentences;
mod speech;

pub use arg::Arg;
pub use catalogue::Catalogue;
pub use help::{help_in_french, helped};
pub use isolate::{isolated, turns};
pub use labelled::{colon, labelled, placeholder, semicolon, suggested};
pub use language::Language;
pub use number::number;
pub use sentences::{Told, hint, say};
pub use speech::{Speech, Spoken, current, speak, within};

/// A sentence with its arguments: `say!("saved", name, count = 3)`. An argument without a value is the variable of that
/// name.
#[macro_export]
macro_rules! say {
    ($id:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::say($id, &[$((stringify!($name), $crate::argument!($name $(= $value)?))),*])
    };
}

/// What to do about it, as the sentence of that id says: none where it says nothing.
#[macro_export]
macro_rules! hint {
    ($id:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::hint($id, &[$((stringify!($name), $crate::argument!($name $(= $value)?))),*])
    };
}

/// What is wrong, as the sentence of that id says, with what it says to do: for the errors of libraries.
#[macro_export]
macro_rules! told {
    ($id:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        let arguments = [$((stringify!($name), $crate::argument!($name $(= $value)?))),*];
        $crate::Told { message: $crate::say($id, &arguments), hint: $crate::hint($id, &arguments) }
    }};
}

/// The problem that a sentence tells of, with what it says to do: for crates that know `accord_core`.
#[macro_export]
macro_rules! problem {
    ($id:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        let arguments = [$((stringify!($name), $crate::argument!($name $(= $value)?))),*];
        ::accord_core::api::Problem::said($id, $crate::say($id, &arguments), $crate::hint($id, &arguments))
    }};
}

/// The value of an argument: what is given, or the variable of its name.
#[doc(hidden)]
#[macro_export]
macro_rules! argument {
    ($name:ident = $value:expr) => {
        $crate::Arg::from($value)
    };
    ($name:ident) => {
        $crate::Arg::from(&$name)
    };
}
