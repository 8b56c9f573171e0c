//! Spaces as French sets them.
//!
//! In the files of `locales/fr` they are plain spaces, which everybody can see and type. A line must not break at them,
//! and a mark must not stand alone at its beginning, so they become spaces that hold: before a colon or a percent sign and within
//! guillemets a no-break space, before the other high marks a narrow one.

use std::borrow::Cow;

/// No-break space: before a colon or a percent sign, and within « and ».
const NO_BREAK: char = '\u{a0}';
/// Narrow no-break space: before ; ! and ?, and between groups of digits.
const NARROW: char = '\u{202f}';

/// A text with the spaces that French sets before high marks and within guillemets.
pub(crate) fn spaced(text: &str) -> String {
    let mut set = String::with_capacity(text.len() + text.len() / 16);
    let mut characters = text.chars().peekable();
    let mut before = None;
    while let Some(c) = characters.next() {
        let next = characters.peek();
        // An indent is no space before a mark, and a mark that begins a word, such as :8080, is none of French.
        let ends = |mark: &char| next == Some(mark);
        set.push(match c {
            ' ' if before.is_none_or(|b| b == '\n' || b == ' ') => c,
            ' ' if ends(&':') || ends(&'%') || ends(&'»') || before == Some('«') => NO_BREAK,
            ' ' if ends(&';') || ends(&'!') || ends(&'?') => NARROW,
            _ => c,
        });
        before = Some(c);
    }
    set
}

/// A number written in the English form, such as `1,234.50`, in that of French: `1 234,50`.
pub(crate) fn number(english: &str) -> String {
    english
        .chars()
        .map(|c| match c {
            ',' => NARROW,
            '.' => ',',
            _ => c,
        })
        .collect()
}

/// What systems answer most, in English, and in French: their own catalogues are loaded by no program that does not ask for
/// them, and this one keeps to its own.
const SYSTEM: [(&str, &str); 16] = [
    ("No such file or directory", "aucun fichier ou dossier de ce nom"),
    ("Permission denied", "permission refusée"),
    ("Operation not permitted", "opération non permise"),
    ("Read-only file system", "système de fichiers en lecture seule"),
    ("No space left on device", "plus de place sur le disque"),
    ("Disk quota exceeded", "quota de disque dépassé"),
    ("Input/output error", "erreur d'entrée-sortie"),
    ("Is a directory", "c'est un dossier"),
    ("Not a directory", "ce n'est pas un dossier"),
    ("Directory not empty", "le dossier n'est pas vide"),
    ("File exists", "le fichier existe déjà"),
    ("File name too long", "le nom du fichier est trop long"),
    ("Too many open files", "trop de fichiers ouverts"),
    ("Address already in use", "l'adresse est déjà employée"),
    ("Cannot assign requested address", "cette adresse n'est pas de cette machine"),
    ("Connection refused", "connexion refusée"),
];

/// Words in which a system's answer may stand, such as `a: Permission denied (os error 13)`, with that answer in French. The
/// number stays, by which it is looked up.
pub(crate) fn system(text: &str) -> Cow<'_, str> {
    if !text.contains(" (os error ") {
        return Cow::Borrowed(text);
    }
    let mut said = text.replace(" (os error ", " (erreur système ");
    for (english, french) in SYSTEM {
        said = said.replace(&format!("{english} (erreur"), &format!("{french} (erreur"));
    }
    Cow::Owned(said)
}

#[test]
fn the_answers_of_systems_are_said_in_french() {
    assert_eq!(
        system("/a: No such file or directory (os error 2)"),
        "/a: aucun fichier ou dossier de ce nom (erreur système 2)"
    );
    assert_eq!(system("Something rare (os error 99)"), "Something rare (erreur système 99)");
    assert_eq!(system("No such file or directory"), "No such file or directory");
}

#[test]
fn spaces_before_high_marks_hold() {
    assert_eq!(spaced("Ensuite : accord list"), "Ensuite\u{a0}: accord list");
    assert_eq!(spaced("« Tunisie » ; où ?"), "«\u{a0}Tunisie\u{a0}»\u{202f}; où\u{202f}?");
    assert_eq!(spaced("id =\n    { $n ->\n    } : oui"), "id =\n    { $n ->\n    }\u{a0}: oui");
}

#[test]
fn numbers_are_grouped_by_spaces_and_have_a_comma() {
    assert_eq!(number("1,234,567.50"), "1\u{202f}234\u{202f}567,50");
    assert_eq!(number("-12"), "-12");
}
