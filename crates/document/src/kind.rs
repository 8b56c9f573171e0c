//! Kinds: which fields a document has, of which type. A kind is data, read from YAML.
//!
//! A kind never limits what a document may hold: a field written under a newer kind is kept and
//! shown as it is. It limits what this program writes.

mod definition;
mod field;
mod labels;
mod list;
mod reference;

pub use definition::KindError;
pub use field::{Axis, Code, Field, FieldType, Parts, Rules, Scalar};
pub use labels::{LANGUAGES, Labels};
pub use list::{CodeLists, ListError};
pub use reference::Target;

/// The register that every document has, whatever its kind: the name given when it was made.
pub const NAME_FIELD: &str = "name";

/// A schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Its short name, as used in commands.
    pub name: String,
    /// Grows whenever a field is added; older programs keep what they do not know.
    pub version: u32,
    /// What people call it.
    pub labels: Labels,
    /// Its fields, in the order in which people read them. [`NAME_FIELD`] comes first.
    pub fields: Vec<Field>,
}

impl Kind {
    /// Reads and checks a kind.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the place where it stands.
    pub fn from_yaml(yaml: &str) -> Result<Self, KindError> {
        definition::read(yaml, &CodeLists::default())
    }

    /// The same, with named lists of codes that its fields may name.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the place where it stands.
    pub fn from_yaml_with(yaml: &str, lists: &CodeLists) -> Result<Self, KindError> {
        definition::read(yaml, lists)
    }

    /// A kind as it is kept in a document: as JSON.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the place where it stands.
    pub fn from_json_with(json: &str, lists: &CodeLists) -> Result<Self, KindError> {
        definition::read_kept(json, lists)
    }

    /// The field of that name at the top of the document.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

#[cfg(test)]
mod tests;
