//! The shipped kinds, field by field, as the page of documentation that people read.

use std::fmt::Write as _;

use accord_document::Kind;
use accord_document::kind::{Axis, Code, Field, FieldType, Parts, Scalar};

use crate::kinds::{code_lists, kinds};

/// All kinds and lists of codes in Markdown: the second half of docs/kinds.md.
#[must_use]
pub fn describe_kinds() -> String {
    let mut out = String::new();
    for kind in kinds() {
        describe(kind, &mut out);
    }
    out.push_str("## Lists of codes\n\n");
    for name in code_lists().names() {
        let codes = code_lists().get(name).unwrap_or_default();
        let all: Vec<String> = match name {
            "currency" => vec![format!("the {} currencies of ISO 4217", codes.len())],
            _ => codes.iter().map(|code| format!("`{}` {}", code.code, code.labels.en())).collect(),
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
    let labels = ["fr", "ar"].map(|language| kind.labels.get(language));
    let _ = writeln!(
        out,
        "## `{}` – {}\n\nVersion {}. {}.\n",
        kind.name,
        kind.labels.en(),
        kind.version,
        labels.join(", ")
    );
    out.push_str("| field | type | |\n| --- | --- | --- |\n");
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
                    Axis::Year => "year".to_owned(),
                    Axis::Currency => "currency".to_owned(),
                    Axis::Code(codes) => of_codes(codes),
                    Axis::Reference(of) => format!("name of: {of}"),
                })
                .collect();
            format!("table by {}: {}", axes.join(", "), of_scalar(scalar))
        }
        FieldType::Shares(Parts::Items(set)) => format!("shares of `{set}`"),
        FieldType::Shares(Parts::Codes(codes)) => format!("shares: {}", of_codes(codes)),
        FieldType::Codes(codes) => format!("codes: {}", of_codes(codes)),
        other => other.word().to_owned(),
    }
}

fn of_scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Code(codes) => format!("code: {}", of_codes(codes)),
        Scalar::Reference(of) => format!("reference to: {of}"),
        other => other.word().to_owned(),
    }
}

fn of_codes(codes: &[Code]) -> String {
    let list = code_lists().names().find(|name| code_lists().get(name) == Some(codes));
    match list {
        Some(name) => format!("list `{name}`"),
        None => codes.iter().map(|code| format!("`{}`", code.code)).collect::<Vec<_>>().join(", "),
    }
}

fn notes(field: &Field) -> String {
    let mut all = Vec::new();
    if field.required {
        all.push("required".to_owned());
    }
    let rules = &field.rules;
    all.extend(rules.min.as_ref().map(|min| format!("at least {min}")));
    all.extend(rules.max.as_ref().map(|max| format!("at most {max}")));
    all.extend(rules.split.as_ref().map(|split| format!("divided by `{split}`")));
    if rules.template {
        all.push("from the template".to_owned());
    }
    if rules.machine {
        all.push("kept by commands".to_owned());
    }
    let label = field.labels.en();
    if label != field.name.replace('_', " ") {
        all.push(label.to_owned());
    }
    all.extend(field.help.clone());
    all.join("; ").replace('|', "\\|")
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
