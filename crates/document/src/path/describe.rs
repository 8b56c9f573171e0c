//! From a key back to words.

use super::{label_of, paragraphs};
use crate::kind::{Axis, Field, FieldType, Kind, Scalar};
use crate::layout::{CHOICE, FORMAT_KEY, KIND_KEY, ORDER, RETIRED, SETTLED, key};
use crate::snapshot::Snapshot;

/// What a key means to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) path: String,
    pub(crate) label: String,
    pub(crate) scalar: Option<Scalar>,
    /// The label says the currency already.
    pub(crate) bare: bool,
    pub(crate) role: Role,
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

pub(crate) fn describe(kind: &Kind, snapshot: &Snapshot, full: &str) -> Described {
    let parts: Vec<&str> = full.split('/').collect();
    if full == FORMAT_KEY || full == KIND_KEY {
        return plain(full, full, Role::Hidden);
    }
    let Some(field) = kind.field(parts[0]) else { return plain(full, full, Role::Value) };
    match (&field.ty, &parts[1..]) {
        (FieldType::Set(fields), [id, rest @ ..]) => item(snapshot, field, fields, id, rest),
        (FieldType::Rows(_), [id]) => {
            let mut row = plain(full, &format!("row {id} of {}", field.labels.en()), Role::Row);
            row.path = full.replace('/', ".");
            row
        }
        (FieldType::Rows(_), [_, SETTLED, _]) => plain(full, full, Role::Hidden),
        (_, rest) => inner(snapshot, field, "", "", rest),
    }
}

fn plain(full: &str, label: &str, role: Role) -> Described {
    Described { path: full.replace('/', "."), label: label.to_owned(), scalar: None, bare: false, role }
}

fn item(snapshot: &Snapshot, set: &Field, fields: &[Field], id: &str, rest: &[&str]) -> Described {
    let (code, shared) = label_of(snapshot, &set.name, id);
    let label = if shared { format!("{code} ({})", &id[..id.len().min(6)]) } else { code.clone() };
    let path = format!("{}.{}", set.name, if shared { id } else { &code });
    let own = |suffix: &str, role| Described {
        path: format!("{path}{suffix}"),
        label: label.clone(),
        scalar: None,
        bare: false,
        role,
    };
    match rest {
        [] => own(".code", Role::Item),
        [RETIRED] => own(".retired", Role::Retired),
        [name, rest @ ..] => match fields.iter().find(|field| field.name == *name) {
            Some(field) => {
                let at = key(&[&set.name, id]);
                let mut inside = inner(snapshot, field, &path, &at, rest);
                inside.label = format!("{} of {label}", inside.label);
                inside
            }
            None => {
                let mut unknown = own(&format!(".{name}"), Role::Value);
                unknown.label = format!("{name} of {label}");
                unknown
            }
        },
    }
}

fn inner(snapshot: &Snapshot, field: &Field, path: &str, at: &str, rest: &[&str]) -> Described {
    let prefix = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
    let at = if at.is_empty() { field.name.clone() } else { key(&[at, &field.name]) };
    let mut path = prefix;
    let mut label = field.labels.en().to_owned();
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
                Some(n) => format!("{label} ({language}), paragraph {n}"),
                None => format!("{label} ({language}), a paragraph taken out"),
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
    Described { path, label, scalar, bare, role }
}
