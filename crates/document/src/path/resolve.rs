//! From what somebody typed to a place.

use super::{PathError, Place, Target, find_item, named, paragraphs, row_ids};
use crate::kind::{Axis, Field, FieldType, Kind, LANGUAGES, Scalar};
use crate::layout::{RETIRED, key};
use crate::snapshot::Snapshot;
use crate::value::{self, coordinate};

/// Finds the place that a path names. Parts are separated by `.` or `/`.
pub(crate) fn resolve<'k>(kind: &'k Kind, snapshot: &Snapshot, path: &str) -> Result<Place<'k>, PathError> {
    let mut parts = path.split(['.', '/']).map(str::trim).filter(|part| !part.is_empty());
    let Some(first) = parts.next() else { return Err(PathError::Empty) };
    let rest: Vec<&str> = parts.collect();
    let walk = Walk { snapshot };
    match kind.field(first) {
        Some(field) => walk.field(field, "", "", &rest),
        None => walk.unknown(&kind.fields, "", first, &rest),
    }
}

struct Walk<'s> {
    snapshot: &'s Snapshot,
}

fn dotted(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

fn slashed(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { key(&[prefix, name]) }
}

impl Walk<'_> {
    fn field<'k>(
        &self,
        field: &'k Field,
        path: &str,
        at: &str,
        rest: &[&str],
    ) -> Result<Place<'k>, PathError> {
        let path = dotted(path, &field.name);
        let key = slashed(at, &field.name);
        match &field.ty {
            FieldType::Register(scalar) => leaf(
                path,
                rest,
                Target::Register { key, scalar: scalar.clone(), currency: None, from_zero: false },
            ),
            FieldType::Shares(parts) => leaf(path, rest, Target::Shares { key, parts }),
            FieldType::Text => self.text(path, key, rest),
            FieldType::Codes(codes) => match rest {
                [] => Ok(Place { path, target: Target::Codes { key, codes } }),
                [code, rest @ ..] => {
                    let code =
                        value::parse(&Scalar::Code(codes.clone()), &(*code).into(), None).map_err(|e| {
                            PathError::Coordinate { place: path.clone(), message: e.message, hint: e.hint }
                        })?;
                    let code = code.as_str().unwrap_or_default();
                    let target = Target::Member { key: slashed(&key, code) };
                    leaf(dotted(&path, code), rest, target)
                }
            },
            FieldType::Table(axes, scalar) => table(path, key, axes, scalar, !field.negative, rest),
            FieldType::Set(fields) => match rest {
                [] => Ok(Place { path, target: Target::Set { field, fields } }),
                [name, rest @ ..] => self.item(&path, &key, fields, name, rest),
            },
            FieldType::Rows(fields) => match rest {
                [] => Ok(Place { path, target: Target::Rows { field, fields } }),
                [id, rest @ ..] => match &self.snapshot.ids_beginning(&key, id).collect::<Vec<_>>()[..] {
                    [row] => leaf(dotted(&path, row), rest, Target::Row { key: slashed(&key, row) }),
                    [] => Err(missing("row", id, &path, row_ids(self.snapshot, &key))),
                    many => Err(PathError::Ambiguous {
                        name: (*id).to_owned(),
                        place: path,
                        ids: many.iter().map(|&row| row.to_owned()).collect(),
                    }),
                },
            },
        }
    }

    fn item<'k>(
        &self,
        path: &str,
        set: &str,
        fields: &'k [Field],
        name: &str,
        rest: &[&str],
    ) -> Result<Place<'k>, PathError> {
        let item = find_item(self.snapshot, set, name)?;
        // A code that two items share would not lead back here.
        let unique = item
            .code
            .as_deref()
            .filter(|code| matches!(&named(self.snapshot, set, code)[..], [one] if one.id == item.id));
        let path = dotted(path, unique.unwrap_or(&item.id));
        match rest {
            [] => Ok(Place { path, target: Target::Item { key: item.key, fields } }),
            ["code", rest @ ..] => {
                let scalar = Scalar::String;
                let target = Target::Register { key: item.key, scalar, currency: None, from_zero: false };
                leaf(dotted(&path, "code"), rest, target)
            }
            [RETIRED, rest @ ..] => {
                leaf(dotted(&path, RETIRED), rest, Target::Retired { key: slashed(&item.key, RETIRED) })
            }
            [first, rest @ ..] => match fields.iter().find(|field| field.name == *first) {
                Some(field) => self.field(field, &path, &item.key, rest),
                None => self.unknown(fields, &path, first, rest).map_err(|error| match error {
                    PathError::Missing { what, name, place, mut known } => {
                        known.extend(["code".to_owned(), RETIRED.to_owned()]);
                        PathError::Missing { what, name, place, known }
                    }
                    other => other,
                }),
            },
        }
    }

    fn text<'k>(&self, path: String, key: String, rest: &[&str]) -> Result<Place<'k>, PathError> {
        let [language, rest @ ..] = rest else { return Ok(Place { path, target: Target::Text { key } }) };
        if !LANGUAGES.contains(language) {
            return Err(missing("language", language, &path, LANGUAGES.map(str::to_owned).to_vec()));
        }
        let path = dotted(&path, language);
        let key = slashed(&key, language);
        let [number, rest @ ..] = rest else { return Ok(Place { path, target: Target::Language { key } }) };
        let standing = paragraphs(self.snapshot, &key);
        let by_number = number.parse::<usize>().ok().and_then(|n| standing.get(n.checked_sub(1)?).cloned());
        // By id, retired ones can be named too: to bring them back.
        let by_id = || {
            let full = slashed(&key, number);
            self.snapshot.slots.contains_key(&full).then_some(full)
        };
        match by_number.or_else(by_id) {
            Some(paragraph) => {
                let path = dotted(&path, number);
                match rest {
                    [RETIRED] => Ok(Place {
                        path: dotted(&path, RETIRED),
                        target: Target::Retired { key: slashed(&paragraph, RETIRED) },
                    }),
                    _ => leaf(path, rest, Target::Paragraph { key: paragraph }),
                }
            }
            None => Err(missing(
                "paragraph",
                number,
                &path,
                (1..=standing.len()).map(|n| n.to_string()).collect(),
            )),
        }
    }

    /// A register that a newer kind wrote, or a mistake.
    fn unknown<'k>(
        &self,
        fields: &[Field],
        path: &str,
        name: &str,
        rest: &[&str],
    ) -> Result<Place<'k>, PathError> {
        let full = std::iter::once(name).chain(rest.iter().copied()).collect::<Vec<_>>().join("/");
        if path.is_empty() && !name.starts_with('.') && self.snapshot.slots.contains_key(&full) {
            return Ok(Place { path: full.replace('/', "."), target: Target::Unknown { key: full } });
        }
        Err(missing("field", name, path, fields.iter().map(|field| field.name.clone()).collect()))
    }
}

fn table<'k>(
    path: String,
    key: String,
    axes: &'k [Axis],
    scalar: &'k Scalar,
    from_zero: bool,
    rest: &[&str],
) -> Result<Place<'k>, PathError> {
    let (mut path, mut key, mut currency) = (path, key, None);
    for (i, axis) in axes.iter().enumerate() {
        let Some(typed) = rest.get(i) else {
            return Ok(Place { path, target: Target::Table { key, axes: &axes[i..] } });
        };
        let part = coordinate(axis, typed).map_err(|e| PathError::Coordinate {
            place: path.clone(),
            message: e.message,
            hint: e.hint,
        })?;
        path = dotted(&path, &part);
        key = slashed(&key, &part);
        if *axis == Axis::Currency {
            currency = Some(part);
        }
    }
    leaf(path, &rest[axes.len()..], Target::Register { key, scalar: scalar.clone(), currency, from_zero })
}

fn leaf<'k>(path: String, rest: &[&str], target: Target<'k>) -> Result<Place<'k>, PathError> {
    match rest.first() {
        None => Ok(Place { path, target }),
        Some(name) => Err(PathError::TooDeep { place: path, name: (*name).to_owned() }),
    }
}

fn missing(what: &'static str, name: &str, place: &str, known: Vec<String>) -> PathError {
    PathError::Missing { what, name: name.to_owned(), place: place.to_owned(), known }
}
