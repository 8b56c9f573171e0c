//! `completions` and `man`: what the shell and the manual need, made from the arguments themselves.

use std::path::Path;

use crate::output::Report;
use accord_core::api::Problem;
use accord_words::{problem, say};

pub(super) fn completions(shell: clap_complete::Shell) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(
        shell,
        &mut crate::commanded(accord_words::current().language),
        "accord",
        &mut script,
    );
    Report::data(String::from_utf8_lossy(&script).into_owned())
}

pub(super) fn man(out: Option<&Path>) -> Result<Report, Problem> {
    let failed = |error: std::io::Error| problem!("manual-unwritable", why = error.to_string());
    match out {
        Some(folder) => {
            clap_mangen::generate_to(crate::commanded(accord_words::current().language), folder)
                .map_err(failed)?;
            Ok(Report::notes(&say!("manual-written", folder = folder.display().to_string())))
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(crate::commanded(accord_words::current().language))
                .render(&mut page)
                .map_err(failed)?;
            Ok(Report::data(String::from_utf8_lossy(&page).into_owned()))
        }
    }
}
