//! What a node answers, and the lines in which it does.

#[cfg(doc)]
use super::Request;
use super::{
    Adapted, ApartView, AuditExported, AuditView, BackedUp, BundleMade, BundleRead, CardView, Changed,
    CheckView, ConflictView, Created, DecisionSummary, DecisionView, DeskView, DeviceAdded, DeviceRevoked,
    DeviceView, DiffView, DoctorView, Exported, Founded, HistoryView, Imported, ImportedEdits, Invited,
    JoinPreview, Joined, KindAdded, KindChecked, KindSummary, KindView, Listing, Marked, OrganisationView,
    Problem, Progress, Proposed, RatifyProposed, Redone, Rendered, ReportView, Shown, Signed, SpaceView,
    StatusView, Synced, TemplateView, TranslationView, Value, VerifyView, VersionShown,
};

/// What a node answers.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "answer", content = "value", rename_all = "kebab-case")]
pub enum Response {
    /// To [`Request::Card`].
    Card(CardView),
    /// To [`Request::Found`].
    Founded(Founded),
    /// To [`Request::Organisations`].
    Organisations(Vec<OrganisationView>),
    /// To [`Request::Spaces`].
    Spaces(Vec<SpaceView>),
    /// To [`Request::Propose`].
    Proposed(Box<Proposed>),
    /// To [`Request::Invite`].
    Invited(Invited),
    /// To [`Request::JoinPreview`].
    JoinPreview(JoinPreview),
    /// To [`Request::Join`].
    Joined(Joined),
    /// To [`Request::Devices`].
    Devices(Vec<DeviceView>),
    /// To [`Request::AddDevice`].
    DeviceAdded(DeviceAdded),
    /// To [`Request::RevokeDevice`].
    DeviceRevoked(DeviceRevoked),
    /// To [`Request::BundleCreate`].
    BundleMade(BundleMade),
    /// To [`Request::BundleRead`].
    BundleRead(BundleRead),
    /// To [`Request::Backup`].
    BackedUp(BackedUp),
    /// To [`Request::Doctor`].
    Doctor(DoctorView),
    /// To [`Request::Verify`].
    Verified(Box<VerifyView>),
    /// To [`Request::Status`].
    Status(Box<StatusView>),
    /// To [`Request::Desk`].
    Desk(Box<DeskView>),
    /// To [`Request::Sync`].
    Synced(Synced),
    /// To [`Request::Stop`].
    Stopping,
    /// To [`Request::New`].
    Created(Created),
    /// To [`Request::List`].
    Listing(Listing),
    /// To [`Request::Show`].
    Shown(Box<Shown>),
    /// To [`Request::ShowVersion`].
    Version(Box<VersionShown>),
    /// To [`Request::Ratify`].
    Ratify(Box<RatifyProposed>),
    /// To [`Request::Get`].
    Value(Value),
    /// To [`Request::Set`], [`Request::Add`], [`Request::Retire`], [`Request::Reinstate`], [`Request::Resolve`] and
    /// [`Request::Edit`], and to [`Request::Translate`].
    Changed(Changed),
    /// To [`Request::Edit`] when the text has errors: nothing was applied.
    Marked(Marked),
    /// To [`Request::Render`].
    Rendered(Rendered),
    /// To [`Request::Apart`], and to [`Request::Dismiss`] those that were named.
    Apart(Vec<ApartView>),
    /// To [`Request::Redo`], in the order in which they were made.
    Redone(Vec<Redone>),
    /// To [`Request::Log`].
    Log(HistoryView),
    /// To [`Request::Diff`].
    Diff(DiffView),
    /// To [`Request::ImportTable`].
    Imported(Box<Imported>),
    /// To [`Request::ImportEdited`].
    ImportedEdits(ImportedEdits),
    /// To [`Request::Export`].
    Exported(Exported),
    /// To [`Request::Audit`].
    Audit(Box<AuditView>),
    /// To [`Request::AuditExport`].
    AuditExported(AuditExported),
    /// To [`Request::Conflicts`].
    Conflicts(Vec<ConflictView>),
    /// To [`Request::Kinds`].
    Kinds(Vec<KindSummary>),
    /// To [`Request::Kind`].
    Kind(KindView),
    /// To [`Request::CheckKind`].
    KindChecked(KindChecked),
    /// To [`Request::AddKind`].
    KindAdded(KindAdded),
    /// To [`Request::Check`].
    Check(CheckView),
    /// To [`Request::Report`].
    Report(Box<ReportView>),
    /// To [`Request::TemplateDiff`].
    TemplateCompared(Box<TemplateView>),
    /// To [`Request::TemplateDecide`].
    Adapted(Adapted),
    /// To [`Request::TranslationStatus`].
    Translations(Vec<TranslationView>),
    /// To [`Request::Decisions`].
    Decisions(Vec<DecisionSummary>),
    /// To [`Request::Decision`].
    Decision(Box<DecisionView>),
    /// To [`Request::Sign`] and [`Request::Refuse`].
    Signed(Box<Signed>),
}

/// One line of an answer on the control socket.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// How far it is.
    Progress(Progress),
    /// Done.
    Ok(Response),
    /// Not done, and why.
    Problem(Problem),
}
