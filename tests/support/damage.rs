//! Damage to a store, as a failing disk would do it.

use std::path::Path;

use accord_store::{Tree, damage_where};

use super::page::Done;

/// What the step looks like.
pub(super) const USE: &str = "damage OFFICE TEXT, or damage OFFICE tree NAME";

/// Damages every entry of a home's store in which a text stands, or everything of one of the store's trees. Its node has to
/// be stopped.
pub(super) fn damage(home: &Path, what: &[String]) -> Result<Done, String> {
    let (tree, text) = match what {
        [word, tree] if word == "tree" => {
            let tree = Tree::ALL.into_iter().find(|one| one.name() == tree).ok_or("no such tree")?;
            (tree, "")
        }
        [text] => (Tree::Entries, text.as_str()),
        _ => return Err(USE.to_owned()),
    };
    let has = |_: &[u8], value: &[u8]| {
        text.is_empty() || value.windows(text.len()).any(|part| part == text.as_bytes())
    };
    let count = damage_where(home.join("store"), tree, has)
        .map_err(|error| format!("the store cannot be damaged: {error}"))?;
    Ok(Done { output: format!("damaged: {count}\n"), exit: Some(0) })
}
