//! The arguments: the whole surface of the command line, from which help, man page, completions and docs/cli.md come.

mod adapting;
mod address;
mod apart;
mod audit;
mod bundles;
mod devices;
mod documents;
mod duration;
mod exchange;
mod governance;
mod programme;
mod reports;
mod store;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use adapting::{DecideArguments, TemplateCommand, TranslateArguments, TranslateCommand};
pub(crate) use apart::{ApartArguments, RedoArguments};
pub(crate) use audit::AuditArguments;
pub(crate) use bundles::BundleCommand;
pub(crate) use devices::{DeviceArguments, DeviceCommand, KeyArguments, KeyCommand, RestoreArguments};
pub(crate) use documents::{
    AddArguments, CheckArguments, ConflictsArguments, DiffArguments, DocumentArgument, KindCommand,
    LogArguments, NewArguments, PlaceArguments, ResolveArguments, RetireArguments, SetArguments,
    ShowArguments,
};
pub(crate) use exchange::{
    ExportArguments, ExportFormat, ImportArguments, ImportCommand, ImportTableArguments,
};
pub(crate) use governance::{
    DecisionArgument, DecisionsArguments, ProposeArguments, ProposeCommand, RefuseArguments, SignArguments,
};
pub(crate) use programme::{
    FoundArguments, InitArguments, InviteArguments, JoinArguments, NodeArguments, NodeCommand, SyncArguments,
    platform_home,
};
pub(crate) use reports::{ReportArguments, name as value_name};
pub(crate) use store::CompactArguments;

/// A shared store of documents for organisations that run a programme together.
///
/// Each organisation keeps all documents on its own computers and works on them with or without a connection. What
/// others changed meanwhile is merged; where two people disagree, both values are kept and shown until somebody
/// settles it. Without a command, `accord` shows what waits for you, what changed since you looked, and who has not got your
/// changes yet; each line ends with the command that deals with it.
#[derive(Debug, Parser)]
#[command(name = "accord", version, arg_required_else_help = false, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// The folder with this organisation's keys and documents
    #[arg(long, global = true, env = "ACCORD_HOME", value_name = "FOLDER", hide_env_values = true)]
    pub(crate) home: Option<PathBuf>,
    /// Print the answer as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing on standard error but problems
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// The language of what the program says; without it, that of LC_ALL, LC_MESSAGES or LANG
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Language>,
    /// How Arabic stands between other text; without it, `isolate` on a terminal and `plain` elsewhere
    #[arg(long, global = true, value_name = "HOW")]
    pub(crate) bidi: Option<Bidi>,
    /// Whether to colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 refused or failed; 2 used wrongly; 3 a person is needed (a conflict, a signature, \
an organisation that was not reached); 4 the node cannot be reached.";

/// When to colour the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How text that runs from right to left stands between other text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bidi {
    /// Between invisible marks, so that a terminal turns it around by itself
    Isolate,
    /// As it is
    Plain,
}

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    En,
    /// French
    Fr,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the keys of an organisation and a home for its documents
    Init(InitArguments),
    /// Print this organisation's card, one line to hand to others
    Card,
    /// Found a programme together with the organisation of a card
    Found(FoundArguments),
    /// Print a ticket, one line with which another organisation joins
    Invite(InviteArguments),
    /// Join the programme that a ticket leads to
    ///
    /// Fetches the programme and shows it before anything is signed. The other secretariat countersigns with this;
    /// any other organisation asks to be admitted, which both secretariats must sign.
    Join(JoinArguments),
    /// The devices of this organisation: add, list, revoke
    Device(DeviceArguments),
    /// The keys of this home: seal them by a passphrase, keep the root key apart
    Key(KeyArguments),
    /// Write all documents and their history to one file, without any key
    Backup {
        /// The new file
        file: PathBuf,
    },
    /// Make a home from a backup, as a new device of the organisation
    ///
    /// A backup never goes on as the device that made it: that one may have written more since. With the root key the
    /// new device is certified at once.
    Restore(RestoreArguments),
    /// Give unused space of the store back to the disk; with --to, change its storage engine
    ///
    /// The node must be stopped. Old entries are put together into packs, where they take a tenth of the space and are read as
    /// before. Then what is alive is copied into a new store, every value is checked on the way, and the new one takes the old
    /// one's place at once: broken off at any moment, all that was saved is in the one or the other. Needs room for the copy.
    Compact(CompactArguments),
    /// Make a store that cannot be opened anew, from what its files still hold; others give back the rest
    ///
    /// The node must be stopped. The damaged files are set aside. Every entry that can be found in them, and proves to be what was
    /// signed, is taken into a new store; run the node then, and others give back what they have. With FOLDER the store stays where it
    /// is, and what is found in that folder is taken in: what follows on an entry that was missing before.
    Rebuild {
        /// The damaged files that were set aside
        folder: Option<PathBuf>,
    },
    /// Exchange documents by files that are carried by hand, where there is no network
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Look for what is wrong with this home, its keys, its store and its logs, and say what mends it
    ///
    /// The exit code is 3 if something does not work before a person mends it.
    Doctor {
        /// Write a report of it to a new file, to hand to whoever helps: without keys, tickets or anything of documents
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Check everything that is stored against the entries that it follows from, and mend what can be mended
    ///
    /// Each log is gone through: its entries, their chain and their signatures. What follows from them is computed anew
    /// and compared: the lists of documents, what is kept ready to read, what waits, what the decisions amount to. What
    /// differs is written anew. Entries that are damaged are named, and given back by any organisation that has them.
    ///
    /// The exit code is 3 if something is left that is not as it should be.
    Verify {
        /// Tell what is wrong, and write nothing
        #[arg(long)]
        only_check: bool,
    },
    /// Run the node: exchange documents with the other organisations until stopped
    Node(NodeArguments),
    /// Show how everything stands, in detail: organisations and their devices, what is kept apart and why, the node
    ///
    /// `accord` alone is the short form, with what changed since you looked.
    Status,
    /// Exchange everything with every organisation that can be reached now
    ///
    /// Ends when this node and every organisation that can be reached hold all that either held when it began.
    /// Exits with 3 and a list if some were not reached.
    Sync(SyncArguments),
    /// Create a document
    New(NewArguments),
    /// List all documents
    List,
    /// Show a document
    ///
    /// As it is now, or a version that both secretariats ratified, which is the same on every device for ever.
    Show(ShowArguments),
    /// Print one value of a document
    ///
    /// The bare value is printed. Where people disagree, all values are printed, and the exit code is 3.
    Get(PlaceArguments),
    /// Write one value of a document
    Set(SetArguments),
    /// Add an item, a row or a paragraph to a document
    Add(AddArguments),
    /// Retire an item or a paragraph: it stays readable and no longer counts
    Retire(RetireArguments),
    /// Bring a retired item or paragraph back
    Reinstate(RetireArguments),
    /// Edit a document in your editor
    ///
    /// The editor is the first that is set of ACCORD_EDITOR, `editor` in the home's config.yaml, VISUAL and EDITOR, or
    /// else vi or nano. What you changed is applied as a difference, so what arrived meanwhile is merged and not
    /// overwritten.
    Edit(DocumentArgument),
    /// Show what your organisation wrote and does not count, in words
    ///
    /// Such as the other history of a folder that was copied or put back, or what was written after access had ended. Nothing
    /// of it is lost: `accord redo` makes it again.
    Apart(ApartArguments),
    /// Make changes of your organisation again that are kept apart
    ///
    /// Each is written on the version that it was made on, and merged with what others wrote since; where somebody wrote
    /// something else there, both values are shown, as ever. What a change was made on comes with it.
    Redo(RedoArguments),
    /// Show who changed what in a document, and when
    ///
    /// The newest first. Of a long history only the last 200 changes are told; --last says how many.
    Log(LogArguments),
    /// Show what differs between two versions of a document
    Diff(DiffArguments),
    /// List where people disagree, and what else waits for a person
    ///
    /// Each with what happened, what stood there before, who wrote what and why, and the commands that settle it.
    /// The exit code is 0 whether or not there are any: it is a list like any other.
    Conflicts(ConflictsArguments),
    /// Say what is wrong or missing in a document
    ///
    /// Errors stop ratifying; warnings do not; neither stops anybody from writing. The exit code is 3 if there are errors.
    /// At most 200 are told at once, errors first; --skip goes on from there.
    Check(CheckArguments),
    /// Settle a disagreement, a review, or what came to something retired
    ///
    /// Settles exactly what was shown here last: if something new came since, it is refused, and you look again. In a
    /// terminal it shows what is open at the place and asks, if you do not say how.
    Resolve(ResolveArguments),
    /// Compare a document with the template that it was made from, and take over what moved there
    ///
    /// Nothing is ever merged between two documents by itself: each element is adopted or declined by somebody.
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Write a translation together with what it was made from, or list what is missing
    Translate(TranslateArguments),
    /// Print totals over the frameworks
    ///
    /// Where people disagree a total is a range, from the least to the most that it may be. What could not be counted is
    /// listed below the table, with the reason.
    Report(ReportArguments),
    /// Read a file into a document: an export that was edited, or a table of another program
    ///
    /// An export in CSV or JSON that was edited is applied as a difference to the version that was exported, so what
    /// arrived meanwhile is merged and not overwritten.
    Import(ImportArguments),
    /// Write a document as a file
    ///
    /// CSV and JSON can be edited and read back with `accord import`; Markdown and HTML are to read and print.
    Export(ExportArguments),
    /// The kinds of documents: what fields each has
    #[command(subcommand)]
    Kind(KindCommand),
    /// List the organisations that take part, since when, and those that did
    Organisations,
    /// List the spaces, with who reads and writes each
    Spaces,
    /// Put something up for the signatures of both secretariats
    ///
    /// Any organisation that takes part can propose. Proposing signs nothing: what is proposed is in force once both
    /// secretariats have signed it.
    Propose(ProposeArguments),
    /// Put a document as it is now up to be frozen as its next version
    ///
    /// Refused while people disagree about something in it, or a check finds an error; each is listed with what to do.
    /// Both secretariats have to sign; what is changed from now on is not in the version.
    Ratify(DocumentArgument),
    /// Show who wrote, proposed, signed and refused what, from the founding to now
    ///
    /// With --export it is written into a file that proves itself: whoever has the programme's id checks it with --check,
    /// on any machine.
    Audit(AuditArguments),
    /// List the decisions that are open
    Decisions(DecisionsArguments),
    /// Show a decision: what it would change, who signed it, and what each side can do
    Decision(DecisionArgument),
    /// Sign a decision
    ///
    /// Shows the decision and asks for its number again.
    Sign(SignArguments),
    /// Refuse a decision
    Refuse(RefuseArguments),
    /// Show the main job with real nodes on this machine, from the founding to a settled conflict
    Demo {
        /// Keep the homes, to look around in them
        #[arg(long)]
        keep: bool,
    },
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write a page for each command into this folder instead
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Print the reference of all commands as Markdown
    #[command(hide = true)]
    HelpMarkdown,
}
