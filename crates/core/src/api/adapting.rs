//! Answers about templates and translations.

use crate::DocumentId;

/// A document beside the template that it was made from.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TemplateView {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The template.
    pub template: DocumentId,
    /// Its name.
    pub template_name: String,
    /// Element by element.
    pub elements: Vec<ElementView>,
}

/// One element: what both began with, what the template says now, and what the document says.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ElementView {
    /// What people call it: `pillars.P1.title`.
    pub name: String,
    /// What it is called for ever, whatever its code becomes.
    pub key: String,
    /// Where it is in the document, if it is there.
    pub path: Option<String>,
    /// How it stands.
    pub state: ElementState,
    /// Whether it waits for somebody to choose.
    pub waits: bool,
    /// What both began with, or what was last decided about.
    pub base: Option<serde_json::Value>,
    /// What the template says now.
    pub template: Option<serde_json::Value>,
    /// What the document says.
    pub here: Option<serde_json::Value>,
}

/// How an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElementState {
    /// The same in the template and here.
    Unchanged,
    /// The template moved, and this document did not.
    TemplateMoved,
    /// Adapted here, and the template is as it was.
    AdaptedHere,
    /// Both moved.
    BothMoved,
    /// New in the template.
    New,
    /// Withdrawn from the template, and still here.
    Withdrawn,
}

/// What adopting or declining did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Adapted {
    /// The elements that were decided about, as people call them.
    pub decided: Vec<String>,
    /// Those that still wait for somebody to choose.
    pub waiting: Vec<String>,
    /// What was written.
    #[serde(flatten)]
    pub changed: super::Changed,
}

/// How the text at a place stands in one language.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TranslationView {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// The text's path, without the language.
    pub path: String,
    /// The language.
    pub language: String,
    /// How it stands.
    pub state: TranslationState,
    /// The language that it was translated from, if somebody said so.
    pub from: Option<String>,
    /// How far the document has gone on since its last version, if it has one.
    #[serde(default)]
    pub since_version: Option<super::SinceVersion>,
}

/// How a translation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TranslationState {
    /// The text exists in another language and not in this one.
    Missing,
    /// It was made from words that have changed since.
    Stale,
    /// It was made from the words as they are.
    Current,
    /// Nobody said what it was made from; it may be the original.
    Unmarked,
}
