//! From what people say to the decision that is signed: organisations and spaces are found by their names, and what ends
//! access carries the cuts of every log that is known here.

use std::collections::BTreeSet;

use accord_core::api::{Exit, Problem, Proposal};
use accord_core::governance::{
    Charter, Cut, Decision, DecisionStatus, Governance, Holder, Operation, Recovery, Seat, Subject,
};
use accord_core::{Card, OrganisationId, OrganisationKind, SpaceId};
use accord_document::GUARD_RULE;
use accord_words::{problem, say};

use super::super::{find, number};
use crate::home::Home;
use crate::replica::{Programme, random};

/// Names that mean something already where a space is asked for.
const RESERVED: [&str; 3] = ["programme", "private", "governance"];

pub(super) struct Drafts<'a> {
    pub(super) home: &'a Home,
    pub(super) programme: &'a Programme,
    pub(super) governance: &'a Governance,
}

impl Drafts<'_> {
    /// The decision that a proposal means.
    pub(super) fn draft(&self, proposal: Proposal) -> Result<Decision, Problem> {
        match proposal {
            Proposal::Admit { card, observer } => self.admit(&card, observer),
            Proposal::Remove { organisation } => {
                let organisation = self.organisation(&organisation)?;
                self.draft_cut(Subject::Membership(organisation), Operation::Remove, &organisation, None)
            }
            Proposal::Space { name, readers, writers } => self.space(&name, &readers, &writers),
            Proposal::RenameSpace { space, name } => {
                let (space, name) = (self.decided_space(&space)?, self.free_name(&name)?);
                let operation = Operation::CreateSpace { name, readers: Vec::new(), writers: Vec::new() };
                Ok(self.governance.draft(Subject::Space(space), operation, Vec::new()))
            }
            Proposal::Grant { organisation, space, write } => self.grant(&organisation, &space, write),
            Proposal::Withdraw { organisation, space, write_only } => {
                self.withdraw(&organisation, &space, write_only)
            }
            Proposal::Signer { device } => self.signer(device.as_deref()),
            Proposal::ReplaceRoot { root, without, restore } => self.replace_root(&root, &without, &restore),
            Proposal::Secretariat { card, instead_of } => {
                let (card, goes) = (self.readable(&card)?, self.organisation(&instead_of)?);
                let charter = self.replaced(&goes, card)?;
                let operation = Operation::Constitute(Box::new(charter));
                self.draft_cut(Subject::Constitution, operation, &goes, None)
            }
            Proposal::GuardRule { number } => {
                let mut charter = self.charter()?;
                if charter.guard_rule == number {
                    return Err(problem!("rule-already", number));
                }
                // By one that this program does not know its own node could show nothing.
                if number != GUARD_RULE {
                    return Err(problem!("rule-unknown", number));
                }
                charter.guard_rule = number;
                Ok(self.constitute(charter))
            }
            Proposal::Recover { lost, card } => self.recover(&lost, &card),
            Proposal::Again { number } => self.again(&number),
        }
    }

    fn admit(&self, text: &str, observer: bool) -> Result<Decision, Problem> {
        let card = match text.parse::<Card>() {
            Ok(card) => card,
            // Who took part before left its card here.
            Err(error) => match self.organisation(text) {
                Ok(organisation) => {
                    self.governance.card(&organisation).cloned().ok_or_else(|| Problem::from_error(&error))?
                }
                Err(_) => return Err(Problem::from_error(&error).exit(Exit::Usage).hint(say!("give-card"))),
            },
        };
        let code = &card.organisation.code;
        let same = |(id, other): &(OrganisationId, accord_core::governance::Membership)| {
            *id != card.organisation.id && other.card.organisation.code == *code
        };
        if self.governance.memberships().into_iter().any(|other| same(&other)) {
            return Err(problem!("code-taken", code));
        }
        let kind = if observer { OrganisationKind::Observer } else { OrganisationKind::Member };
        let subject = Subject::Membership(card.organisation.id);
        Ok(self.governance.draft(subject, Operation::Admit { card: Box::new(card), kind }, Vec::new()))
    }

    fn space(&self, name: &str, readers: &[String], writers: &[String]) -> Result<Decision, Problem> {
        let name = self.free_name(name)?;
        let writers = self.holders(writers)?;
        if writers.is_empty() {
            return Err(problem!("space-without-writers").exit(Exit::Usage));
        }
        let mut readers = self.holders(readers)?;
        readers.retain(|reader| !writers.contains(reader));
        let mut space = [0; SpaceId::LEN];
        random(&mut space);
        let operation = Operation::CreateSpace {
            name,
            readers: readers.into_iter().collect(),
            writers: writers.into_iter().collect(),
        };
        Ok(self.governance.draft(Subject::Space(SpaceId(space)), operation, Vec::new()))
    }

    fn holders(&self, codes: &[String]) -> Result<BTreeSet<Holder>, Problem> {
        let holder = |code: &String| {
            let organisation = self.organisation(code)?;
            let membership = self.governance.membership(&organisation);
            let term = membership.ok_or_else(|| self.takes_no_part(code))?.term;
            Ok(Holder { organisation, term })
        };
        codes.iter().map(holder).collect()
    }

    fn grant(&self, organisation: &str, space: &str, write: bool) -> Result<Decision, Problem> {
        let (id, space) = (self.organisation(organisation)?, self.decided_space(space)?);
        let membership = self.governance.membership(&id).ok_or_else(|| self.takes_no_part(organisation))?;
        if write && membership.kind == OrganisationKind::Observer {
            return Err(problem!("observer-only-reads", organisation));
        }
        let may = (self.governance.may_read(&id, &space), self.governance.may_write(&id, &space));
        if may == (true, true) || (may.0 && !write) {
            return Err(if may.1 {
                problem!("writes-already", organisation)
            } else {
                problem!("reads-already", organisation)
            });
        }
        Ok(self.governance.draft(
            Subject::Access(id, space),
            Operation::Grant { read: true, write },
            Vec::new(),
        ))
    }

    fn withdraw(&self, organisation: &str, space: &str, write_only: bool) -> Result<Decision, Problem> {
        let (id, space) = (self.organisation(organisation)?, self.decided_space(space)?);
        let (reads, writes) = (self.governance.may_read(&id, &space), self.governance.may_write(&id, &space));
        let secretariat = self.governance.secretariats().contains(&id);
        if (write_only || secretariat) && !writes {
            let problem = problem!("grant-does-not-write", organisation);
            return Err(if secretariat && reads {
                problem.hint(say!("secretariat-reads-all"))
            } else {
                problem.hint(say!("see-spaces"))
            });
        }
        if !reads && !writes {
            return Err(problem!("grant-no-access", organisation));
        }
        let subject = Subject::Access(id, space);
        let operation = Operation::Withdraw { read: !write_only && !secretariat, write: true };
        self.draft_cut(subject, operation, &id, Some(space))
    }

    fn recover(&self, lost: &str, card: &str) -> Result<Decision, Problem> {
        let quorum = self.governance.genesis().is_some_and(|genesis| !genesis.recovery_quorum.is_empty());
        if !quorum {
            return Err(problem!("nobody-replaces"));
        }
        let lost = self.organisation(lost)?;
        let card = self.readable(card)?;
        let charter = self.replaced(&lost, card)?;
        self.draft_recovery(lost, charter)
    }

    fn draft_recovery(&self, lost: OrganisationId, charter: Charter) -> Result<Decision, Problem> {
        let survivors = self.governance.secretariats().into_iter().filter(|who| *who != lost);
        let mut open_votes: Vec<_> = survivors.flat_map(|who| self.governance.open_votes(&who)).collect();
        open_votes.sort_unstable();
        let last_vote = self.governance.last_vote(&lost);
        let recovery = Box::new(Recovery { lost, last_vote, open_votes });
        let operation = Operation::Recover { recovery, charter: Box::new(charter) };
        self.draft_cut(Subject::Constitution, operation, &lost, None)
    }

    /// The same once more, with what has changed since: the next round, the cuts of now.
    fn again(&self, text: &str) -> Result<Decision, Problem> {
        let id = find(self.governance, text)?;
        let state = self.governance.decision(&id);
        let state = state.ok_or_else(|| problem!("no-decision", number = text))?;
        let number = number(&id);
        match state.status {
            DecisionStatus::Dead => {}
            DecisionStatus::Open => {
                return Err(problem!("decision-still-open", number));
            }
            DecisionStatus::InForce => return Err(problem!("decision-in-force-already", number)),
            DecisionStatus::Superseded => {
                return Err(problem!("decision-place-taken", number));
            }
        }
        let (subject, operation) = (state.decision.subject.clone(), state.decision.operation.clone());
        match (&operation, &subject) {
            (Operation::Remove, Subject::Membership(organisation)) => {
                let organisation = *organisation;
                self.draft_cut(subject, operation, &organisation, None)
            }
            (Operation::Withdraw { .. }, Subject::Access(organisation, space)) => {
                let (organisation, space) = (*organisation, *space);
                self.draft_cut(subject, operation, &organisation, Some(space))
            }
            (Operation::Recover { recovery, charter }, _) => {
                self.draft_recovery(recovery.lost, charter.as_ref().clone())
            }
            (Operation::Constitute(charter), _) => {
                let goes = self.governance.secretariats().into_iter().find(|who| charter.seat(who).is_none());
                match goes {
                    Some(goes) => self.draft_cut(subject, operation, &goes, None),
                    None => Ok(self.governance.draft(subject, operation, Vec::new())),
                }
            }
            _ => Ok(self.governance.draft(subject, operation, Vec::new())),
        }
    }

    /// With the cuts of every log of an organisation that is held here, in one space or in all that are shared. Its
    /// governance log is among them: without a cut nothing of that would be passed on, and nobody who comes later
    /// could tell under which decisions its work was written.
    fn draft_cut(
        &self,
        subject: Subject,
        operation: Operation,
        organisation: &OrganisationId,
        space: Option<SpaceId>,
    ) -> Result<Decision, Problem> {
        let logs = self.programme.logs();
        let private = self.programme.private_space(organisation);
        let spaces = match space {
            Some(space) => vec![space],
            None => logs.spaces(),
        };
        let mut held = Vec::new();
        for space in spaces.into_iter().filter(|space| *space != private) {
            let vector = logs.vector(&space);
            for (device, heads) in vector.iter() {
                held.extend(heads.iter().map(|head| (space, *device, *head)));
            }
        }
        let cuts: Vec<Cut> = self.governance.cuts_for(organisation, held);
        Ok(self.governance.draft(subject, operation, cuts))
    }

    pub(super) fn constitute(&self, charter: Charter) -> Decision {
        self.governance.draft(Subject::Constitution, Operation::Constitute(Box::new(charter)), Vec::new())
    }

    /// The constitution of now, to be changed.
    pub(super) fn charter(&self) -> Result<Charter, Problem> {
        let constitution = self.governance.constitution();
        let constitution = constitution.ok_or_else(|| problem!("founding-missing"))?;
        // No root key is replaced by what is drafted here, so nothing has to be kept beside it.
        Ok(Charter { keeps: Vec::new(), ..constitution.charter.clone() })
    }

    /// The constitution of now with another organisation in the place of a secretariat.
    fn replaced(&self, goes: &OrganisationId, card: Card) -> Result<Charter, Problem> {
        let mut charter = self.charter()?;
        if charter.seat(&card.organisation.id).is_some() {
            return Err(problem!("secretariat-already", code = card.organisation.code));
        }
        let seat = charter.seats.iter_mut().find(|seat| seat.card.organisation.id == *goes);
        let seat = seat.ok_or_else(|| problem!("only-secretariat-replaced"))?;
        let root = self.governance.root(&card.organisation.id);
        card.verify_with(&root.0).map_err(|e| Problem::from_error(&e))?;
        *seat = Seat { card, root };
        charter.seats.sort_by_key(|seat| seat.card.organisation.id);
        Ok(charter)
    }

    pub(super) fn readable(&self, card: &str) -> Result<Card, Problem> {
        card.parse::<Card>().map_err(|error| Problem::from_error(&error).exit(Exit::Usage))
    }

    /// The organisation of a code, among those that take part, else among those that did.
    fn organisation(&self, text: &str) -> Result<OrganisationId, Problem> {
        let lower = text.to_lowercase();
        let all: Vec<(OrganisationId, &Card)> = self
            .governance
            .organisations()
            .into_iter()
            .filter_map(|id| Some((id, self.governance.card(&id)?)))
            .collect();
        let named = |(id, card): &&(OrganisationId, &Card)| {
            card.organisation.code.to_lowercase() == lower
                || (text.len() >= 8 && id.to_string().starts_with(&lower))
        };
        let found: Vec<OrganisationId> = all.iter().filter(named).map(|(id, _)| *id).collect();
        let now: Vec<OrganisationId> =
            found.iter().filter(|id| self.governance.membership(id).is_some()).copied().collect();
        match (now.as_slice(), found.as_slice()) {
            ([one], _) | ([], [one]) => Ok(*one),
            ([], []) => {
                let mut codes: Vec<&str> =
                    all.iter().map(|(_, card)| card.organisation.code.as_str()).collect();
                codes.sort_unstable();
                Err(problem!("no-organisation", name = text, codes = codes.join(", ")))
            }
            _ => {
                let ids: Vec<String> = found.iter().map(OrganisationId::short).collect();
                Err(problem!("organisations-alike", code = text, ids = ids.join(", ")))
            }
        }
    }

    fn takes_no_part(&self, code: &str) -> Problem {
        problem!("organisation-no-part", code)
    }

    /// A space that was opened by decision, and that decisions give access to.
    fn decided_space(&self, text: &str) -> Result<SpaceId, Problem> {
        let own = self.home.card.organisation.id;
        let space = self.programme.find_space(self.governance, &own, text)?;
        if space == self.programme.space() {
            return Err(problem!("space-of-membership"));
        }
        if space == self.programme.private_space(&own) {
            return Err(problem!("private-stays"));
        }
        Ok(space)
    }

    fn free_name(&self, name: &str) -> Result<String, Problem> {
        let name = name.trim();
        let lower = name.to_lowercase();
        let taken = |space: SpaceId| {
            self.governance.space_name(&space).is_some_and(|other| other.to_lowercase() == lower)
        };
        if RESERVED.contains(&lower.as_str()) || self.governance.spaces().any(taken) {
            return Err(problem!("space-name-taken", name));
        }
        Ok(name.to_owned())
    }
}
