//! A command line as people type it: words, quotes, variables.

use std::collections::BTreeMap;

/// A command, ready to be run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Variables of the environment, set for this command.
    pub(super) environment: Vec<(String, String)>,
    /// The words.
    pub(super) words: Vec<String>,
    /// Under which name its output is kept.
    pub(super) keep: Option<String>,
    /// Whether it goes on in the background.
    pub(super) background: bool,
}

impl Line {
    /// Reads a line. `look_up` knows what stands in braces, such as `{CA}`.
    pub(super) fn parse(
        text: &str,
        variables: &BTreeMap<String, String>,
        look_up: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let mut line = Self::default();
        let (text, keep) = match text.rsplit_once(" => ") {
            Some((text, name)) => (text, Some(name.trim().to_owned())),
            None => (text, None),
        };
        line.keep = keep;
        let text = match text.trim_end().strip_suffix(" &") {
            Some(text) => {
                line.background = true;
                text
            }
            None => text,
        };
        for word in words(text, variables, look_up)? {
            match word.split_once('=') {
                Some((name, value)) if line.words.is_empty() && is_name(name) => {
                    line.environment.push((name.to_owned(), value.to_owned()));
                }
                _ => line.words.push(word),
            }
        }
        Ok(line)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn words(
    text: &str,
    variables: &BTreeMap<String, String>,
    look_up: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (' ', None) => all.extend(word.take()),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(q)) if c == q => quote = None,
            ('$', None | Some('"')) => {
                let mut name = String::new();
                while let Some(c) = chars.next_if(|&c| c.is_ascii_alphanumeric() || c == '_') {
                    name.push(c);
                }
                let value = variables.get(&name).ok_or_else(|| format!("${name} is not known here"))?;
                word.get_or_insert_default().push_str(value);
            }
            ('{', None | Some('"')) => {
                let name: String = chars.by_ref().take_while(|&c| c != '}').collect();
                let value = look_up(&name).ok_or_else(|| format!("{{{name}}} is not known here"))?;
                word.get_or_insert_default().push_str(&value);
            }
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".to_owned());
    }
    all.extend(word);
    Ok(all)
}

#[test]
fn a_line_is_read_as_a_shell_would() {
    let variables = BTreeMap::from([("CARD".to_owned(), "c a".to_owned())]);
    let look_up = |name: &str| (name == "CA").then(|| "/tcp/1".to_owned());
    let parse = |text| Line::parse(text, &variables, &look_up);
    let line = parse("ED='a $B' accord found \"A B\" --with $CARD '' x=y {CA} => OUT").unwrap();
    assert_eq!(line.environment, [("ED".to_owned(), "a $B".to_owned())]);
    assert_eq!(line.words, ["accord", "found", "A B", "--with", "c a", "", "x=y", "/tcp/1"]);
    assert_eq!(line.keep.as_deref(), Some("OUT"));
    assert!(parse("accord node &").unwrap().background);
    assert!(parse("accord $NO").is_err());
    assert!(parse("accord 'x").is_err());
}
