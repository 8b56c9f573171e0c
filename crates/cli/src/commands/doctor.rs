//! `doctor`: what is wrong with this home, with what follows and what mends it.

use accord_core::api::{DoctorView, Health, Problem, Request};

use accord_words::{labelled, say};

use crate::app::{App, answered};
use crate::output::{Page, Report};

pub(super) fn doctor(app: &App) -> Result<Report, Problem> {
    let view = answered!(app.ask(Request::Doctor)?, Doctor)?;
    let worst = view.findings.iter().map(|finding| finding.health).max().unwrap_or(Health::Good);
    let report = app.report("doctor", &view, |page| tell(page, &view))?;
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
        "devices" => say!("doctor-about-devices"),
        "own_log" => say!("doctor-about-own-log"),
        "forks" => say!("doctor-about-forks"),
        "votes" => say!("doctor-about-votes"),
        "quarantine" => say!("doctor-about-quarantine"),
        other => other.replace('_', " "),
    }
}
