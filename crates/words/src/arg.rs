//! Arguments of sentences.

/// An argument of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Words.
    Text(String),
    /// A number, on which a plural may depend.
    Number(i64),
    /// An amount in the English form, such as `EUR 1,234.50`: said in the form of the language, and to programs as it is.
    Figure(String),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What is only lent: most arguments belong to somebody else.
impl<T: Clone> From<&T> for Arg
where
    Arg: From<T>,
{
    fn from(lent: &T) -> Self {
        Self::from(lent.clone())
    }
}

/// A number of any type; one beyond the bounds of the type, which nothing reaches that is counted, is said as the bound.
macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Arg {
            fn from(number: $number) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )*};
}
numbers!(i32, i64, u8, u32, u64, usize);
