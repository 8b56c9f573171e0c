//! Joining a programme with a ticket.

use std::sync::Arc;
use std::time::Duration;

use accord_core::Ticket;
use accord_core::api::{Exit, JoinPreview, JoinRole, Joined, Problem};
use accord_core::governance::Record;

use super::Handler;
use crate::home::party;
use crate::network::{self, Knock, KnockAnswer, Purpose, Records};
use crate::peering::{Joining, Peering, read_records, remember_addresses};
use crate::replica::{Replica, TakeError};
use crate::time::now;

/// How long the one who invited may take to answer.
const KNOCK_PATIENCE: Duration = Duration::from_secs(20);

/// How long is tried to hand over the countersignature before it is left to the next connection.
const DELIVERY_PATIENCE: Duration = Duration::from_secs(10);

fn read_ticket(text: &str) -> Result<Ticket, Problem> {
    text.parse().map_err(|e| Problem::from_error(&e).exit(Exit::Usage))
}

impl Handler {
    /// Knocks, and tells what the ticket leads to.
    pub(super) async fn join_preview(&self, text: &str) -> Result<JoinPreview, Problem> {
        let ticket = read_ticket(text)?;
        let (joining, role, _) = self.knock(&ticket, Purpose::Look).await?;
        let genesis =
            joining.governance.genesis().ok_or_else(|| Problem::failed("the founding is missing"))?;
        Ok(JoinPreview {
            programme: ticket.programme,
            name: genesis.name.clone(),
            secretariats: genesis.secretariats.iter().map(party).collect(),
            role,
        })
    }

    /// Goes on with what was shown: countersigns the founding, or asks for admission.
    pub(super) async fn join(&self, text: &str) -> Result<Joined, Problem> {
        let ticket = read_ticket(text)?;
        let (joining, role, decision) = self.knock(&ticket, Purpose::Ask).await?;
        let name = joining.governance.genesis().map(|g| g.name.clone()).unwrap_or_default();
        let taken = ticket.clone();
        self.blocking(move |replica| take_part(replica, &taken, &joining, role)).await?;
        let delivered = role != JoinRole::Countersign || self.deliver(&ticket).await?;
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
            return Err(Problem::failed("this home takes part in another programme already")
                .hint("one home holds one programme: make another with accord --home FOLDER init"));
        }
        let home = &self.replica.home;
        let knock = Knock { purpose, secret: ticket.secret, card: home.card.clone() };
        let within = KNOCK_PATIENCE;
        let answer =
            network::knock(&home.device, ticket.programme, ticket.device, &ticket.addresses, knock, within)
                .await;
        let answer = answer.map_err(|error| {
            Problem::from_error(&error).exit(Exit::Unreachable).hint(format!(
                "the node that issued the ticket must be running and reachable at {}",
                ticket.addresses.join(", ")
            ))
        })?;
        let read = |records: &Records| read_records(ticket.programme, records);
        match answer {
            KnockAnswer::Genesis { records } => {
                let joining = read(&records)?;
                // The inviter's word is not enough: the genesis itself has to name this very organisation and device.
                let named = joining.governance.genesis().is_some_and(|g| g.secretariats.contains(&home.card));
                if !named {
                    return Err(Problem::failed("the founding does not name this organisation")
                        .hint("the other secretariat founds it with the card that accord card prints here"));
                }
                Ok((joining, JoinRole::Countersign, None))
            }
            KnockAnswer::Pending { records, decision } => {
                Ok((read(&records)?, JoinRole::AskAdmission, decision))
            }
            KnockAnswer::Member { records } => Ok((read(&records)?, JoinRole::Member, None)),
            KnockAnswer::Refused { reason } => Err(Problem::failed(reason)),
        }
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
fn take_part(replica: &Replica, ticket: &Ticket, joining: &Joining, role: JoinRole) -> Result<(), Problem> {
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
            let genesis = genesis.ok_or_else(|| Problem::failed("the founding is missing"))?;
            let own = replica.home.card.organisation.id;
            // Joining again after a crash must not sign a second time.
            if !programme.governance().genesis_signatures().contains_key(&own) {
                let record = Record::genesis(genesis, &replica.home.root, now());
                programme.record(&replica.home.device, vec![record])?;
            }
        }
        JoinRole::AskAdmission | JoinRole::Member => replica.keep_ticket(ticket)?,
    }
    replica.settle(programme)
}
