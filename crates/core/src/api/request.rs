//! What is asked of a node: one request for each thing that a face of it can do, and how its answer is to be said.

#[cfg(doc)]
use super::{ConflictView, Rendered};
use super::{Proposal, RootSecret, Settlement};

/// What is asked of a node.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// The organisation's own card.
    Card,
    /// Found a programme together with the organisation of a card.
    Found {
        /// The programme's name.
        name: String,
        /// The other secretariat's card.
        with: String,
        /// The root key, if it is not in the home as it is.
        #[serde(default)]
        root: Option<RootSecret>,
        /// Cards of organisations that can replace a lost secretariat together with the other one.
        #[serde(default)]
        recovery: Vec<String>,
        /// How many of them it takes.
        #[serde(default)]
        recovery_votes: u32,
    },
    /// A ticket for another organisation.
    Invite {
        /// After how many seconds it ends.
        valid_seconds: u64,
    },
    /// Fetch what a ticket leads to, to show it before anything is signed.
    JoinPreview {
        /// The ticket.
        ticket: String,
    },
    /// Go on with what was shown: countersign, or ask to be admitted.
    Join {
        /// The ticket.
        ticket: String,
        /// The root key, if it is not in the home as it is: to countersign.
        #[serde(default)]
        root: Option<RootSecret>,
    },
    /// The devices of this organisation.
    Devices,
    /// Certify a further device of this organisation.
    AddDevice {
        /// The line with which it asks.
        line: String,
        /// The root key, if it is not in the home as it is.
        root: Option<RootSecret>,
    },
    /// End a device of this organisation.
    RevokeDevice {
        /// Its name, or the beginning of its id.
        device: String,
        /// Why.
        why: String,
        /// The root key, if it is not in the home as it is.
        root: Option<RootSecret>,
    },
    /// Write every entry held to a new file.
    Backup {
        /// The file, by its whole path.
        file: String,
    },
    /// Write what an organisation may read and does not hold to a new file that only its devices can open.
    BundleCreate {
        /// The organisation's code.
        organisation: String,
        /// The file, by its whole path.
        file: String,
        /// Whatever the organisation is known to hold too.
        whole: bool,
    },
    /// Take in a bundle.
    BundleRead {
        /// The file, by its whole path.
        file: String,
    },
    /// What is wrong with this home, its keys, its store and its logs.
    Doctor,
    /// Checks everything that is stored against the entries, and mends what follows from them.
    Verify {
        /// Whether to change nothing.
        only_check: bool,
    },
    /// How everything stands.
    Status,
    /// How everything stands, and what changed since somebody looked.
    Desk {
        /// Whether somebody looks now, so that what is told is not told again.
        looking: bool,
    },
    /// Synchronise with every peer that can be reached.
    Sync {
        /// Give up after so many seconds.
        wait_seconds: u64,
    },
    /// Stop the node.
    Stop,
    /// Create a document.
    New {
        /// The kind.
        kind: String,
        /// Its name.
        name: String,
        /// The space that it lives in, as people call it; the programme's if none.
        space: Option<String>,
        /// The document that its elements are taken from, before the content is filled in.
        template: Option<String>,
        /// Its first content, as YAML or JSON.
        content: Option<String>,
    },
    /// All documents.
    List,
    /// One document whole.
    Show {
        /// Its name or id.
        document: String,
    },
    /// A ratified version of a document.
    ShowVersion {
        /// The document's name or id.
        document: String,
        /// The version, as `v1`.
        version: String,
    },
    /// Put the document as it is now up for the secretariats' signatures.
    Ratify {
        /// Its name or id.
        document: String,
        /// The language in which to say what stands against it, as the system names it.
        locale: String,
    },
    /// One value.
    Get {
        /// The document's name or id.
        document: String,
        /// Where in it.
        path: String,
    },
    /// Write one value.
    Set {
        /// The document's name or id.
        document: String,
        /// Where in it.
        path: String,
        /// The value, as a person writes it.
        value: String,
    },
    /// Add an item, a row or a paragraph.
    Add {
        /// The document's name or id.
        document: String,
        /// Where in it.
        path: String,
        /// The fields of an item or row; one field with an empty name is the text of a paragraph.
        fields: Vec<(String, String)>,
    },
    /// Retire an item or a paragraph.
    Retire {
        /// The document's name or id.
        document: String,
        /// Where in it.
        path: String,
        /// Why.
        why: String,
    },
    /// Bring a retired item or paragraph back.
    Reinstate {
        /// The document's name or id.
        document: String,
        /// Where in it.
        path: String,
        /// Why.
        why: String,
    },
    /// Settle a conflict.
    Resolve {
        /// The document's name or id.
        document: String,
        /// Where in it.
        path: String,
        /// How.
        how: Settlement,
        /// Why.
        why: String,
        /// Which, where several are open at the path, as [`ConflictView::pick`] names it.
        pick: Option<String>,
        /// Only what was shown, as [`ConflictView::seen`] names it. Without it, what this node showed last.
        seen: Option<String>,
    },
    /// The document as text to edit.
    Render {
        /// Its name or id.
        document: String,
    },
    /// Apply what was changed in a rendered text, as a difference to the version rendered.
    Edit {
        /// The document's id.
        document: String,
        /// The version rendered, as [`Rendered`] named it.
        version: Vec<String>,
        /// The text after editing.
        text: String,
    },
    /// This organisation's own changes that are kept apart.
    Apart {
        /// In one document only, by its name or id.
        document: Option<String>,
        /// Those too that were made again or dismissed.
        all: bool,
    },
    /// Make own changes again that are kept apart.
    Redo {
        /// The document's name or id.
        document: String,
        /// Which, by the beginnings of their ids; all that are open if none.
        changes: Vec<String>,
    },
    /// Offer own changes no more that are kept apart.
    Dismiss {
        /// The document's name or id.
        document: String,
        /// Which, by the beginnings of their ids.
        changes: Vec<String>,
    },
    /// Who changed what, and when.
    Log {
        /// The document's name or id.
        document: String,
        /// Only so many of the newest changes; as many as an answer takes if it does not say.
        #[serde(default)]
        last: Option<usize>,
    },
    /// What differs between two versions.
    Diff {
        /// The document's name or id.
        document: String,
        /// From which version (`v1`, `draft`, the number of a proposed one, or a change as `log` shows it); the beginning
        /// if none.
        from: Option<String>,
        /// To which version; now if none.
        to: Option<String>,
    },
    /// Fill a document from the table of another program.
    ImportTable {
        /// The document that is filled, by its name or id.
        into: Option<String>,
        /// The name of the document that is filled, and made if there is none of that name.
        name: Option<String>,
        /// The map, as YAML: which columns become which fields.
        map: String,
        /// The table, as CSV.
        table: String,
        /// Only tell what would be done.
        dry_run: bool,
        /// The language of the sentences, as the system names it: `fr_FR.UTF-8`.
        locale: String,
    },
    /// Apply what was changed in an exported file, as a difference to the version exported.
    ImportEdited {
        /// The file.
        text: String,
        /// Only tell what would be done.
        dry_run: bool,
    },
    /// The document as a file.
    Export {
        /// Its name or id.
        document: String,
        /// `csv`, `json`, `markdown` or `html`.
        format: String,
    },
    /// Who wrote, proposed, signed and refused what.
    Audit {
        /// In one document and about it only.
        document: Option<String>,
    },
    /// Write an audit file.
    AuditExport {
        /// With the entries of this document.
        document: Option<String>,
        /// Where, as an absolute path.
        file: String,
    },
    /// Open conflicts.
    Conflicts {
        /// Of one document only.
        document: Option<String>,
        /// And there at one place only.
        path: Option<String>,
    },
    /// Every kind that documents can have.
    Kinds,
    /// One kind, field by field.
    Kind {
        /// Its name.
        name: String,
    },
    /// What is wrong with a kind's file.
    CheckKind {
        /// The file.
        file: String,
    },
    /// Add a kind, or a newer version of one, to the programme.
    AddKind {
        /// The file.
        file: String,
    },
    /// What is wrong or missing in a document.
    Check {
        /// Its name or id.
        document: String,
        /// The currency in which totals are wanted: a rate that is missing for them is an error then.
        #[serde(default)]
        currency: Option<String>,
        /// How many of the findings to leave out, which were told before.
        #[serde(default)]
        skip: usize,
        /// The language of the sentences, as the system names it: `fr_FR.UTF-8`.
        locale: String,
    },
    /// Every organisation that takes or took part.
    Organisations,
    /// Every space, with who reads and writes it.
    Spaces,
    /// Put something up for the secretariats' signatures.
    Propose {
        /// What.
        proposal: Proposal,
    },
    /// Totals over the frameworks.
    Report {
        /// `budget`, `contributions`, `activities`, `requests`, `indicators` or `gaps`.
        report: String,
        /// The frameworks, by name or id; all of them if none.
        documents: Vec<String>,
        /// Divided by these, in this order: `pillar`, `method`, `partner`, `country`, `year`.
        by: Vec<String>,
        /// Converted to this currency.
        currency: Option<String>,
        /// The version of each framework: `v1`, or `draft`, which is how it is now.
        #[serde(default)]
        version: Option<String>,
        /// How many columns the text may take.
        width: usize,
        /// The language of the text, as the system names it: `fr_FR.UTF-8`.
        locale: String,
    },
    /// A document beside the template that it was made from.
    TemplateDiff {
        /// Its name or id.
        document: String,
        /// Only these elements; all if none.
        elements: Vec<String>,
    },
    /// Take the template's side of elements, or keep the document's.
    TemplateDecide {
        /// Its name or id.
        document: String,
        /// The elements; if none, all that wait, and of those to adopt only what nothing here speaks against.
        elements: Vec<String>,
        /// Whether the template's side is taken.
        adopt: bool,
    },
    /// Which texts lack a language, and which translations are stale.
    TranslationStatus {
        /// Of one document only.
        document: Option<String>,
    },
    /// Write a translation together with what it was made from.
    Translate {
        /// Its name or id.
        document: String,
        /// The text's path, without the language.
        path: String,
        /// The language of the translation.
        language: String,
        /// The translation; if none, the one that stands is right for the words as they are now.
        text: Option<String>,
        /// The language that it was made from; the first that there is, if none.
        from: Option<String>,
    },
    /// Decisions.
    Decisions {
        /// Settled ones too.
        all: bool,
    },
    /// One decision.
    Decision {
        /// Its number, or the beginning of its id.
        number: String,
    },
    /// Vote for a decision.
    Sign {
        /// Its number, or the beginning of its id.
        number: String,
        /// The root key, with which the constitution is signed, if it is not in the home as it is.
        #[serde(default)]
        root: Option<RootSecret>,
    },
    /// Refuse a decision.
    Refuse {
        /// Its number, or the beginning of its id.
        number: String,
        /// Why.
        why: String,
        /// The root key, as in [`Request::Sign`].
        #[serde(default)]
        root: Option<RootSecret>,
    },
}

/// A request with how its answer is to be said. On the line, `speech` stands beside the fields of the request, and may be
/// left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Asked {
    /// In whose words.
    #[serde(default)]
    pub speech: Speech,
    /// What is asked.
    #[serde(flatten)]
    pub request: Request,
}

/// How sentences are to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Speech {
    /// The language, as a system names it: `fr_FR.UTF-8`. English if there is nothing else.
    pub locale: String,
    /// Whether what runs from right to left is isolated, for a terminal.
    pub isolate: bool,
}
