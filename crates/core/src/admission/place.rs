//! Whether an entry is in position: its author could write to the space under its authority, no cut comes before it, and
//! it is on the standing branch of its log.

use super::{Branch, Forks, Reason, Standing, WaitingFor};
use crate::governance::{Cut, Governance, Knowledge, Resolution};
use crate::{Body, EntryId, Header, LogId, encode, governance_space, private_space};

/// Judges an entry outside of the governance space by its place, its log not having forked. Regularity is judged by
/// [`super::regular`], dependencies by [`super::admit_document`].
pub fn standing(governance: &Governance, header: &Header) -> Standing {
    standing_in(governance, &Forks::default(), header)
}

/// Judges an entry outside of the governance space by its place, with what is known of forks.
pub fn standing_in(governance: &Governance, forks: &Forks, header: &Header) -> Standing {
    if matches!(header.body, Body::Unknown(_)) {
        return Standing::Quarantined(Reason::Newer);
    }
    if !governance.founded() {
        return Standing::Waiting(WaitingFor::Founding);
    }
    let Some(owner) = governance.owner(&header.device) else {
        return Standing::Waiting(WaitingFor::Authority);
    };
    let log = LogId { space: header.space, device: header.device };
    // Only compared where a cut or a fork is at this very position, so mostly never computed.
    let id = || Header::id_of(&encode(header));
    let beyond = |cut: &Cut| forks.beyond(&log, cut, header.seq, &id);
    // Records count whatever becomes of the device that carried them.
    if header.space != governance_space(&governance.programme()) {
        if governance.is_surplus(&log.device) {
            return Standing::Quarantined(Reason::Surplus);
        }
        if governance.revocation_cuts(&log.space, &log.device).iter().any(beyond) {
            return Standing::Quarantined(Reason::Revoked);
        }
    }
    if header.space != private_space(&governance.programme(), &owner) {
        let judged = by_access(governance, header, &owner, &beyond);
        if judged != Standing::InPosition {
            return judged;
        }
    }
    match on_branch(governance, forks, &log, &id) {
        Branch::Stands => Standing::InPosition,
        Branch::Other => Standing::Quarantined(Reason::Fork),
        Branch::Undecided => Standing::Waiting(WaitingFor::Branch),
    }
}

fn on_branch(governance: &Governance, forks: &Forks, log: &LogId, id: &dyn Fn() -> EntryId) -> Branch {
    if forks.is_forked(log) { forks.branch(governance, log, &id()) } else { Branch::Stands }
}

fn by_access(
    governance: &Governance,
    header: &Header,
    owner: &crate::OrganisationId,
    beyond: &dyn Fn(&Cut) -> bool,
) -> Standing {
    let (space, device) = (&header.space, &header.device);
    if *space == governance_space(&governance.programme()) {
        // Records count whatever becomes of the log that carried them.
        return Standing::InPosition;
    }
    // Beyond the cuts of every period that it had, no authority makes it count.
    let waits = || {
        let ends = governance.ending_cuts(owner, space, device);
        let over = !ends.is_empty() && ends.iter().all(beyond) && !governance.may_write(owner, space);
        if over { Standing::Quarantined(Reason::Removed) } else { Standing::Waiting(WaitingFor::Authority) }
    };
    match governance.acknowledged().resolve(device, &header.authority) {
        Resolution::Missing => return waits(),
        Resolution::OtherBranch => return Standing::Quarantined(Reason::OtherBranch),
        Resolution::Resolved => {}
    }
    let knowledge = Knowledge::Of(device, &header.authority);
    let access = governance.access(owner, space, knowledge);
    if !access.write {
        let unsettled = governance.lacks_votes(device, &header.authority);
        return if unsettled { waits() } else { Standing::Quarantined(Reason::NoAccess) };
    }
    let part = governance.part(owner, knowledge);
    let ends = part.and_then(|part| part.ended).into_iter().chain(access.ended);
    let mut cuts = ends.filter_map(|decision| governance.cut_of(&decision, space, device));
    if cuts.any(|cut| beyond(&cut)) {
        return Standing::Quarantined(Reason::Removed);
    }
    Standing::InPosition
}
