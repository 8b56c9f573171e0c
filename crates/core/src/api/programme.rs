//! Answers about the founding, invitations and joining.

use crate::{DecisionId, OrganisationId, OrganisationKind, ProgrammeId};

/// A new home.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Initialised {
    /// Where it is.
    pub home: String,
    /// The organisation.
    pub organisation: PartyView,
    /// Its card.
    pub card: String,
    /// The file with the root key, if that is kept outside of the home.
    pub root_key: Option<String>,
    /// The line with which a further device asks its organisation to certify it.
    pub request: Option<String>,
}

/// An organisation by its names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct PartyView {
    /// Its id.
    pub id: OrganisationId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// An organisation's card.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CardView {
    /// Whose.
    pub organisation: PartyView,
    /// The line to hand to others.
    pub card: String,
}

/// A programme that one secretariat has signed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Founded {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// Who has to sign yet.
    pub waiting_for: PartyView,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Invited {
    /// The line to hand over.
    pub ticket: String,
    /// The addresses in it.
    pub addresses: Vec<String>,
    /// When it ends, in seconds since 1970.
    pub expires: u64,
}

/// What joining means for this organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinRole {
    /// It is the other secretariat: its signature founds the programme.
    Countersign,
    /// It asks for admission, which both secretariats must sign.
    AskAdmission,
    /// It takes part already.
    Member,
    /// It takes part already, and this is a further device of it.
    Device,
}

/// What a ticket leads to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct JoinPreview {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// The secretariats.
    pub secretariats: Vec<PartyView>,
    /// What joining means.
    pub role: JoinRole,
}

/// How joining went.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Joined {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub name: String,
    /// What this organisation did.
    pub role: JoinRole,
    /// Whether both secretariats have signed the founding, as far as this node knows.
    pub founded: bool,
    /// Whether the signature or the request has reached the one who invited.
    pub delivered: bool,
    /// The decision that the request became.
    pub decision: Option<DecisionId>,
}

/// How an organisation takes part, in one word.
pub fn kind_word(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::Secretariat => "secretariat",
        OrganisationKind::Member => "member",
        OrganisationKind::Observer => "observer",
    }
}
