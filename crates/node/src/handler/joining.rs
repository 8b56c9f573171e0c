//! Joining a programme with a ticket.

use std::sync::Arc;
use std::time::Duration;

use accord_core::Ticket;
use accord_core::api::{Exit, JoinPreview, JoinRole, Joined, Problem, RootSecret};
use accord_core::governance::Record;
use accord_words::{problem, say};

use super::Handler;
use super::status::synchronise;
use crate::control::ProgressSender;
use crate::home::party;
use crate::network::{self, KnockAnswer, Purpose, Records};
use crate::peering::{Joining, Peering, knock_of, read_records, remember_addresses};
use crate::replica::{Replica, TakeError};
use crate::time::now;

/// How long the one who invited may take to answer.
const KNOCK_PATIENCE: Duration = Duration::from_secs(20);

/// How long is tried to hand over the countersignature before it is left to the next connection.
const DELIVERY_PATIENCE: Duration = Duration::from_secs(10);

/// How long a further device takes at most to fetch the programme before it leaves the rest to its node.
const FETCH_PATIENCE: Duration = Duration::from_secs(60);

fn read_ticket(text: &str) -> Result<Ticket, Problem> {
    text.parse().map_err(|e| Problem::from_error(&e).exit(Exit::Usage))
}

impl Handler {
    /// Knocks, and tells what the ticket leads to.
    pub(super) async fn join_preview(&self, text: &str) -> Result<JoinPreview, Problem> {
        let ticket = read_ticket(text)?;
        let (joining, role, _) = self.knock(&ticket, Purpose::Look).await?;
        let genesis = joining.governance.genesis().ok_or_else(|| problem!("founding-missing"))?;
        Ok(JoinPreview {
            programme: ticket.programme,
            name: genesis.name.clone(),
            secretariats: genesis.secretariats.iter().map(party).collect(),
            role,
        })
    }

    /// Goes on with what was shown: countersigns the founding, or asks for admission.
    pub(super) async fn join(&self, text: &str, root: Option<RootSecret>) -> Result<Joined, Problem> {
        let ticket = read_ticket(text)?;
        let (joining, role, decision) = self.knock(&ticket, Purpose::Ask).await?;
        let name = joining.governance.genesis().map(|g| g.name.clone()).unwrap_or_default();
        let taken = ticket.clone();
        self.blocking(move |replica| take_part(replica, &taken, &joining, role, root.as_ref())).await?;
        let delivered = match role {
            JoinRole::Countersign => self.deliver(&ticket).await?,
            JoinRole::Device => self.fetch(&ticket).await?,
            JoinRole::AskAdmission | JoinRole::Member => true,
        };
        let founded = self.replica.programme()?.governance().founded();
        Ok(Joined { programme: ticket.programme, name, role, founded, delivered, decision })
    }

    async fn knock(
        &self,
        ticket: &Ticket,
        purpose: Purpose,
    ) -> Result<(Joining, JoinRole, Option<accord_core::DecisionId>), Problem> {
        if let Some(programme) = self.replica.try_programme()
            && programme.id() != ticket.programme
        {
            return Err(problem!("other-programme-already"));
        }
        let home = &self.replica.home;
        let knock = knock_of(&self.replica, ticket, purpose);
        let further = home.card.device.device != home.device.id();
        let within = KNOCK_PATIENCE;
        let answer =
            network::knock(&home.device, ticket.programme, ticket.device, &ticket.addresses, knock, within)
                .await;
        let answer = answer.map_err(|error| {
            let addresses = ticket.addresses.join(", ");
            Problem::from_error(&error).exit(Exit::Unreachable).hint(say!("issuer-must-run", addresses))
        })?;
        let read = |records: &Records| read_records(ticket.programme, records);
        match answer {
            KnockAnswer::Genesis { .. } | KnockAnswer::Pending { .. } if further => {
                Err(problem!("first-device-first"))
            }
            KnockAnswer::Genesis { records } => {
                let joining = read(&records)?;
                // The inviter's word is not enough: the genesis itself has to name this very organisation and device.
                let named = joining.governance.genesis().is_some_and(|g| g.secretariats.contains(&home.card));
                if !named {
                    return Err(problem!("not-named-in-founding"));
                }
                Ok((joining, JoinRole::Countersign, None))
            }
            KnockAnswer::Pending { records, decision } => {
                Ok((read(&records)?, JoinRole::AskAdmission, decision))
            }
            KnockAnswer::Member { records } => {
                let role = if further { JoinRole::Device } else { JoinRole::Member };
                Ok((read(&records)?, role, None))
            }
            KnockAnswer::Refused { reason } => Err(refused_there(&reason)),
            KnockAnswer::Ended { .. } => Err(problem!("part-ended")),
        }
    }

    /// Fetches the programme for a further device, from the one who invited. Whether it has all of it then.
    async fn fetch(&self, ticket: &Ticket) -> Result<bool, Problem> {
        let programme = self.replica.programme()?;
        let network = match self.network() {
            Some(network) => network,
            None => {
                let pending = Some(ticket.clone());
                let peering = Peering::new(Arc::clone(&self.replica), Arc::clone(&programme), pending);
                let dial = ticket.addresses.clone();
                crate::run::start_network(&self.replica, Arc::new(peering), Vec::new(), dial, false).await?
            }
        };
        let (progress, _) = ProgressSender::channel();
        let barred = synchronise(&programme, &network, FETCH_PATIENCE, &progress).await;
        if self.stop.is_none() {
            network.shutdown().await;
        }
        let certified = programme.own_organisation(&programme.governance()).is_some();
        Ok(certified && barred.in_step.contains(&ticket.device))
    }

    /// Hands the countersignature to the one who invited.
    async fn deliver(&self, ticket: &Ticket) -> Result<bool, Problem> {
        let network = match self.network() {
            Some(network) => network,
            None => {
                let programme = self.replica.programme()?;
                let peering = Arc::new(Peering::new(Arc::clone(&self.replica), programme, None));
                crate::run::start_network(&self.replica, peering, Vec::new(), ticket.addresses.clone(), false)
                    .await?
            }
        };
        let barred = network.sync_barrier(DELIVERY_PATIENCE, &mut |_| {}).await;
        if self.stop.is_none() {
            network.shutdown().await;
        }
        Ok(barred.in_step.contains(&ticket.device))
    }
}

/// Takes in what the ticket led to, durably: from here on this home takes part in the programme, or asks to.
fn take_part(
    replica: &Replica,
    ticket: &Ticket,
    joining: &Joining,
    role: JoinRole,
    root: Option<&RootSecret>,
) -> Result<(), Problem> {
    let programme = replica.enter(ticket.programme)?;
    for (log, signed) in &joining.entries {
        if log.device == replica.home.device.id() {
            continue;
        }
        programme.take(*log, vec![signed.clone()]).map_err(|error| match error {
            TakeError::Invalid(error) => Problem::from_error(&error),
            TakeError::Ingest(error) => Problem::from_error(&error),
        })?;
    }
    remember_addresses(replica, &ticket.device, &ticket.addresses);
    match role {
        JoinRole::Countersign => {
            let genesis = joining.governance.genesis().cloned();
            let genesis = genesis.ok_or_else(|| problem!("founding-missing"))?;
            let own = replica.home.card.organisation.id;
            // Joining again after a crash must not sign a second time.
            if !programme.governance().genesis_signatures().contains_key(&own) {
                let root = replica.root_key(root)?;
                let record = Record::genesis(genesis, &root, now());
                programme.record(&replica.home.device, vec![record])?;
            }
        }
        JoinRole::AskAdmission | JoinRole::Member | JoinRole::Device => replica.keep_ticket(ticket)?,
    }
    replica.settle(programme)
}

/// What the node that was knocked at says is wrong: it names a sentence, and it is said in the language of who asks. What
/// it names otherwise, as a newer version may, is shown as it stands.
fn refused_there(reason: &str) -> Problem {
    match reason {
        "knock-later" => problem!("knock-later"),
        "knock-not-issued" => problem!("knock-not-issued"),
        "knock-used" => problem!("knock-used"),
        "knock-expired" => problem!("knock-expired"),
        "knock-not-founded" => problem!("knock-not-founded"),
        "knock-revoked" => problem!("knock-revoked"),
        "knock-not-certified" => problem!("knock-not-certified"),
        "knock-devices-full" => problem!("knock-devices-full"),
        "knock-refused" => problem!("knock-refused"),
        other => problem!("knock-other", reason = other),
    }
}
