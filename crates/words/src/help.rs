//! What help says in French: it stands beside the arguments in English, so here it is found by the English words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const SOURCE: &str = include_str!("../locales/fr/help.txt");

static FRENCH: LazyLock<BTreeMap<&str, String>> = LazyLock::new(|| {
    let blocks = SOURCE.split("\n\n").filter(|block| !block.starts_with('#'));
    let pairs = blocks.filter_map(|block| block.trim_end().split_once('\n'));
    pairs.map(|(english, french)| (english, crate::french::spaced(french))).collect()
});

/// A line of help in French; none if nobody has written it, which a test rules out.
#[must_use]
pub fn help_in_french(english: &str) -> Option<&'static str> {
    FRENCH.get(english).map(String::as_str)
}

/// Every English line that has French, to see which are not asked for any more.
pub fn helped() -> impl Iterator<Item = &'static str> {
    FRENCH.keys().copied()
}
