//! The terminal: progress and questions. Neither touches standard output.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use accord_core::api::{Exit, Problem, Progress};
use accord_words::{problem, say};

use crate::output::clean;

/// What takes less than this needs no progress.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// One line on the terminal that says how far it is, and goes away.
pub(crate) struct ProgressLine {
    begun: Instant,
    wanted: bool,
    shown: bool,
    /// How far it was last.
    known: Option<Progress>,
}

impl ProgressLine {
    pub(crate) fn new(wanted: bool) -> Self {
        let wanted = wanted && std::io::stderr().is_terminal();
        Self { begun: Instant::now(), wanted, shown: false, known: None }
    }

    pub(crate) fn show(&mut self, progress: Progress) {
        self.known = Some(progress);
        if self.begun.elapsed() >= PATIENCE {
            self.show_known();
        }
    }

    /// Shows how far it was last, once patience ends: what does not go on for a while says nothing by itself.
    pub(crate) fn show_known(&mut self) {
        let Some(progress) = self.known.as_ref().filter(|_| self.wanted) else { return };
        let (sent, received) = (progress.sent, progress.received);
        let words = match (sent, received) {
            (0, 0) => progress.text.clone(),
            _ => say!("progress", text = &progress.text, sent, received),
        };
        self.shown = true;
        write(&format!("\r\u{1b}[K{}", clean(&words)));
    }

    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            write("\r\u{1b}[K");
        }
    }
}

/// How many columns tables may take: as many as `COLUMNS` says, those of the terminal, or what is usual where there is none.
pub(crate) fn width() -> usize {
    const USUAL: usize = 100;
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    let terminal = || {
        let size = std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
        size.map(|(width, _)| usize::from(width.0))
    };
    said.filter(|columns| *columns > 0).or_else(terminal).unwrap_or(USUAL)
}

/// Whether there is a person to ask.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks a person for one line.
///
/// # Errors
/// A problem if there is nobody: then a script has to say it with an option.
pub(crate) fn ask(question: &str, option: &str) -> Result<String, Problem> {
    let nobody = || problem!("nobody-to-confirm", option = option).exit(Exit::PersonNeeded);
    if !can_ask() {
        return Err(nobody());
    }
    write(&clean(question));
    let mut answer = String::new();
    match std::io::stdin().lock().read_line(&mut answer) {
        // The end of input, Ctrl-D: there is a terminal, and nobody wants to answer.
        Ok(0) => {
            write("\n");
            Err(problem!("nothing-answered").exit(Exit::PersonNeeded))
        }
        Err(_) => Err(nobody()),
        Ok(_) => Ok(answer.trim().to_owned()),
    }
}

fn write(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
