//! Putting something up for the secretariats' signatures. Any organisation that takes part can; proposing signs nothing.

mod drafts;
mod keys;

use accord_core::api::{Exit, Problem, Proposal, Proposed};
use accord_core::governance::Record;
use accord_words::problem;

use super::{Names, documents, ended, view};
use crate::replica::Replica;
use crate::time::now;
use drafts::Drafts;

/// Proposes, durably. The very same that is proposed already is not proposed a second time.
pub(in crate::handler) fn propose(replica: &Replica, proposal: Proposal) -> Result<Proposed, Problem> {
    let programme = replica.programme()?;
    let home = &replica.home;
    let own = home.card.organisation.id;
    let (decision, known) = {
        let governance = programme.governance();
        if !governance.founded() {
            return Err(problem!("propose-not-founded"));
        }
        if governance.membership(&own).is_none() {
            let pending = || problem!("propose-not-admitted");
            return Err(ended(&governance, &home.device.id()).unwrap_or_else(pending));
        }
        let drafts = Drafts { home, programme: &programme, governance: &governance };
        let decision = drafts.draft(proposal)?;
        decision.check().map_err(|why| problem!("proposal-unfit", why).exit(Exit::Usage))?;
        if let Some(why) = governance.objection(&decision) {
            return Err(problem!("propose-no-effect", why = why.to_string()));
        }
        let known = governance.decision(&decision.id()).is_some();
        (decision, known)
    };
    let id = decision.id();
    if !known {
        programme.record(&home.device, vec![Record::proposal(decision, &home.device, now())])?;
    }
    let documents = documents(&programme);
    let governance = programme.governance();
    let decision = view(&Names::new(&programme, &governance, documents), &id)?;
    Ok(Proposed { decision, known })
}
