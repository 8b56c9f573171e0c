//! `verify`: everything that is stored, checked against the entries.

use std::collections::BTreeMap;
use std::time::Duration;

use accord_core::api::{DocumentProblem, LogChecked, LogProblem, LogTrouble, Problem, Progress, VerifyView};
use accord_store::{LogFault, LogReport};
use accord_words::say;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::Handler;
use super::devices::device_name;
use super::words::author_code;
use crate::control::ProgressSender;
use crate::replica::{Checks, Programme, Replica};

/// How long those who are connected have to give back what is lost, before the answer says that it is not back yet. They
/// go on giving it after that.
const LOST_PATIENCE: Duration = Duration::from_secs(10);

impl Handler {
    /// Checks the store of this home, and mends what follows from the entries unless nothing is to be changed.
    pub(super) async fn verify(
        &self,
        only_check: bool,
        progress: ProgressSender,
    ) -> Result<VerifyView, Problem> {
        let Ok(programme) = self.replica.programme() else {
            return self.blocking(move |replica| Ok(nothing(replica, only_check))).await;
        };
        let mut news = programme.watch();
        let checks = self
            .blocking(move |replica| {
                replica.programme()?.verify(!only_check, &mut |done, total| {
                    let text = say!("verify-progress", done, total);
                    progress.send(Progress { text, sent: 0, received: 0 });
                })
            })
            .await?;
        if !only_check && !self.connected().await.is_empty() {
            let deadline = Instant::now() + LOST_PATIENCE;
            while !programme.logs().holes().is_empty() {
                match tokio::time::timeout_at(deadline, news.recv()).await {
                    Ok(Ok(_) | Err(RecvError::Lagged(_))) => {}
                    Ok(Err(RecvError::Closed)) | Err(_) => break,
                }
            }
        }
        self.blocking(move |replica| view(replica, &programme, only_check, checks)).await
    }
}

/// There is no programme, so there is no log.
fn nothing(replica: &Replica, only_check: bool) -> VerifyView {
    VerifyView {
        organisation: replica.home.party(),
        only_check,
        logs: Vec::new(),
        documents: 0,
        snapshots: 0,
        lines: 0,
        marks: 0,
        wrong: Vec::new(),
        wrong_marks: 0,
        decisions_agree: true,
        mended: 0,
        left: 0,
        lost: 0,
    }
}

fn view(
    replica: &Replica,
    programme: &Programme,
    only_check: bool,
    checks: Checks,
) -> Result<VerifyView, Problem> {
    let mut names = BTreeMap::new();
    for (key, _) in &checks.wrong {
        // Where nothing was to be changed the list may not be readable: then the id has to do.
        if let Ok(reading) = programme.read_quietly(key) {
            names.insert(*key, reading.document.name());
        }
    }
    let governance = programme.governance();
    let holes = programme.logs().holes();
    let lost_in = |report: &LogReport| {
        let of = holes.iter().filter(|hole| (hole.log, hole.branch) == (report.log, report.branch));
        of.map(|hole| hole.to - hole.from + 1).sum::<u64>()
    };
    let mut logs: Vec<LogChecked> = Vec::new();
    for report in &checks.logs.logs {
        // What is lost is lost whether it is gone or another entry stands there.
        let mut back = lost_of(report).saturating_sub(lost_in(report));
        let problems = report.faults.iter().map(|(fault, from, count)| {
            let what = trouble(*fault);
            let came =
                if matches!(what, LogTrouble::Lost | LogTrouble::Wrong) { back.min(*count) } else { 0 };
            back -= came;
            LogProblem { what, from: *from, count: *count, back: came }
        });
        logs.push(LogChecked {
            author: author_code(&governance, &report.log.device),
            device_name: device_name(&governance, &report.log.device),
            device: report.log.device,
            space_name: space_name(programme, &governance, &report.log.space),
            space: report.log.space,
            branch: report.branch,
            entries: report.entries,
            signatures: report.signatures,
            problems: problems.collect(),
        });
    }
    logs.sort_by(|a, b| (&a.space_name, &a.author, a.branch).cmp(&(&b.space_name, &b.author, b.branch)));
    let wrong = checks.wrong.iter().map(|(key, what)| DocumentProblem {
        document: key.id,
        name: names.get(key).cloned().flatten(),
        what: *what,
    });
    Ok(VerifyView {
        logs,
        documents: checks.logs.documents,
        snapshots: checks.snapshots,
        lines: checks.lines,
        marks: checks.marks,
        wrong: wrong.collect(),
        wrong_marks: checks.wrong_marks,
        decisions_agree: checks.decisions_agree,
        mended: checks.mended,
        left: checks.left,
        lost: holes.iter().map(|hole| hole.to - hole.from + 1).sum(),
        ..nothing(replica, only_check)
    })
}

fn space_name(
    programme: &Programme,
    governance: &accord_core::governance::Governance,
    space: &accord_core::SpaceId,
) -> String {
    if *space == programme.governance_space() {
        return say!("verify-decisions");
    }
    programme.space_name(governance, space)
}

/// How many entries a report says are lost.
fn lost_of(report: &LogReport) -> u64 {
    let lost = |fault: &LogFault| matches!(fault, LogFault::Lost | LogFault::Wrong);
    report.faults.iter().filter(|(fault, ..)| lost(fault)).map(|(.., count)| count).sum()
}

fn trouble(fault: LogFault) -> LogTrouble {
    match fault {
        LogFault::Lost => LogTrouble::Lost,
        LogFault::Wrong => LogTrouble::Wrong,
        LogFault::Unsigned => LogTrouble::Unsigned,
        LogFault::Head => LogTrouble::Head,
        LogFault::Mark => LogTrouble::Marks,
        LogFault::Proof => LogTrouble::Proof,
    }
}
