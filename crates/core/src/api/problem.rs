//! Problems: what went wrong, in words for people, with what to do next.

/// The exit code that a problem leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// Refused or failed: 1.
    Failed,
    /// Used wrongly: 2.
    Usage,
    /// A person is needed, a conflict or a missing signature, or somebody was not reached: 3.
    PersonNeeded,
    /// The node cannot be reached: 4.
    Unreachable,
}

impl Exit {
    /// The process exit code.
    pub fn code(self) -> u8 {
        match self {
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::PersonNeeded => 3,
            Exit::Unreachable => 4,
        }
    }
}

/// Something that did not work.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// Which exit code it leads to.
    pub exit: Exit,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// What happened, for programs: the id of the sentence, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Problem {
    /// What a catalogue says under an id, in the language of whoever is spoken to: the only way to make one of words, by
    /// the macro `problem!`, so that no problem is told in one language only.
    pub fn said(id: &str, message: String, hint: Option<String>) -> Self {
        Self { exit: Exit::Failed, message, hint, id: Some(id.to_owned()) }
    }

    /// With what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With its hint told more closely, if it has one.
    #[must_use]
    pub fn map_hint(mut self, change: impl FnOnce(&str) -> String) -> Self {
        self.hint = self.hint.as_deref().map(change);
        self
    }

    /// With what happened told more closely, such as where.
    #[must_use]
    pub fn map_message(mut self, change: impl FnOnce(&str) -> String) -> Self {
        self.message = change(&self.message);
        self
    }

    /// With another exit code.
    #[must_use]
    pub fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// The problem that an error is, with the chain of its causes. Errors that reach people take their words from the
    /// catalogues too.
    pub fn from_error(error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message = accord_words::labelled(&message, &cause.to_string());
            source = cause.source();
        }
        Self { exit: Exit::Failed, message, hint: None, id: None }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}
