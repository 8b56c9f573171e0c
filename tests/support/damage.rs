//! Damage to a store, as a failing disk would do it.

use std::path::Path;

use accord_store::{Tree, damage_where};

use super::page::Done;

/// What the step looks like.
pub(super) const USE: &str =
    "damage OFFICE TEXT, damage OFFICE tree NAME, or damage OFFICE file begin|middle";

/// Damages every entry of a home's store in which a text stands, or everything of one of the store's trees. Its node has to
/// be stopped.
pub(super) fn damage(home: &Path, what: &[String]) -> Result<Done, String> {
    let (tree, text) = match what {
        [word, place] if word == "file" => {
            let middle = place == "middle";
            let sector = damage_file(&home.join("store"), middle).map_err(|error| error.to_string())?;
            return Ok(Done { output: format!("damaged: a sector at {sector}\n"), exit: Some(0) });
        }
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

/// Fills the first sector that the store's engine has written, or one in the middle of them, with zeros, below the engine. Gives
/// where.
fn damage_file(store: &Path, middle: bool) -> std::io::Result<u64> {
    const SECTOR: usize = 512;
    let file = ["db", "store.redb"].map(|name| store.join(name)).into_iter().find(|path| path.exists());
    let file = file.ok_or(std::io::ErrorKind::NotFound)?;
    let mut bytes = std::fs::read(&file)?;
    let used: Vec<usize> = (0..bytes.len() / SECTOR)
        .filter(|at| bytes[at * SECTOR..][..SECTOR].iter().any(|byte| *byte != 0))
        .collect();
    let at =
        used.get(if middle { used.len() / 2 } else { 0 }).ok_or(std::io::ErrorKind::UnexpectedEof)? * SECTOR;
    bytes[at..at + SECTOR].fill(0);
    std::fs::write(&file, bytes)?;
    Ok(at as u64)
}
