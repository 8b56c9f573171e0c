//! `report`.

use accord_core::api::{Problem, Request};

use crate::app::{App, answered};
use crate::arguments::{ReportArguments, value_name};
use crate::output::Report;
use crate::terminal;

pub(super) fn report(app: &App, arguments: ReportArguments) -> Result<Report, Problem> {
    let request = Request::Report {
        report: value_name(&arguments.report),
        documents: arguments.documents,
        by: arguments.by.iter().map(value_name).collect(),
        currency: arguments.currency,
        version: arguments.version,
        width: terminal::width(),
        locale: app.locale.clone(),
    };
    let report = answered!(app.ask(request)?, Report)?;
    if arguments.csv {
        return Ok(Report::file(report.csv));
    }
    app.report("report", &report.table, |page| {
        page.line(report.text.trim_end_matches('\n'));
        if let Some(version) = &report.table.counted {
            page.note(accord_words::say!(
                "report-counted",
                version,
                names = super::listed(&report.table.documents)
            ));
        }
        super::versions::tell_not_in(page, &report.table.since_versions);
    })
}
