//! `doctor`: what is wrong with this home, with what follows and what mends it.

use accord_core::api::{DoctorView, Health, Problem, Request};

use accord_words::say;

use crate::app::{App, answered};
use crate::output::{Page, Report};

pub(super) fn doctor(app: &App) -> Result<Report, Problem> {
    let view = answered!(app.ask(Request::Doctor)?, Doctor)?;
    let worst = view.findings.iter().map(|finding| finding.health).max().unwrap_or(Health::Good);
    let report = app.report("doctor", &view, |page| tell(page, &view))?;
    Ok(if worst == Health::Bad { report.exit(3) } else { report })
}

fn tell(page: &mut Page, view: &DoctorView) {
    for finding in &view.findings {
        let mark = match finding.health {
            Health::Good => page.paint.good(&format!("{:<4}", say!("doctor-good"))),
            Health::Notice => page.paint.attention(&format!("{:<4}", say!("doctor-note"))),
            Health::Bad => page.paint.bad(&format!("{:<4}", say!("doctor-bad"))),
        };
        page.line(format!("{mark} {}: {}", finding.about.replace('_', " "), finding.text));
        if let Some(mend) = &finding.mend {
            page.line(format!("     → {mend}"));
        }
    }
}
