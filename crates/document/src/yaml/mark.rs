//! Mistakes in an edited text, shown where they are.

/// One mistake, with the line that it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub hint: Option<String>,
}

impl std::fmt::Display for MarkedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&accord_words::say!("text-error", line = self.line, message = &self.message))?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for MarkedError {}

/// Begins the lines that [`mark_errors`] writes, and takes out again the next time.
const MARK: &str = "#! ";

/// The text given back with each mistake above its line. Marks of an earlier round are taken out.
#[must_use]
pub fn mark_errors(yaml: &str, errors: &[MarkedError]) -> String {
    let mut out = String::new();
    let put = |out: &mut String, error: &MarkedError| {
        out.push_str(MARK);
        out.push_str(&error.message.replace('\n', " "));
        if let Some(hint) = &error.hint {
            out.push_str(" — ");
            out.push_str(&hint.replace('\n', " "));
        }
        out.push('\n');
    };
    let count = yaml.lines().count();
    for (i, line) in yaml.lines().enumerate() {
        errors
            .iter()
            .filter(|error| error.line.clamp(1, count) == i + 1)
            .for_each(|error| put(&mut out, error));
        if !line.starts_with(MARK) {
            out.push_str(line);
            out.push('\n');
        }
    }
    if count == 0 {
        errors.iter().for_each(|error| put(&mut out, error));
    }
    out
}
