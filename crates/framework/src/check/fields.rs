//! What the kind itself says: required fields, bounds, codes, references, shares. For every kind.

use std::collections::BTreeSet;

use accord_document::Kind;
use accord_document::kind::{Axis, Field, FieldType, Scalar, Target};
use num_traits::One;
use serde_json::{Map, Value};

use super::{Found, Severity};
use crate::exact::Exact;
use crate::held::{Held, amount, number};
use crate::message::Message;
use crate::model::{items, path_name, retired, rows, string};

pub(super) fn check(kind: &Kind, view: &Value, found: &mut Found<'_>) {
    let Value::Object(map) = view else { return };
    let mut walk = Walk { view, found, unknown: BTreeSet::new() };
    walk.fields(&kind.fields, "", map);
}

struct Walk<'a, 'b> {
    view: &'a Value,
    found: &'a mut Found<'b>,
    /// Names of organisations that are not known, told already.
    unknown: BTreeSet<String>,
}

impl Walk<'_, '_> {
    fn fields(&mut self, fields: &[Field], prefix: &str, map: &Map<String, Value>) {
        for field in fields {
            let path =
                if prefix.is_empty() { field.name.clone() } else { format!("{prefix}.{}", field.name) };
            let value = map.get(&field.name);
            if field.required && value.is_none_or(Value::is_null) {
                let message = Message::new("missing").with("field", field.labels.en());
                match &field.ty {
                    FieldType::Text => {
                        let command = self.found.context.set(&format!("{path}.en"));
                        self.found.put(Severity::Error, &path, message, command);
                    }
                    _ => self.found.error(&path, message),
                }
            }
            if let Some(value) = value {
                self.field(field, &path, value);
            }
        }
    }

    fn field(&mut self, field: &Field, path: &str, value: &Value) {
        match &field.ty {
            FieldType::Register(scalar) => self.scalar(field, scalar, path, value),
            FieldType::Table(axes, scalar) => self.table(field, axes, scalar, path, value),
            FieldType::Shares(_) => self.shares(path, value),
            FieldType::Set(fields) => {
                for (name, item) in items(self.view, &field.name) {
                    if !retired(item) {
                        self.fields(fields, &format!("{path}.{}", path_name(name, item)), item);
                    }
                }
            }
            FieldType::Rows(fields) => {
                for row in rows(self.view, &field.name) {
                    self.row(fields, &format!("{path}.{}", string(row, "id")), row);
                }
            }
            FieldType::Text | FieldType::Codes(_) => {}
        }
    }

    /// Rows are mended by another row and never by setting a field.
    fn row(&mut self, fields: &[Field], path: &str, row: &Map<String, Value>) {
        let before = self.found.all.len();
        self.fields(fields, path, row);
        let list = path.split('.').next().unwrap_or_default().to_owned();
        let id = string(row, "id");
        let supersedes = format!("supersedes={id}");
        let command = self.found.context.command(&["add", "DOC", &list, &supersedes, "FIELD=VALUE"]);
        for finding in &mut self.found.all[before..] {
            finding.command = command.clone();
            finding.path = path.to_owned();
        }
    }

    fn table(&mut self, field: &Field, axes: &[Axis], scalar: &Scalar, path: &str, value: &Value) {
        let ([axis, rest @ ..], Value::Object(map)) = (axes, value) else { return };
        for (name, inner) in map {
            let path = format!("{path}.{name}");
            if let Axis::Reference(of) = axis {
                self.reference(of, &path, name);
            }
            if rest.is_empty() {
                self.scalar(field, scalar, &path, inner);
            } else {
                self.table(field, rest, scalar, &path, inner);
            }
        }
    }

    fn scalar(&mut self, field: &Field, scalar: &Scalar, path: &str, value: &Value) {
        let held = Held::read(Some(value), |v| Some(v.clone()));
        for value in held.values() {
            match (scalar, value) {
                (Scalar::Reference(of), Value::String(name)) => self.reference(of, path, name),
                (Scalar::Code(codes), Value::String(code)) if !codes.iter().any(|c| c.code == *code) => {
                    let message = Message::new("unknown-code").with("code", code.as_str());
                    self.found.warning(path, message);
                }
                _ => {}
            }
            self.bounds(field, scalar, path, value);
        }
    }

    fn bounds(&mut self, field: &Field, scalar: &Scalar, path: &str, value: &Value) {
        let (min, max) = (&field.rules.min, &field.rules.max);
        let outside = if *scalar == Scalar::Date {
            let day = value.as_str().unwrap_or_default();
            min.as_deref().is_some_and(|min| day < min) || max.as_deref().is_some_and(|max| day > max)
        } else {
            let read = if *scalar == Scalar::Amount { amount(value).map(|(n, _)| n) } else { number(value) };
            let bound = |text: &Option<String>| text.as_deref().and_then(crate::exact::decimal);
            read.is_some_and(|n| bound(min).is_some_and(|b| n < b) || bound(max).is_some_and(|b| n > b))
        };
        if outside {
            let any = |bound: &Option<String>| bound.clone().unwrap_or_else(|| "…".to_owned());
            let message = Message::new("out-of-range")
                .with("field", field.labels.en())
                .with("min", any(min))
                .with("max", any(max));
            self.found.error(path, message);
        }
    }

    fn reference(&mut self, of: &str, path: &str, name: &str) {
        let context = self.found.context;
        match Target::read(of) {
            Target::Organisation if context.organisations.is_some() => {
                // Municipalities, ministries and donors take part without ever being admitted: this may be a wrong
                // name, and may be right.
                // Once for each name, at the first place: it is one thing to look at.
                if context.organisation(name).is_none() && self.unknown.insert(name.to_lowercase()) {
                    let message = Message::new("unknown-organisation").with("name", name);
                    self.found.warning(path, message);
                }
            }
            Target::Document(kind) => {
                let Some(all) = context.documents else { return };
                let here = |d: &&super::Other| d.id == name || d.name == name;
                let fits = |d: &super::Other| kind.is_none_or(|kind| d.kind == kind);
                if !all.iter().filter(here).any(fits) {
                    self.found.error(path, Message::new("unknown-document").with("name", name));
                }
            }
            Target::Item(set) => {
                let all = items(self.view, set);
                let named = |(label, item): &&(&str, &Map<String, Value>)| {
                    string(item, "id") == name
                        || string(item, "code").eq_ignore_ascii_case(name)
                        || label.eq_ignore_ascii_case(name)
                };
                let living = all.iter().filter(named).filter(|(_, item)| !retired(item)).count();
                let message = match (living, all.iter().filter(named).count()) {
                    (0, 0) => Message::new("unknown-item").with("name", name).with("set", set),
                    (0, _) => {
                        // What came to belong to it is open until somebody decides; what they left there is history.
                        let message = Message::new("retired-item").with("name", name).with("set", set);
                        return self.found.warning(path, message);
                    }
                    (1, _) => return,
                    _ => Message::new("ambiguous-item").with("name", name).with("set", set),
                };
                self.found.error(path, message);
            }
            Target::Organisation | Target::Name => {}
        }
    }

    fn shares(&mut self, path: &str, value: &Value) {
        let held = Held::read(Some(value), |v| {
            v.as_object()?
                .values()
                .map(number)
                .try_fold(Exact::from_integer(0.into()), |sum, n| Some(sum + n?))
        });
        for sum in held.values() {
            if *sum != Exact::one() * Exact::from_integer(100.into()) {
                let sum = crate::exact::plain(sum, 2);
                self.found.error(path, Message::new("shares-sum").with("sum", sum));
            }
        }
    }
}
