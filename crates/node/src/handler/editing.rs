//! Changing documents.

use accord_core::api::{Changed, Marked, Problem, Rendered, Response};
use accord_document::{Edit, Hash, mark_errors};
use accord_words::problem;
use data_encoding::HEXLOWER;
use serde_json::Value;

use super::documents::read_problem;
use super::versions;
use super::words::{Connected, field_change, hash_text, readers};
use crate::replica::{DocumentKey, Programme, Replica};
use crate::time::now;

pub(super) fn set(
    replica: &Replica,
    document: &str,
    path: String,
    value: String,
    connected: &Connected,
) -> Result<Changed, Problem> {
    one(replica, document, Edit::Set { path, value: Value::String(value) }, connected)
}

pub(super) fn add(
    replica: &Replica,
    document: &str,
    path: String,
    fields: Vec<(String, String)>,
    connected: &Connected,
) -> Result<Changed, Problem> {
    let fields = match fields.as_slice() {
        [(name, text)] if name.is_empty() => Value::String(text.clone()),
        _ => nested(fields)?,
    };
    one(replica, document, Edit::Add { path, fields }, connected)
}

/// Fields as a person types them, `budget.2013.EUR=1000` among them, as nested values.
fn nested(fields: Vec<(String, String)>) -> Result<Value, Problem> {
    let mut root = serde_json::Map::new();
    for (name, value) in fields {
        let twice = || problem!("field-twice", name);
        let mut parts: Vec<&str> = name.split(['.', '/']).collect();
        let last = parts.pop().filter(|last| !last.is_empty());
        let last = last.ok_or_else(|| problem!("field-form"))?;
        let mut at = &mut root;
        for part in parts {
            let inner = at.entry(part).or_insert_with(|| Value::Object(serde_json::Map::new()));
            at = inner.as_object_mut().ok_or_else(twice)?;
        }
        if at.insert(last.to_owned(), Value::String(value)).is_some() {
            return Err(twice());
        }
    }
    Ok(Value::Object(root))
}

pub(super) fn retire(
    replica: &Replica,
    document: &str,
    path: String,
    reason: String,
    connected: &Connected,
) -> Result<Changed, Problem> {
    one(replica, document, Edit::Retire { path, reason }, connected)
}

pub(super) fn reinstate(
    replica: &Replica,
    document: &str,
    path: String,
    reason: String,
    connected: &Connected,
) -> Result<Changed, Problem> {
    one(replica, document, Edit::Reinstate { path, reason }, connected)
}

fn one(replica: &Replica, document: &str, edit: Edit, connected: &Connected) -> Result<Changed, Problem> {
    let programme = replica.programme()?;
    let id = programme.find(document)?;
    let change = programme
        .edit(&replica.home.device, &id, None, &[edit], now())
        .map_err(|problem| problem.map_hint(|hint| with_name(hint, document)))?;
    changed(&programme, id, change, connected)
}

/// The document layer knows no names of documents: its hints say `DOC` where a command needs one.
pub(super) fn with_name(hint: &str, document: &str) -> String {
    hint.replacen(" DOC ", &format!(" {} ", quoted(document)), 1)
}

/// A document's name as a shell takes it.
pub(super) fn quoted(document: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if document.chars().all(plain) {
        document.to_owned()
    } else {
        format!("'{}'", document.replace('\'', "'\\''"))
    }
}

/// The document as text to edit.
pub(super) fn render(replica: &Replica, document: &str) -> Result<Rendered, Problem> {
    let programme = replica.programme()?;
    let reading = programme.read(&programme.find(document)?)?;
    let version = reading.document.heads();
    let text = reading.document.render(reading.kind()?, Some(&version)).map_err(|e| read_problem(&e))?;
    let name = reading.document.name().unwrap_or_else(|| reading.key.id.short());
    Ok(Rendered { document: reading.key.id, name, version: version.iter().map(hash_text).collect(), text })
}

/// Applies an edited text, as a difference to the version that was rendered.
pub(super) fn apply(
    replica: &Replica,
    document: &str,
    version: &[String],
    text: &str,
    connected: &Connected,
) -> Result<Response, Problem> {
    let programme = replica.programme()?;
    let id = programme.find(document)?;
    let reading = programme.read(&id)?;
    let kind = reading.kind()?;
    let heads = version.iter().map(|text| read_hash(text)).collect::<Option<Vec<Hash>>>();
    let heads = heads.ok_or_else(|| problem!("version-unknown"))?;
    let edits = match reading.document.parse_edited(kind, &heads, text) {
        Ok(edits) => edits,
        Err(mut errors) => {
            let name = reading.document.name().unwrap_or_else(|| id.id.short());
            for hint in errors.iter_mut().filter_map(|error| error.hint.as_mut()) {
                *hint = with_name(hint, &name);
            }
            let marked = mark_errors(text, &errors);
            let errors = errors.into_iter().map(|e| (e.line, e.message, e.hint)).collect();
            return Ok(Response::Marked(Marked { text: marked, errors }));
        }
    };
    let change = if edits.is_empty() {
        None
    } else {
        programme.edit(&replica.home.device, &id, Some(&heads), &edits, now())?
    };
    changed(&programme, id, change, connected).map(Response::Changed)
}

fn read_hash(text: &str) -> Option<Hash> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// What a change did, once it is durable.
pub(super) fn changed(
    programme: &Programme,
    key: DocumentKey,
    change: Option<Hash>,
    connected: &Connected,
) -> Result<Changed, Problem> {
    let reading = programme.read(&key)?;
    let kind = reading.kind()?;
    let changes = match change {
        // Not the difference of two versions: what was written again as it stood is to be told too.
        Some(hash) => reading.document.changes_of(kind, &hash).unwrap_or_default(),
        None => Vec::new(),
    };
    let name = reading.document.name().unwrap_or_else(|| key.id.short());
    Ok(Changed {
        document: key.id,
        since_version: versions::since(&name, reading.last_version().as_ref()),
        name,
        change: change.as_ref().map(hash_text),
        changes: changes.iter().map(field_change).collect(),
        conflicts: reading.document.findings(kind).len(),
        readers: readers(programme, &key.space, connected),
    })
}

#[cfg(test)]
mod tests {
    use super::with_name;

    #[test]
    fn hints_name_the_document_as_a_shell_takes_it() {
        let hint = "accord resolve DOC country VALUE --why TEXT";
        assert_eq!(with_name(hint, "Tunisia"), "accord resolve Tunisia country VALUE --why TEXT");
        assert_eq!(with_name(hint, "New 't"), r"accord resolve 'New '\''t' country VALUE --why TEXT");
        assert_eq!(with_name("write it like 5 EUR", "Tunisia"), "write it like 5 EUR");
    }
}
