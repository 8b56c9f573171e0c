//! Who takes part, and who reads and writes what.

use accord_core::api::{HolderView, OrganisationView, Problem, SpaceView};
use accord_core::governance::Governance;
use accord_core::{DecisionId, SpaceId};

use super::decisions::{ended_by, number};
use crate::home::party;
use crate::replica::Replica;

/// Every organisation that takes or took part, by its code.
pub(super) fn organisations(replica: &Replica) -> Result<Vec<OrganisationView>, Problem> {
    let programme = replica.programme()?;
    let governance = programme.governance();
    let own = replica.home.card.organisation.id;
    let view = |id| {
        let membership = governance.membership(&id);
        let since = match &membership {
            Some(membership) => membership.decision,
            None => ended_by(&governance, &id),
        };
        Some(OrganisationView {
            organisation: party(governance.card(&id)?),
            kind: membership.map(|membership| membership.kind),
            since: since.as_ref().map(number),
            time: since.and_then(|decision| settled(&governance, &decision)),
            mine: id == own,
        })
    };
    let mut all: Vec<OrganisationView> = governance.organisations().into_iter().filter_map(view).collect();
    all.sort_by(|one, other| one.organisation.code.cmp(&other.organisation.code));
    Ok(all)
}

/// When the last signature under a decision was given, as its author says.
fn settled(governance: &Governance, decision: &DecisionId) -> Option<u64> {
    let state = governance.decision(decision)?;
    state.votes.iter().filter_map(|(_, vote)| vote.map(|vote| vote.time)).max()
}

/// Every space with documents: the programme's, those opened by decision by their names, the organisation's own.
pub(super) fn spaces(replica: &Replica) -> Result<Vec<SpaceView>, Problem> {
    let programme = replica.programme()?;
    let documents = programme.summaries()?;
    let governance = programme.governance();
    let own = replica.home.card.organisation.id;
    let view = |space: SpaceId| {
        let holders = governance.memberships().into_iter().filter(|(id, _)| governance.may_read(id, &space));
        let mut holders: Vec<HolderView> = holders
            .map(|(id, membership)| HolderView {
                organisation: membership.card.organisation.code,
                writes: governance.may_write(&id, &space),
            })
            .collect();
        holders.sort_by(|one, other| one.organisation.cmp(&other.organisation));
        SpaceView {
            id: space,
            name: programme.space_name(&governance, &space),
            holders,
            i_read: governance.may_read(&own, &space),
            i_write: governance.may_write(&own, &space),
            documents: documents.keys().filter(|key| key.space == space).count(),
        }
    };
    let mut decided: Vec<SpaceView> = governance.spaces().map(view).collect();
    decided.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    let mut all = vec![view(programme.space())];
    all.extend(decided);
    all.push(view(programme.private_space(&own)));
    Ok(all)
}
