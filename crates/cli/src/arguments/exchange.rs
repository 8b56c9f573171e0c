//! Arguments of `import` and `export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct ImportArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ImportCommand>,
    /// A file that `accord export` wrote, in CSV or JSON, and that was edited; `-` reads standard input
    pub(crate) file: Option<PathBuf>,
    /// Only show what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Fill a document from a table of another program, by a map that says which columns become which fields
    ///
    /// What is there already as the file says it is left as it is, so the same file again changes nothing. Lines that
    /// cannot be taken are listed with the reason, and do not stop the others; the exit code is then 3.
    /// `examples/tunisia-import` has a map with every part explained.
    Csv(ImportTableArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ImportTableArguments {
    /// The table, CSV with a line of headings; `-` reads standard input
    pub(crate) file: PathBuf,
    /// The map, a file of YAML
    #[arg(long, value_name = "FILE")]
    pub(crate) map: PathBuf,
    /// The document to fill, by its name; without it, the only one of the map's kind
    #[arg(long, value_name = "DOCUMENT", conflicts_with = "name")]
    pub(crate) into: Option<String>,
    /// The name of the document to fill; it is made if there is none of that name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Only show what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: String,
    /// As what; without it, by the ending of the file's name
    #[arg(long, value_name = "FORMAT", required_unless_present = "out")]
    pub(crate) format: Option<ExportFormat>,
    /// Into this file, and not to standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// As what a document is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One value a line, for a spreadsheet; can be read back
    Csv,
    /// For programs; can be read back
    Json,
    /// To read
    Markdown,
    /// To read and print
    Html,
}

impl ExportFormat {
    /// As requests name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// Whether an edited file of it can be read back.
    pub(crate) fn comes_back(self) -> bool {
        matches!(self, Self::Csv | Self::Json)
    }

    /// By the ending of a file's name.
    pub(crate) fn of(path: &std::path::Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" => Some(Self::Html),
            _ => None,
        }
    }
}
