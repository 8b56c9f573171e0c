//! Requests and responses: what every face of a node speaks, the command line over the socket or in one process,
//! and whatever comes later.
//!
//! On the control socket one request is one line of JSON ([`Request`]); the answer is any number of lines
//! `{"progress": …}` and one last line `{"ok": …}` or `{"problem": …}` ([`Message`]). The same structures are what
//! `--json` prints, so they are versioned by [`VERSION`]: fields are added, never renamed.

mod adapting;
mod apart;
mod audit;
mod bundles;
mod checks;
mod conflicts;
mod decisions;
mod desk;
mod devices;
mod documents;
mod exchange;
mod kinds;
mod organisations;
mod problem;
mod programme;
mod proposal;
mod reports;
mod request;
mod response;
mod secret;
mod status;
mod verify;
mod versions;

pub use adapting::{Adapted, ElementState, ElementView, TemplateView, TranslationState, TranslationView};
pub use apart::{ApartState, ApartView, Redone};
pub use audit::{AuditExported, AuditItem, AuditProof, AuditView, DocumentProof, VersionProof};
pub use bundles::{BundleMade, BundleRead};
pub use checks::{CheckFinding, CheckView};
pub use conflicts::{ConflictView, Gained, Settlement, Side, Way};
pub use decisions::{DecisionSummary, DecisionView, Proposed, RivalView, Signed, VoteView};
pub use desk::{DeskView, FreshDocument};
pub use devices::{
    BackedUp, Compacted, DeviceAdded, DeviceRevoked, DeviceView, DoctorView, Finding, Health, Rebuilt,
    Restored,
};
pub use documents::{
    Changed, Created, DiffView, DocumentSummary, FieldChange, HistoryItem, HistoryView, Listing, Marked,
    OpenPlaces, Rendered, Shown, Value,
};
pub use exchange::{Exported, Imported, ImportedEdits, ImportedPlace, RefusedLine, Sentence};
pub use kinds::{KindAdded, KindChecked, KindSummary, KindView};
pub use organisations::{HolderView, OrganisationView, SpaceView};
pub use problem::{Exit, Problem};
pub use programme::{
    CardView, Founded, Initialised, Invited, JoinPreview, JoinRole, Joined, PartyView, kind_word,
};
pub use proposal::Proposal;
pub use reports::{CellView, ReportView, RowView, TableView};
pub use request::{Asked, Request, Speech};
pub use response::{Message, Response};
pub use secret::RootSecret;
pub use status::{
    DeviceStep, Fork, Knowing, NodeView, OrganisationStep, ProgrammeView, Progress, Quarantined, StatusView,
    Synced, Unreached,
};
pub use verify::{DocumentProblem, DocumentTrouble, LogChecked, LogProblem, LogTrouble, VerifyView};
pub use versions::{DocumentVersions, ProposedVersion, RatifyProposed, SinceVersion, VersionShown, Versions};

/// The version of the requests and responses.
pub const VERSION: u32 = 1;

/// The longest line on the control socket, in bytes.
pub const MAX_LINE: usize = 16 * 1024 * 1024;
