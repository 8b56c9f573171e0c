//! From a key back to words.

use accord_words::say;

use super::{label_of, paragraphs};
use crate::kind::{Axis, Field, FieldType, Kind, Scalar};
use crate::layout::{CHOICE, FORMAT_KEY, KIND_KEY, ORDER, RETIRED, SETTLED, key};
use crate::snapshot::Snapshot;

/// What a key means to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described<'k> {
    pub(crate) path: String,
    pub(crate) label: String,
    pub(crate) scalar: Option<Scalar>,
    /// The label says the currency already.
    pub(crate) bare: bool,
    pub(crate) role: Role,
    /// The fields of a row.
    pub(crate) fields: &'k [Field],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Value,
    Paragraph,
    /// An item's code: its being there at all.
    Item,
    Retired,
    Row,
    /// A code of a list of codes.
    Member,
    /// What people need not see: order and the like.
    Hidden,
}

pub(crate) fn describe<'k>(kind: &'k Kind, snapshot: &Snapshot, full: &str) -> Described<'k> {
    let parts: Vec<&str> = full.split('/').collect();
    if full == FORMAT_KEY || full == KIND_KEY {
        return plain(full, full, Role::Hidden);
    }
    let Some(field) = kind.field(parts[0]) else { return plain(full, full, Role::Value) };
    match (&field.ty, &parts[1..]) {
        (FieldType::Set(fields), [id, rest @ ..]) => item(snapshot, field, fields, id, rest),
        (FieldType::Rows(fields), [id]) => {
            let label = say!("label-row", id, list = field.labels.said());
            let mut row = Described { fields, ..plain(full, &label, Role::Row) };
            row.path = full.replace('/', ".");
            row
        }
        (FieldType::Rows(_), [_, SETTLED, _]) => plain(full, full, Role::Hidden),
        (_, rest) => inner(snapshot, field, "", "", rest),
    }
}

fn plain(full: &str, label: &str, role: Role) -> Described<'static> {
    Described {
        path: full.replace('/', "."),
        label: label.to_owned(),
        scalar: None,
        bare: false,
        role,
        fields: &[],
    }
}

fn item(snapshot: &Snapshot, set: &Field, fields: &[Field], id: &str, rest: &[&str]) -> Described<'static> {
    let (code, shared) = label_of(snapshot, &set.name, id);
    let label = if shared { format!("{code} ({})", &id[..id.len().min(6)]) } else { code.clone() };
    let path = format!("{}.{}", set.name, if shared { id } else { &code });
    let own = |suffix: &str, role| Described {
        path: format!("{path}{suffix}"),
        label: label.clone(),
        scalar: None,
        bare: false,
        role,
        fields: &[],
    };
    match rest {
        [] => own(".code", Role::Item),
        [RETIRED] => own(".retired", Role::Retired),
        [name, rest @ ..] => match fields.iter().find(|field| field.name == *name) {
            Some(field) => {
                let at = key(&[&set.name, id]);
                let mut inside = inner(snapshot, field, &path, &at, rest);
                inside.label = say!("label-of", label = inside.label, item = label);
                inside
            }
            None => {
                let mut unknown = own(&format!(".{name}"), Role::Value);
                unknown.label = say!("label-of", label = *name, item = label);
                unknown
            }
        },
    }
}

fn inner(snapshot: &Snapshot, field: &Field, path: &str, at: &str, rest: &[&str]) -> Described<'static> {
    let prefix = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
    let at = if at.is_empty() { field.name.clone() } else { key(&[at, &field.name]) };
    let mut path = prefix;
    let mut label = field.labels.said().to_owned();
    let (mut scalar, mut bare, mut role) = (None, false, Role::Value);
    match (&field.ty, rest) {
        (FieldType::Register(s), []) => scalar = Some(s.clone()),
        (FieldType::Text, [language, id, own @ ..]) => {
            let paragraph = key(&[&at, language, id]);
            let standing = paragraphs(snapshot, &key(&[&at, language]));
            let number = standing.iter().position(|p| *p == paragraph).map(|n| (n + 1).to_string());
            path = format!("{path}.{language}.{}", number.as_deref().unwrap_or(id));
            label = match number {
                Some(_) if standing.len() == 1 => format!("{label} ({language})"),
                Some(number) => say!("label-paragraph", label, language, number),
                None => say!("label-paragraph-out", label, language),
            };
            role = match own {
                [] => Role::Paragraph,
                [RETIRED] => Role::Retired,
                [ORDER | CHOICE] | [SETTLED, _] => Role::Hidden,
                _ => Role::Value,
            };
            if role == Role::Retired {
                path.push_str(".retired");
            }
        }
        (FieldType::Table(axes, s), coordinates) => {
            scalar = Some(s.clone());
            bare = axes.contains(&Axis::Currency);
            for part in coordinates {
                path = format!("{path}.{part}");
                label = format!("{label} {part}");
            }
        }
        (FieldType::Codes(_), [code]) => {
            role = Role::Member;
            path = format!("{path}.{code}");
            label = format!("{label}: {code}");
        }
        (_, rest) => {
            for part in rest {
                path = format!("{path}.{part}");
                label = format!("{label} {part}");
            }
        }
    }
    Described { path, label, scalar, bare, role, fields: &[] }
}
