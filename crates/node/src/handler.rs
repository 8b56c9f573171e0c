//! The one handler: answers every request, whichever face it came from, with a network or without.

mod adapting;
mod apart;
mod audit;
mod bundles;
mod checking;
mod conflicts;
mod decisions;
mod desk;
mod devices;
mod doctor;
mod documents;
mod editing;
mod exchange;
mod joining;
mod kinds;
mod organisations;
mod part;
mod programme;
mod ratify;
mod reporting;
mod rule;
mod sentences;
mod settling;
mod shown;
mod status;
mod translating;
mod verify;
mod versions;
mod words;

pub(crate) use decisions::{ended_by, ended_here};
#[cfg(test)]
pub(crate) use devices::certify;

use std::sync::{Arc, PoisonError, RwLock};

use accord_core::api::{NodeView, Problem, Request, Response};
use accord_words::problem;
use tokio_util::sync::CancellationToken;

use crate::control::{Handle, ProgressSender};
use crate::network;
use crate::replica::Replica;

/// Answers requests on one replica.
pub(crate) struct Handler {
    replica: Arc<Replica>,
    network: RwLock<Option<network::Handle>>,
    /// Cancelled when the node is to stop; none when no node runs.
    stop: Option<CancellationToken>,
}

impl Handler {
    /// A handler without a network: for one command in its own process.
    pub(crate) fn offline(replica: Arc<Replica>) -> Self {
        Self { replica, network: RwLock::new(None), stop: None }
    }

    /// The handler of a running node.
    pub(crate) fn online(replica: Arc<Replica>, network: network::Handle, stop: CancellationToken) -> Self {
        Self { replica, network: RwLock::new(Some(network)), stop: Some(stop) }
    }

    fn network(&self) -> Option<network::Handle> {
        self.network.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn node_view(&self) -> Option<NodeView> {
        self.stop.as_ref()?;
        let listening = self.network().map(|network| network.listening()).unwrap_or_default();
        Some(NodeView { pid: std::process::id(), listening })
    }

    /// Runs work that blocks on the disk where blocking is allowed.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Replica) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let replica = Arc::clone(&self.replica);
        let speech = accord_words::current();
        match tokio::task::spawn_blocking(move || accord_words::within(speech, || work(&replica))).await {
            Ok(result) => result,
            Err(error) => {
                tracing::error!(%error, "a request failed unexpectedly");
                Err(problem!("failed-unexpectedly"))
            }
        }
    }
}

impl Handle for Handler {
    async fn handle(&self, request: Request, progress: ProgressSender) -> Result<Response, Problem> {
        match request {
            Request::Status => self.status().await.map(|view| Response::Status(Box::new(view))),
            Request::Desk { looking } => self.desk(looking).await.map(|view| Response::Desk(Box::new(view))),
            Request::Sync { wait_seconds } => self.sync(wait_seconds, progress).await.map(Response::Synced),
            Request::Invite { valid_seconds } => self.invite(valid_seconds).await.map(Response::Invited),
            Request::JoinPreview { ticket } => self.join_preview(&ticket).await.map(Response::JoinPreview),
            Request::Join { ticket, root } => self.join(&ticket, root).await.map(Response::Joined),
            Request::Stop => self.stop(),
            Request::Devices => self.devices().await.map(Response::Devices),
            Request::AddDevice { line, root } => self.add_device(line, root).await.map(Response::DeviceAdded),
            Request::RevokeDevice { device, why, root } => {
                self.revoke_device(device, why, root).await.map(Response::DeviceRevoked)
            }
            Request::Doctor => self.doctor().await.map(Response::Doctor),
            Request::Verify { only_check } => {
                self.verify(only_check, progress).await.map(|view| Response::Verified(Box::new(view)))
            }
            request => {
                // Only a change is answered with who gets it; what reads never waits for the network.
                let connected = if changes_a_document(&request) {
                    self.connected().await
                } else {
                    words::Connected::new()
                };
                self.blocking(move |replica| answer(replica, request, &connected)).await
            }
        }
    }
}

fn changes_a_document(request: &Request) -> bool {
    matches!(
        request,
        Request::Set { .. }
            | Request::Add { .. }
            | Request::Retire { .. }
            | Request::Reinstate { .. }
            | Request::Resolve { .. }
            | Request::AddKind { .. }
            | Request::Edit { .. }
            | Request::Redo { .. }
            | Request::ImportTable { .. }
            | Request::TemplateDecide { .. }
            | Request::Translate { .. }
            | Request::ImportEdited { .. }
            | Request::Ratify { .. }
    )
}

/// Answers what needs no network. `connected` are the devices that are connected now, to tell who gets a change.
pub(crate) fn answer(
    replica: &Replica,
    request: Request,
    connected: &words::Connected,
) -> Result<Response, Problem> {
    rule::check(replica, &request)?;
    match request {
        Request::BundleCreate { organisation, file, whole } => {
            bundles::create(replica, &organisation, &file, whole).map(Response::BundleMade)
        }
        Request::BundleRead { file } => bundles::read(replica, &file).map(Response::BundleRead),
        Request::Backup { file } => devices::back_up(replica, &file).map(Response::BackedUp),
        Request::Card => Ok(Response::Card(programme::card(replica))),
        Request::Found { name, with, recovery, recovery_votes, root } => {
            programme::found(replica, &name, &with, (&recovery, recovery_votes), root.as_ref())
                .map(Response::Founded)
        }
        Request::Organisations => organisations::organisations(replica).map(Response::Organisations),
        Request::Spaces => organisations::spaces(replica).map(Response::Spaces),
        Request::Propose { proposal } => {
            decisions::propose(replica, proposal).map(|proposed| Response::Proposed(Box::new(proposed)))
        }
        Request::New { kind, name, space, template, content } => {
            let made = documents::Made {
                kind: &kind,
                name: &name,
                space: space.as_deref(),
                template: template.as_deref(),
                content: content.as_deref(),
            };
            documents::new(replica, &made).map(Response::Created)
        }
        Request::List => documents::list(replica).map(Response::Listing),
        Request::Show { document } => {
            documents::show(replica, &document).map(|shown| Response::Shown(Box::new(shown)))
        }
        Request::ShowVersion { document, version } => {
            versions::show(replica, &document, &version).map(|shown| Response::Version(Box::new(shown)))
        }
        Request::Ratify { document, locale } => ratify::propose(replica, &document, &locale, connected)
            .map(|proposed| Response::Ratify(Box::new(proposed))),
        Request::Get { document, path } => documents::get(replica, &document, &path).map(Response::Value),
        Request::Set { document, path, value } => {
            editing::set(replica, &document, path, value, connected).map(Response::Changed)
        }
        Request::Add { document, path, fields } => {
            editing::add(replica, &document, path, fields, connected).map(Response::Changed)
        }
        Request::Retire { document, path, why } => {
            editing::retire(replica, &document, path, why, connected).map(Response::Changed)
        }
        Request::Reinstate { document, path, why } => {
            editing::reinstate(replica, &document, path, why, connected).map(Response::Changed)
        }
        Request::Resolve { document, path, how, why, pick, seen } => {
            let settling = settling::Settling { path, how, why, pick, seen };
            settling::settle(replica, &document, settling, connected).map(Response::Changed)
        }
        Request::Render { document } => editing::render(replica, &document).map(Response::Rendered),
        Request::Edit { document, version, text } => {
            editing::apply(replica, &document, &version, &text, connected)
        }
        Request::Apart { document, all } => {
            apart::list(replica, document.as_deref(), all).map(Response::Apart)
        }
        Request::Redo { document, changes } => {
            apart::redo(replica, &document, &changes, connected).map(Response::Redone)
        }
        Request::Dismiss { document, changes } => {
            apart::dismiss(replica, &document, &changes).map(Response::Apart)
        }
        Request::Log { document, last } => documents::log(replica, &document, last).map(Response::Log),
        Request::Diff { document, from, to } => {
            documents::diff(replica, &document, from.as_deref(), to.as_deref()).map(Response::Diff)
        }
        Request::Audit { document } => {
            audit::trail(replica, document.as_deref()).map(|view| Response::Audit(Box::new(view)))
        }
        Request::AuditExport { document, file } => {
            audit::export(replica, document.as_deref(), &file).map(Response::AuditExported)
        }
        Request::ImportTable { into, name, map, table, dry_run, locale } => {
            let target = exchange::Target { into: into.as_deref(), name: name.as_deref() };
            exchange::import_table(replica, target, &map, &table, dry_run, &locale, connected)
                .map(|imported| Response::Imported(Box::new(imported)))
        }
        Request::ImportEdited { text, dry_run } => {
            exchange::import_edited(replica, &text, dry_run, connected).map(Response::ImportedEdits)
        }
        Request::Export { document, format } => {
            exchange::export(replica, &document, &format).map(Response::Exported)
        }
        Request::Conflicts { document, path } => {
            conflicts::conflicts(replica, document.as_deref(), path.as_deref()).map(Response::Conflicts)
        }
        Request::Kinds => kinds::list(replica).map(Response::Kinds),
        Request::Kind { name } => kinds::show(replica, &name).map(Response::Kind),
        Request::CheckKind { file } => kinds::check(replica, &file).map(Response::KindChecked),
        Request::AddKind { file } => kinds::add(replica, &file, connected).map(Response::KindAdded),
        Request::Check { document, currency, skip, locale } => {
            let asked =
                checking::Asked { document: &document, currency: currency.as_deref(), skip, locale: &locale };
            checking::checked(replica, &asked).map(Response::Check)
        }
        Request::Report { report, documents, by, currency, version, width, locale } => {
            let asked = reporting::Asked {
                report: &report,
                documents: &documents,
                by: &by,
                currency: currency.as_deref(),
                version: version.as_deref(),
                width,
                locale: &locale,
            };
            reporting::reported(replica, &asked).map(|view| Response::Report(Box::new(view)))
        }
        Request::TemplateDiff { document, elements } => adapting::diff(replica, &document, &elements)
            .map(|view| Response::TemplateCompared(Box::new(view))),
        Request::TemplateDecide { document, elements, adopt } => {
            adapting::decide(replica, &document, &elements, adopt, connected).map(Response::Adapted)
        }
        Request::TranslationStatus { document } => {
            translating::status(replica, document.as_deref()).map(Response::Translations)
        }
        Request::Translate { document, path, language, text, from } => {
            let (text, from) = (text.as_deref(), from.as_deref());
            let written = translating::Written { path: &path, language: &language, text, from };
            translating::translate(replica, &document, &written, connected).map(Response::Changed)
        }
        Request::Decisions { all } => decisions::list(replica, all).map(Response::Decisions),
        Request::Decision { number } => {
            decisions::one(replica, &number).map(|view| Response::Decision(Box::new(view)))
        }
        Request::Sign { number, root } => decisions::vote(replica, &number, None, root.as_ref())
            .map(|signed| Response::Signed(Box::new(signed))),
        Request::Refuse { number, why, root } => decisions::vote(replica, &number, Some(why), root.as_ref())
            .map(|signed| Response::Signed(Box::new(signed))),
        Request::Status
        | Request::Desk { .. }
        | Request::Sync { .. }
        | Request::Invite { .. }
        | Request::JoinPreview { .. }
        | Request::Join { .. }
        | Request::Devices
        | Request::AddDevice { .. }
        | Request::RevokeDevice { .. }
        | Request::Doctor
        | Request::Verify { .. }
        | Request::Stop => Err(problem!("needs-network")),
    }
}
