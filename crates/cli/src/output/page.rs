//! What a command has to say, collected before any of it is written.

use accord_words::say;

use super::Paint;

/// What a command printed and its exit code.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// For standard output.
    pub(crate) out: String,
    /// For standard error.
    pub(crate) notes: String,
    /// The exit code.
    pub(crate) exit: u8,
    /// Whether the data is a file that may be read back, and not for people.
    pub(crate) exact: bool,
}

impl Report {
    pub(crate) fn data(out: String) -> Self {
        Self { out, ..Self::default() }
    }

    /// A file that may be read back.
    pub(crate) fn file(out: String) -> Self {
        Self { out, exact: true, ..Self::default() }
    }

    pub(crate) fn notes(notes: &str) -> Self {
        Self { notes: format!("{notes}\n"), ..Self::default() }
    }

    pub(crate) fn exit(mut self, exit: u8) -> Self {
        self.exit = exit;
        self
    }
}

/// A report that is being written.
pub(crate) struct Page {
    report: Report,
    /// Paints data.
    pub(crate) paint: Paint,
    status: Paint,
}

impl Page {
    pub(crate) fn new(paint: Paint, status: Paint) -> Self {
        Self { report: Report::default(), paint, status }
    }

    /// A line of data.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) {
        self.report.out.push_str(text.as_ref());
        self.report.out.push('\n');
    }

    /// An empty line of data, except at the beginning.
    pub(crate) fn gap(&mut self) {
        if !self.report.out.is_empty() {
            self.report.out.push('\n');
        }
    }

    /// A line of data that heads what follows.
    pub(crate) fn heading(&mut self, text: &str) {
        let text = self.paint.strong(text);
        self.line(text);
    }

    /// A line of status.
    pub(crate) fn note(&mut self, text: impl AsRef<str>) {
        self.report.notes.push_str(text.as_ref());
        self.report.notes.push('\n');
    }

    /// What to run next.
    pub(crate) fn next(&mut self, text: &str) {
        let text = format!("{} {text}", self.status.strong(&say!("next")));
        self.note(text);
    }

    pub(crate) fn into_report(self) -> Report {
        self.report
    }
}
