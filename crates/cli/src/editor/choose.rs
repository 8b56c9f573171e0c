//! Which editor, and running it.

use std::path::Path;
use std::process::Command;

use accord_core::api::Problem;
use accord_words::problem;

/// The setting of a home that matters here; the node reads and checks the others.
#[derive(Debug, Default, serde::Deserialize)]
struct Settings {
    editor: Option<String>,
}

/// The command that edits a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Editor(String);

impl Editor {
    /// The first that is set of `ACCORD_EDITOR`, the home's settings, `VISUAL` and `EDITOR`; else one that is there.
    pub(crate) fn choose(home: &Path) -> Self {
        let set = std::fs::read_to_string(home.join("config.yaml"))
            .ok()
            .and_then(|text| serde_norway::from_str::<Settings>(&text).ok())
            .and_then(|settings| settings.editor);
        Self::first(|name| std::env::var(name).ok(), set).unwrap_or_else(|| Self(usual().to_owned()))
    }

    fn first(variable: impl Fn(&str) -> Option<String>, setting: Option<String>) -> Option<Self> {
        let wanted = [variable("ACCORD_EDITOR"), setting, variable("VISUAL"), variable("EDITOR")];
        wanted.into_iter().flatten().find(|command| !command.trim().is_empty()).map(Self)
    }

    /// Opens a file and waits until the editor has ended.
    ///
    /// # Errors
    /// A problem if it cannot be started, or says that it failed: then the user wants nothing to happen.
    pub(crate) fn open(&self, file: &Path) -> Result<(), Problem> {
        // Through the shell, since people set editors with options: `code --wait`, `emacsclient -t`.
        let ended = Command::new("/bin/sh")
            .arg("-c")
            .arg(format!("{} \"$@\"", self.0))
            .arg("accord")
            .arg(file)
            .status()
            .map_err(|error| problem!("editor-not-started", editor = &self.0, why = error.to_string()))?;
        match ended.code() {
            Some(0) => Ok(()),
            Some(126 | 127) => Err(problem!("editor-not-found", editor = &self.0)),
            _ => Err(problem!("editor-failed", editor = &self.0)),
        }
    }
}

fn usual() -> &'static str {
    let there = |name: &str| {
        std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(name).is_file()))
    };
    if there("vi") { "vi" } else { "nano" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(set: &[(&str, &str)], setting: Option<&str>) -> Option<Editor> {
        let variable = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Editor::first(variable, setting.map(str::to_owned))
    }

    #[test]
    fn the_nearer_choice_goes_first() {
        let all = [("ACCORD_EDITOR", "a"), ("VISUAL", "v"), ("EDITOR", "e")];
        assert_eq!(first(&all, Some("s")), Some(Editor("a".into())));
        assert_eq!(first(&all[1..], Some("s")), Some(Editor("s".into())));
        assert_eq!(first(&all[1..], None), Some(Editor("v".into())));
        assert_eq!(first(&[("VISUAL", " "), ("EDITOR", "e")], None), Some(Editor("e".into())));
        assert_eq!(first(&[], None), None);
    }

    #[test]
    fn how_the_editor_ends_is_told_apart() {
        let file = Path::new("/dev/null");
        assert!(Editor("true --wait".into()).open(file).is_ok());
        let failed = Editor("false".into()).open(file).unwrap_err();
        assert!(failed.message.contains("cancelled"), "{failed}");
        let missing = Editor("no-such-editor-anywhere 2>/dev/null".into()).open(file).unwrap_err();
        assert!(missing.message.contains("cannot be started"), "{missing}");
    }
}
