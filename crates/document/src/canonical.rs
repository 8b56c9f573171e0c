//! The canonical form of a version: what is hashed when it is ratified.
//!
//! It is read from Automerge alone, without a kind, an index or a renderer, so that no upgrade of those ever changes it:
//! every key of the root map in the order of its bytes, and for each all values that stand, tokens and reasons included,
//! sorted. One line of compact JSON a key. docs/documents.md describes it for other programs.

use automerge::{Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value as AmValue};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::Hash;
use crate::document::{Document, UnknownVersion};
use crate::layout::hex;
use crate::value::canonical;

/// The first line, which names the form itself.
const FORM: &str = "accord/1/canonical";

impl Document {
    /// The canonical form of the version `at`: the same bytes on every node that holds it, whatever else it holds.
    ///
    /// # Errors
    /// If the version is not held.
    pub fn canonical(&self, at: &[Hash]) -> Result<Vec<u8>, UnknownVersion> {
        let heads = self.known(at)?;
        let mut form = FORM.to_owned();
        for key in self.am.keys_at(ROOT, &heads) {
            let all = self.am.get_all_at(ROOT, key.as_str(), &heads).unwrap_or_default();
            let mut values: Vec<String> = all.iter().map(|(v, id)| value(&self.am, v, id, &heads)).collect();
            values.sort_unstable();
            // Two who wrote the very same bytes wrote one thing.
            values.dedup();
            form.push('\n');
            form.push_str(&canonical(&Value::from(key)));
            for value in values {
                form.push('\t');
                form.push_str(&value);
            }
        }
        Ok(form.into_bytes())
    }

    /// SHA-256 of [`Document::canonical`].
    ///
    /// # Errors
    /// If the version is not held.
    pub fn content_hash(&self, at: &[Hash]) -> Result<[u8; 32], UnknownVersion> {
        Ok(Sha256::digest(self.canonical(at)?).into())
    }
}

fn value(am: &Automerge, value: &AmValue<'_>, id: &ObjId, heads: &[ChangeHash]) -> String {
    let form = match value {
        AmValue::Object(ObjType::Text) => json!({ "text": am.text_at(id, heads).unwrap_or_default() }),
        // The layout has no other objects. One that somebody made is named by the operation that made it, which the
        // heads vouch for.
        AmValue::Object(_) => json!({ "object": id.to_string() }),
        AmValue::Scalar(scalar) => match scalar.as_ref() {
            ScalarValue::Str(text) => Value::from(text.as_str()),
            ScalarValue::Int(number) => Value::from(*number),
            ScalarValue::Uint(number) => json!({ "uint": number }),
            ScalarValue::F64(number) => json!({ "f64": hex(&number.to_bits().to_be_bytes()) }),
            ScalarValue::Bytes(bytes) => json!({ "bytes": hex(bytes) }),
            ScalarValue::Timestamp(time) => json!({ "timestamp": time }),
            ScalarValue::Boolean(truth) => Value::from(*truth),
            ScalarValue::Null => Value::Null,
            ScalarValue::Counter(_) => json!({ "counter": id.to_string() }),
            ScalarValue::Unknown { type_code, bytes } => json!({ "type": type_code, "bytes": hex(bytes) }),
        },
    };
    canonical(&form)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Writer, add, kind, merge_all, set};

    fn text(writer: &Writer, at: &[Hash]) -> String {
        String::from_utf8(writer.document.canonical(at).unwrap()).unwrap()
    }

    #[test]
    fn a_version_has_the_same_form_on_every_node_whatever_comes_later() {
        let kind = kind();
        let ca = Writer::first(&kind, &[set("country", "TN"), add("activities", json!({ "code": "A1" }))]);
        let mut all = [ca.joined("CMI"), ca.joined("UCLG"), ca];
        for (at, writer) in all.iter_mut().enumerate() {
            writer.set(&kind, "country", ["EG", "MA", "TN"][at]);
            writer.set(&kind, "context.en", &format!("Paragraph of {at}."));
        }
        // The three hear of each other in different orders.
        merge_all(&mut all);
        let version = all[0].document.heads();
        let form = text(&all[0], &version);
        assert!(form.starts_with("accord/1/canonical\n\".format\"\t1\n\".kind\"\t\"sample\"\n"), "{form}");
        assert_eq!(form.matches("\\\"MA\\\"").count(), 1, "{form}");
        let hash = all[0].document.content_hash(&version).unwrap();
        for writer in &mut all {
            writer.set(&kind, "note", "later");
            assert_eq!(text(writer, &version), form);
            assert_eq!(writer.document.content_hash(&version).unwrap(), hash);
            assert_ne!(text(writer, &writer.document.heads()), form);
        }
    }

    #[test]
    fn a_version_that_is_not_here_has_none() {
        let document = Writer::first(&kind(), &[]).document;
        assert_eq!(document.canonical(&[[7; 32]]), Err(UnknownVersion));
    }
}
