//! Arguments of `report`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// What it is about
    #[arg(value_name = "REPORT")]
    pub(crate) report: ReportName,
    /// Only over these frameworks, by their names; over all of them if none is named
    #[arg(value_name = "DOCUMENT")]
    pub(crate) documents: Vec<String>,
    /// Divide the totals by these, in this order
    #[arg(long, value_name = "GROUPS", value_delimiter = ',')]
    pub(crate) by: Vec<GroupName>,
    /// Convert to this currency, by the rates in the programme's document
    #[arg(long, value_name = "CURRENCY")]
    pub(crate) currency: Option<String>,
    /// Count this ratified version of each framework, such as v1; draft is how they are now
    ///
    /// Requests and rates are always those of now. A framework without such a version is an error: name those that have it.
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// Print CSV, for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportName {
    /// Planned money
    Budget,
    /// Money by stage, and days in kind
    Contributions,
    /// Activities by status, and what is overdue
    Activities,
    /// Requests for support by status, and what waits for an answer
    Requests,
    /// Indicators against their targets
    Indicators,
    /// Planned against committed
    Gaps,
}

/// By what totals are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupName {
    /// By the shares of the activities
    Pillar,
    /// Whole under each method of an activity
    Method,
    /// The lead of an activity, or who contributes
    Partner,
    /// The framework's country
    Country,
    /// The year
    Year,
}

/// As requests name it.
pub(crate) fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
