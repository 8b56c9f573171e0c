//! `completions` and `man`: what the shell and the manual need, made from the arguments themselves.

use std::path::Path;

use accord_core::api::Problem;
use clap::CommandFactory as _;

use crate::arguments::Arguments;
use crate::output::Report;

pub(super) fn completions(shell: clap_complete::Shell) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "accord", &mut script);
    Report::data(String::from_utf8_lossy(&script).into_owned())
}

pub(super) fn man(out: Option<&Path>) -> Result<Report, Problem> {
    let failed = |error: std::io::Error| {
        Problem::failed(format!("the manual pages cannot be written: {error}"))
            .hint("name a folder that exists and belongs to you")
    };
    match out {
        Some(folder) => {
            clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)?;
            Ok(Report::notes(&format!("Wrote the manual pages to {}.", folder.display())))
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut page).map_err(failed)?;
            Ok(Report::data(String::from_utf8_lossy(&page).into_owned()))
        }
    }
}
