//! The shipped kinds, field by field, as the page of documentation that people read.

use std::fmt::Write as _;

use accord_document::Kind;
use accord_document::kind::{Axis, Code, Field, FieldType, LANGUAGES, Parts, Scalar};
use accord_words::{say, semicolon};

use crate::kinds::{code_lists, kinds};

/// All kinds and lists of codes in Markdown: the second half of docs/kinds.md.
#[must_use]
pub fn describe_kinds() -> String {
    let mut out = String::new();
    for kind in kinds() {
        describe(kind, &mut out);
    }
    let _ = writeln!(out, "## {}\n", say!("described-lists"));
    for name in code_lists().names() {
        let codes = code_lists().get(name).unwrap_or_default();
        let all: Vec<String> = match name {
            "currency" => vec![say!("described-currencies", count = codes.len())],
            _ => codes.iter().map(|code| format!("`{}` {}", code.code, code.labels.said())).collect(),
        };
        let _ = writeln!(out, "- `{name}`: {}", all.join(", "));
    }
    out
}

/// One kind in Markdown.
#[must_use]
pub fn describe_kind(kind: &Kind) -> String {
    let mut out = String::new();
    describe(kind, &mut out);
    out
}

fn describe(kind: &Kind, out: &mut String) {
    let spoken = accord_words::current().language.code();
    let others = LANGUAGES.iter().filter(|language| **language != spoken);
    let labels: Vec<&str> = others.map(|language| kind.labels.get(language)).collect();
    let head = say!("described-head", version = kind.version, labels = labels.join(", "));
    let _ = writeln!(out, "## `{}` – {}\n\n{head}\n", kind.name, kind.labels.said());
    let _ = writeln!(out, "{}\n| --- | --- | --- |", say!("described-columns"));
    fields(&kind.fields, "", out);
    out.push('\n');
}

fn fields(all: &[Field], prefix: &str, out: &mut String) {
    for field in all {
        let _ = writeln!(out, "| `{prefix}{}` | {} | {} |", field.name, ty(&field.ty), notes(field));
        if let FieldType::Set(inner) | FieldType::Rows(inner) = &field.ty {
            fields(inner, &format!("{prefix}{}.", field.name), out);
        }
    }
}

fn ty(ty: &FieldType) -> String {
    match ty {
        FieldType::Register(scalar) => of_scalar(scalar),
        FieldType::Table(axes, scalar) => {
            let axes: Vec<String> = axes
                .iter()
                .map(|axis| match axis {
                    Axis::Year => say!("described-year"),
                    Axis::Currency => say!("described-currency"),
                    Axis::Code(codes) => of_codes(codes),
                    Axis::Reference(of) => say!("described-name-of", of = of),
                })
                .collect();
            say!("described-table", axes = axes.join(", "), value = of_scalar(scalar))
        }
        FieldType::Shares(Parts::Items(set)) => say!("described-shares-of", set = set),
        FieldType::Shares(Parts::Codes(codes)) => say!("described-shares", codes = of_codes(codes)),
        FieldType::Codes(codes) => say!("described-codes", codes = of_codes(codes)),
        other => other.said(),
    }
}

fn of_scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Code(codes) => say!("described-code", codes = of_codes(codes)),
        Scalar::Reference(of) => say!("described-reference", of = of),
        other => other.said(),
    }
}

fn of_codes(codes: &[Code]) -> String {
    let list = code_lists().names().find(|name| code_lists().get(name) == Some(codes));
    match list {
        Some(name) => say!("described-list", name = name),
        None => codes.iter().map(|code| format!("`{}`", code.code)).collect::<Vec<_>>().join(", "),
    }
}

fn notes(field: &Field) -> String {
    let mut all = Vec::new();
    if field.required {
        all.push(say!("described-required"));
    }
    let rules = &field.rules;
    all.extend(rules.min.as_ref().map(|min| say!("described-min", min = min)));
    all.extend(rules.max.as_ref().map(|max| say!("described-max", max = max)));
    all.extend(rules.split.as_ref().map(|split| say!("described-split", split = split)));
    if rules.template {
        all.push(say!("described-template"));
    }
    if rules.machine {
        all.push(say!("described-machine"));
    }
    let label = field.labels.said();
    if label != field.name.replace('_', " ") {
        all.push(label.to_owned());
    }
    all.extend(field.help.as_ref().map(|help| help.said().to_owned()));
    all.join(semicolon()).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    const PAGE: &str = include_str!("../../../docs/kinds.md");
    const MARK: &str = "<!-- From here on written from the kinds themselves. -->\n\n";

    /// `ACCORD_WRITE_DOCS=1 cargo test -p accord-framework describe` writes it anew.
    #[test]
    fn the_page_says_what_the_kinds_say() {
        let (head, tail) = PAGE.split_once(MARK).unwrap();
        let now = super::describe_kinds();
        if std::env::var_os("ACCORD_WRITE_DOCS").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/kinds.md");
            std::fs::write(path, format!("{head}{MARK}{now}")).unwrap();
            return;
        }
        assert_eq!(tail, now);
    }
}
