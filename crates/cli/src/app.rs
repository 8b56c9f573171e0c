//! One run of a command: its home, how it speaks, and the way to the node.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use accord_core::api::{Exit, Problem, Progress, Request, Response, RootSecret};

use accord_words::{Speech, problem};

use crate::arguments::{Arguments, Bidi, Command, Language, platform_home};
use crate::output::{self, Page, Paint, Report};
use crate::passphrase;
use crate::terminal::{PATIENCE, ProgressLine};

pub(crate) struct App {
    home: Option<PathBuf>,
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    /// The language that the person reads, as a locale names it.
    pub(crate) locale: String,
    pub(crate) out: Paint,
    pub(crate) err: Paint,
}

impl App {
    pub(crate) fn new(arguments: Arguments) -> (Self, Option<Command>) {
        let locale = locale(arguments.lang);
        let language = accord_words::Language::of(&locale);
        accord_words::speak(Speech { language, isolate: isolate(arguments.bidi, arguments.json) });
        let app = Self {
            home: arguments.home.or_else(platform_home),
            json: arguments.json,
            quiet: arguments.quiet,
            locale,
            out: Paint::choose(arguments.color, &std::io::stdout()),
            err: Paint::choose(arguments.color, &std::io::stderr()),
        };
        (app, arguments.command)
    }

    /// # Errors
    /// A usage problem if neither the command nor the environment names a home.
    pub(crate) fn home(&self) -> Result<&Path, Problem> {
        self.home
            .as_deref()
            .filter(|path| !path.as_os_str().is_empty())
            .ok_or_else(|| problem!("no-home").exit(Exit::Usage))
    }

    /// Asks the node, or this home in this process if none runs.
    ///
    /// # Errors
    /// The problem that the request led to.
    pub(crate) fn ask(&self, request: Request) -> Result<Response, Problem> {
        let home = self.home()?;
        self.watched(async |progress| {
            accord_node::request(home, passphrase::unlock(), request, progress).await
        })
    }

    /// Waits for what takes its time, and shows how far it is.
    ///
    /// # Errors
    /// The problem that it led to.
    pub(crate) fn watched<T>(
        &self,
        work: impl AsyncFnOnce(&mut (dyn FnMut(Progress) + Send)) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let line = Mutex::new(ProgressLine::new(!self.quiet && !self.json));
        let line = || line.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = runtime()?.block_on(async {
            let mut show = |progress| line().show(progress);
            let mut answer = pin!(work(&mut show));
            tokio::select! {
                answer = &mut answer => return answer,
                () = tokio::time::sleep(PATIENCE) => line().show_known(),
            }
            answer.await
        });
        line().clear();
        answer
    }

    /// The root key to send along with a request: of the file that is named, or of the home if it is sealed there.
    ///
    /// # Errors
    /// A problem if the file is no root key, or its passphrase is not to be had.
    pub(crate) fn root_key(&self, file: Option<&Path>) -> Result<Option<RootSecret>, Problem> {
        accord_node::root_for_request(self.home()?, file, passphrase::unlock())
    }

    /// The report of an answer: as JSON with its version, or in words.
    pub(crate) fn report<T: serde::Serialize>(
        &self,
        key: &str,
        answer: &T,
        write: impl FnOnce(&mut Page),
    ) -> Result<Report, Problem> {
        if self.json {
            return Ok(Report::data(output::json(key, answer)?));
        }
        let mut page = Page::new(self.out, self.err);
        write(&mut page);
        Ok(page.into_report())
    }

    pub(crate) fn finish(&self, report: &Report) -> ExitCode {
        if !self.quiet {
            output::status(&report.notes);
        }
        match output::data(&report.out, report.exact) {
            Ok(()) => ExitCode::from(report.exit),
            Err(error) => self.fail(&problem!("cannot-write-output", why = error.to_string())),
        }
    }

    pub(crate) fn fail(&self, problem: &Problem) -> ExitCode {
        output::problem(problem, self.json, self.err);
        ExitCode::from(problem.exit.code())
    }
}

/// The language asked for, or that of the system.
fn locale(asked: Option<Language>) -> String {
    match asked {
        Some(Language::En) => "en".to_owned(),
        Some(Language::Fr) => "fr".to_owned(),
        None => output::locale(),
    }
}

/// Whether what runs from right to left is isolated: as asked, or where people read both streams on a terminal.
fn isolate(asked: Option<Bidi>, json: bool) -> bool {
    let terminal = || std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    !json && asked.map_or_else(terminal, |asked| asked == Bidi::Isolate)
}

/// One thread is enough to ask a node, and starts fastest.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| problem!("no-resources", why = error.to_string()))
}

/// What this command did not ask for: node and command are of different versions.
pub(crate) fn unexpected() -> Problem {
    problem!("other-answer")
}

/// The answer of one kind, or the problem that it is another.
macro_rules! answered {
    ($answer:expr, $kind:ident) => {
        match $answer {
            accord_core::api::Response::$kind(value) => Ok(value),
            _ => Err(crate::app::unexpected()),
        }
    };
}
pub(crate) use answered;
