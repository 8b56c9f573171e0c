//! The file that is edited: its owner's alone, gone when it is no longer needed, kept when something failed.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use accord_core::api::{MAX_LINE, Problem};
use accord_words::{problem, say};
use tempfile::{Builder, NamedTempFile};

/// A text while it is in the editor.
#[derive(Debug)]
pub(crate) struct Draft {
    file: NamedTempFile,
    given: String,
}

impl Draft {
    /// A file with a text in it, that only its owner can read.
    ///
    /// # Errors
    /// A problem if there is no place for it.
    pub(crate) fn new(name: &str, text: &str) -> Result<Self, Problem> {
        let plain: String =
            name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(40).collect();
        let file = Builder::new()
            .prefix(&format!("accord-{plain}-"))
            .suffix(".yaml")
            .tempfile()
            .map_err(|error| problem!("draft-not-made", why = error.to_string()))?;
        let mut draft = Self { file, given: String::new() };
        draft.give(text)?;
        Ok(draft)
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The text that the editor was given last.
    pub(crate) fn given(&self) -> &str {
        &self.given
    }

    /// Gives the editor another text. By name and not by handle: many editors replace the file.
    pub(crate) fn give(&mut self, text: &str) -> Result<(), Problem> {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .truncate(true)
            .open(self.path())
            .map_err(|error| problem!("draft-not-opened", why = error.to_string()))?;
        file.write_all(text.as_bytes())
            .map_err(|error| problem!("draft-not-written", why = error.to_string()))?;
        text.clone_into(&mut self.given);
        Ok(())
    }

    /// The text as the editor left it.
    pub(crate) fn read(&self) -> Result<String, Problem> {
        let size = match std::fs::metadata(self.path()) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(problem!("draft-gone"));
            }
            found => found.map_err(|error| unread(&error))?.len(),
        };
        if size > u64::try_from(MAX_LINE / 2).unwrap_or(u64::MAX) {
            return Err(problem!("draft-too-long"));
        }
        std::fs::read_to_string(self.path()).map_err(|error| unread(&error))
    }

    /// Keeps the file, and says where in the problem's hint: nobody's text is lost with an error. Of a file that is gone
    /// it says nothing.
    pub(crate) fn keep(self, problem: Problem) -> Problem {
        if !self.path().exists() {
            return problem;
        }
        let path = self.file.into_temp_path().keep();
        let kept = match path {
            Ok(path) => say!("draft-kept", file = path.display().to_string()),
            Err(error) => say!("draft-lost", why = error.to_string()),
        };
        let hint = problem.hint.as_ref().map_or_else(|| kept.clone(), |hint| format!("{hint}; {kept}"));
        problem.hint(hint)
    }
}

fn unread(error: &std::io::Error) -> Problem {
    problem!("draft-not-read", why = error.to_string())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_draft_is_private_and_goes_away() {
        let draft = Draft::new("New / Tunisia", "title: x\n").unwrap();
        let path = draft.path().to_path_buf();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(path.file_name().unwrap().to_str().unwrap().starts_with("accord-New---Tunisia-"));
        assert_eq!(draft.read().unwrap(), "title: x\n");
        drop(draft);
        assert!(!path.exists());
    }

    #[test]
    fn a_draft_survives_an_error() {
        let draft = Draft::new("Tunisia", "title: x\n").unwrap();
        let path = draft.path().to_path_buf();
        let problem = draft.keep(problem!("disk-full"));
        let hint = problem.hint.unwrap();
        assert!(hint.starts_with("make room; your text is kept in "), "{hint}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "title: x\n");
        std::fs::remove_file(path).unwrap();
    }

    /// A tester's editor removed its file, and was told where the text is kept.
    #[test]
    fn a_draft_that_is_gone_is_not_said_to_be_kept() {
        let draft = Draft::new("Tunisia", "title: x\n").unwrap();
        std::fs::remove_file(draft.path()).unwrap();
        let problem = draft.read().unwrap_err();
        let problem = draft.keep(problem);
        assert_eq!(problem.message, "the editor removed the file that it was given");
        assert_eq!(problem.hint.as_deref(), Some("nothing was changed"));
    }
}
