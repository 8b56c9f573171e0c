//! `doctor`: what is wrong with this home, with what follows and what mends it; and a report of it for whoever helps.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use accord_core::api::{DoctorView, Health, Problem, Request, StatusView, VERSION};
use accord_words::{labelled, problem, say};
use serde_json::{Value, json};

use crate::app::{App, answered};
use crate::output::{Page, Report, iso, now};

pub(super) fn doctor(app: &App, report: Option<&Path>) -> Result<Report, Problem> {
    let view = answered!(app.ask(Request::Doctor)?, Doctor)?;
    if let Some(file) = report {
        // How everything stands may be what cannot be told; then what the doctor found is what there is.
        let status = app.ask(Request::Status).and_then(|answer| answered!(answer, Status)).ok();
        write(file, &about(&view, status.as_deref()))?;
    }
    let worst = view.findings.iter().map(|finding| finding.health).max().unwrap_or(Health::Good);
    let written = report.map(|file| say!("doctor-report-written", file = file.display().to_string()));
    let report = app.report("doctor", &view, |page| {
        tell(page, &view);
        written.iter().for_each(|words| page.note(words));
    })?;
    Ok(if worst == Health::Bad { report.exit(3) } else { report })
}

fn tell(page: &mut Page, view: &DoctorView) {
    let marks = [say!("doctor-good"), say!("doctor-note"), say!("doctor-bad")];
    let width = marks.iter().map(|mark| mark.chars().count()).max().unwrap_or(0);
    let [good, note, bad] = marks.map(|mark| format!("{mark:<width$}"));
    for finding in &view.findings {
        let mark = match finding.health {
            Health::Good => page.paint.good(&good),
            Health::Notice => page.paint.attention(&note),
            Health::Bad => page.paint.bad(&bad),
        };
        page.line(format!("{mark} {}", labelled(&topic(&finding.about), &finding.text)));
        if let Some(mend) = &finding.mend {
            page.line(format!("{:width$} → {mend}", ""));
        }
    }
}

/// What a finding is about, for people; programs go by its id.
fn topic(id: &str) -> String {
    match id {
        "home" => say!("doctor-about-home"),
        "keys" => say!("doctor-about-keys"),
        "disk" => say!("doctor-about-disk"),
        "store" => say!("doctor-about-store"),
        "entries" => say!("doctor-about-entries"),
        "ports" => say!("doctor-about-ports"),
        "reachability" => say!("doctor-about-reachability"),
        "devices" => say!("doctor-about-devices"),
        "clock" => say!("doctor-about-clock"),
        "rule" => say!("doctor-about-rule"),
        "partners" => say!("doctor-about-partners"),
        "node" => say!("doctor-about-node"),
        "own_log" => say!("doctor-about-own-log"),
        "forks" => say!("doctor-about-forks"),
        "votes" => say!("doctor-about-votes"),
        "quarantine" => say!("doctor-about-quarantine"),
        other => other.replace('_', " "),
    }
}

/// What a report says. Whatever is added here is read by strangers: numbers and codes, and never a name of a document, a
/// value, a ticket or a key.
fn about(view: &DoctorView, status: Option<&StatusView>) -> Value {
    json!({
        "version": VERSION,
        "accord": env!("CARGO_PKG_VERSION"),
        "time": iso(now()),
        "system": { "os": std::env::consts::OS, "architecture": std::env::consts::ARCH },
        "organisation": view.organisation.code,
        "findings": view.findings,
        "status": status.map(numbers),
    })
}

fn numbers(status: &StatusView) -> Value {
    let organisations = status.organisations.iter().map(|one| {
        let devices = one.devices.iter().map(|device| {
            json!({
                "connected": device.connected,
                "in_step": device.in_step,
                "missing_there": device.missing_there,
                "missing_here": device.missing_here,
                "last_seen": device.last_seen,
            })
        });
        json!({ "code": one.organisation.code, "devices": devices.collect::<Vec<Value>>() })
    });
    json!({
        "founded": status.programme.as_ref().map(|programme| programme.founded),
        "node": status.node.is_some(),
        "documents": status.documents,
        "conflicts": status.conflicts.iter().map(|(_, open)| open).sum::<usize>(),
        "decisions_waiting_here": status.waiting_for_me.len(),
        "kept_apart": status.quarantined,
        "kept_and_counted": status.kept.len(),
        "waiting": status.waits,
        "forks": status.forks.len(),
        "organisations": organisations.collect::<Vec<Value>>(),
    })
}

/// Writes a new file that is its owner's alone.
fn write(file: &Path, report: &Value) -> Result<(), Problem> {
    let name = || file.display().to_string();
    let text = serde_json::to_string_pretty(report).map_err(|error| Problem::from_error(&error))? + "\n";
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made.and_then(|mut out| out.write_all(text.as_bytes()).and_then(|()| out.sync_all())) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(problem!("doctor-report-exists", file = name()))
        }
        Err(error) => Err(problem!("doctor-report-not-written", file = name(), why = error.to_string())),
    }
}
