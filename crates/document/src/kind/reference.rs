//! What a reference points to.

/// The thing that a reference names, as `of` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// An organisation of the programme.
    Organisation,
    /// A document, of that kind if one is named.
    Document(Option<&'a str>),
    /// An item of a set of this document, by its code or id.
    Item(&'a str),
    /// Something outside the programme, or a free name.
    Name,
}

impl<'a> Target<'a> {
    /// Reads `of`: `organisation`, `document`, `document KIND`, `name`; anything else is a set.
    #[must_use]
    pub fn read(of: &'a str) -> Self {
        match of {
            "organisation" => Self::Organisation,
            "document" => Self::Document(None),
            "" | "name" => Self::Name,
            _ => match of.strip_prefix("document ") {
                Some(kind) => Self::Document(Some(kind.trim())),
                None => Self::Item(of),
            },
        }
    }
}
