//! Cards, founding and tickets.

use accord_core::api::{CardView, Exit, Founded, Invited, Problem, Response, RootSecret};
use accord_core::governance::{Genesis, Record};
use accord_core::{Card, OrganisationId};
use accord_words::{problem, say};

use super::Handler;
use crate::home::party;
use crate::peering::issue;
use crate::replica::{Programme, Replica, random};
use crate::time::now;

/// The longest that a ticket can be valid: a year.
const MAX_VALID_SECONDS: u64 = 366 * 24 * 3600;

pub(super) fn card(replica: &Replica) -> CardView {
    CardView { organisation: replica.home.party(), card: replica.home.card.to_string() }
}

/// Founds a programme with the organisation of a card: signs the genesis, which the other one then countersigns.
/// `recovery` are the cards of organisations of which `recovery_votes` can replace a lost secretariat together with the
/// other one.
pub(super) fn found(
    replica: &Replica,
    name: &str,
    with: &str,
    (recovery, recovery_votes): (&[String], u32),
    root: Option<&RootSecret>,
) -> Result<Founded, Problem> {
    if replica.try_programme().is_some() {
        return Err(problem!("part-of-a-programme"));
    }
    let other: Card = with.parse().map_err(|e| Problem::from_error(&e))?;
    if other.organisation.id == replica.home.card.organisation.id {
        return Err(problem!("own-card"));
    }
    if other.organisation.code == replica.home.card.organisation.code {
        return Err(problem!("same-code", code = other.organisation.code));
    }
    let mut nonce = [0; 16];
    random(&mut nonce);
    let quorum = quorum(recovery, recovery_votes)?;
    let genesis = Genesis::new(name.trim(), replica.home.card.clone(), other.clone(), nonce)
        .with_recovery(quorum, recovery_votes);
    genesis
        .check()
        .map_err(|e| Problem::from_error(&e).exit(Exit::Usage).hint(say!("programme-name-hint")))?;
    let id = genesis.id();
    let record = Record::genesis(genesis, &replica.root_key(root)?, now());
    let programme = replica.enter(id)?;
    programme.record(&replica.home.device, vec![record])?;
    replica.settle(programme)?;
    Ok(Founded { programme: id, name: name.trim().to_owned(), waiting_for: party(&other) })
}

/// Reads the cards of a recovery quorum, and says in words what the genesis would refuse.
fn quorum(cards: &[String], votes: u32) -> Result<Vec<Card>, Problem> {
    let quorum: Result<Vec<Card>, Problem> =
        cards.iter().map(|card| card.parse().map_err(|e| Problem::from_error(&e))).collect();
    let quorum = quorum?;
    let votes = votes as usize;
    let enough =
        if quorum.is_empty() { votes == 0 } else { votes * 2 > quorum.len() && votes <= quorum.len() };
    if !enough {
        return Err(problem!("too-few-votes", votes, organisations = quorum.len()).exit(Exit::Usage));
    }
    Ok(quorum)
}

impl Handler {
    /// Issues a ticket with the addresses at which this node is reached.
    pub(super) async fn invite(&self, valid_seconds: u64) -> Result<Invited, Problem> {
        if valid_seconds == 0 || valid_seconds > MAX_VALID_SECONDS {
            return Err(problem!("ticket-validity").exit(Exit::Usage));
        }
        self.replica.programme()?;
        let addresses = self.addresses();
        if addresses.is_empty() {
            return Err(problem!("ticket-needs-address").exit(Exit::Unreachable));
        }
        let ticket = self.blocking(move |replica| issue(replica, addresses, valid_seconds)).await?;
        Ok(Invited {
            ticket: ticket.to_string(),
            addresses: ticket.addresses.clone(),
            expires: ticket.expires,
        })
    }

    /// The addresses at which this node is reached, as far as it knows.
    pub(super) fn addresses(&self) -> Vec<String> {
        let config = &self.replica.home.config;
        let mut addresses = match self.network() {
            _ if !config.announce.is_empty() => config.announce.clone(),
            Some(network) => network.listening(),
            None => config.listen.clone(),
        };
        addresses.truncate(16);
        addresses
    }

    pub(super) fn stop(&self) -> Result<Response, Problem> {
        let stop = self.stop.as_ref().ok_or_else(|| problem!("no-node-running").exit(Exit::Unreachable))?;
        stop.cancel();
        Ok(Response::Stopping)
    }
}

impl Programme {
    /// The organisation of this device, once it takes part.
    pub(crate) fn own_organisation(
        &self,
        governance: &accord_core::governance::Governance,
    ) -> Option<OrganisationId> {
        governance.organisation_of(&self.device())
    }
}
