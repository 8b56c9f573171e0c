//! What a decision would change, as data: who, what space, reading or writing, and what of the logs counts. Whoever shows
//! it to people makes the sentences, with the names that they know.

use std::collections::BTreeSet;

use super::{Cut, Decision, Governance, Operation, Slot, Subject};
use crate::{
    ChangeHash, DecisionId, DeviceId, DocumentId, OrganisationId, OrganisationKind, RootId, SpaceId, VoteId,
};

/// How far the logs count that a decision ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CutCount {
    /// How many logs go on to count up to a named entry. Others of the organisation do not count at all.
    pub logs: usize,
    /// How many entries these are together.
    pub entries: u64,
    /// The spaces of these logs.
    pub spaces: BTreeSet<SpaceId>,
}

impl CutCount {
    fn of(cuts: &[Cut]) -> Self {
        let named = cuts.iter().filter_map(|cut| cut.last.map(|last| (cut.space, last.seq)));
        let mut count = CutCount::default();
        for (space, seq) in named {
            count.logs += 1;
            count.entries = count.entries.saturating_add(seq);
            count.spaces.insert(space);
        }
        count
    }
}

/// One thing that a decision changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// An organisation takes part from then on.
    Admits {
        /// Who.
        organisation: OrganisationId,
        /// Its code, as its card says.
        code: String,
        /// Its name, as its card says.
        name: String,
        /// As what.
        kind: OrganisationKind,
        /// Its first device.
        device: DeviceId,
    },
    /// An organisation takes no part any more, and its grants end.
    Removes {
        /// Who.
        organisation: OrganisationId,
        /// What of it goes on to count.
        cuts: CutCount,
    },
    /// A space is opened.
    OpensSpace {
        /// Which.
        space: SpaceId,
        /// What it is called.
        name: String,
        /// Who reads it.
        readers: Vec<OrganisationId>,
        /// Who reads and writes it.
        writers: Vec<OrganisationId>,
    },
    /// A space is called otherwise.
    RenamesSpace {
        /// Which.
        space: SpaceId,
        /// What it is called from then on.
        name: String,
    },
    /// An organisation is given access.
    Gives {
        /// Who.
        organisation: OrganisationId,
        /// To what.
        space: SpaceId,
        /// To read.
        read: bool,
        /// To write.
        write: bool,
    },
    /// Access is taken from an organisation.
    Takes {
        /// From whom.
        organisation: OrganisationId,
        /// To what.
        space: SpaceId,
        /// To read.
        read: bool,
        /// To write.
        write: bool,
        /// What it wrote there that goes on to count, where writing ends.
        cuts: CutCount,
    },
    /// A version of a document is frozen.
    Ratifies {
        /// Which document.
        document: DocumentId,
        /// Where it lives.
        space: SpaceId,
        /// The number that people call it by, as `v1`.
        label: String,
        /// The changes that end it.
        heads: Vec<ChangeHash>,
    },
    /// An organisation's root key is replaced.
    ReplacesRoot {
        /// Whose.
        organisation: OrganisationId,
        /// By which.
        root: RootId,
        /// How many device records of the key before go on to count.
        keeps: usize,
    },
    /// A secretariat comes in.
    NamesSecretariat {
        /// Who.
        organisation: OrganisationId,
        /// Its code, as its card says.
        code: String,
        /// Its name, as its card says.
        name: String,
        /// The device that signs for it.
        device: DeviceId,
    },
    /// A secretariat signs from another device.
    MovesSigning {
        /// Which.
        organisation: OrganisationId,
        /// From this device on.
        device: DeviceId,
    },
    /// A secretariat's root key is replaced.
    MovesRoot {
        /// Whose.
        organisation: OrganisationId,
        /// By which.
        root: RootId,
    },
    /// A secretariat is one no longer.
    DropsSecretariat {
        /// Which.
        organisation: OrganisationId,
        /// What of its logs goes on to count.
        cuts: CutCount,
    },
    /// Changes are guarded by another rule.
    MovesGuard {
        /// The number before.
        from: u32,
        /// The number from then on.
        to: u32,
    },
    /// A secretariat is held to be lost for good, and replaced without its vote.
    Recovers {
        /// Which.
        lost: OrganisationId,
        /// Decisions in force that rest on a vote of it that would no longer count: they would end.
        undoes: Vec<DecisionId>,
        /// How many open votes of the survivor die.
        open_votes: usize,
    },
    /// A newer version knows.
    Unknown,
}

impl Governance {
    /// What `decision` would change, as things stand.
    pub fn effects(&self, decision: &Decision) -> Vec<Effect> {
        let cuts = || CutCount::of(&decision.cuts);
        let ids = |holders: &[super::Holder]| holders.iter().map(|holder| holder.organisation).collect();
        let one = match (&decision.operation, &decision.subject) {
            (Operation::Admit { card, kind }, _) => Effect::Admits {
                organisation: card.organisation.id,
                code: card.organisation.code.clone(),
                name: card.organisation.name.clone(),
                kind: *kind,
                device: card.device.device,
            },
            (Operation::Remove, Subject::Membership(organisation)) => {
                Effect::Removes { organisation: *organisation, cuts: cuts() }
            }
            (Operation::CreateSpace { name, readers, writers }, Subject::Space(space)) => {
                if decision.version > 1 {
                    Effect::RenamesSpace { space: *space, name: name.clone() }
                } else {
                    let (readers, writers) = (ids(readers), ids(writers));
                    Effect::OpensSpace { space: *space, name: name.clone(), readers, writers }
                }
            }
            (Operation::Grant { read, write }, Subject::Access(organisation, space)) => {
                Effect::Gives { organisation: *organisation, space: *space, read: *read, write: *write }
            }
            (Operation::Withdraw { read, write }, Subject::Access(organisation, space)) => Effect::Takes {
                organisation: *organisation,
                space: *space,
                read: *read,
                write: *write,
                cuts: cuts(),
            },
            (Operation::Ratify { space, heads, .. }, Subject::Document(document)) => Effect::Ratifies {
                document: *document,
                space: *space,
                label: format!("v{}", decision.version),
                heads: heads.clone(),
            },
            (Operation::ReplaceRoot { root, keeps, .. }, Subject::Membership(organisation)) => {
                Effect::ReplacesRoot { organisation: *organisation, root: *root, keeps: keeps.len() }
            }
            (Operation::Constitute(_) | Operation::Recover { .. }, _) => return self.constitutes(decision),
            _ => Effect::Unknown,
        };
        vec![one]
    }

    /// What a constitution changes against the one before it.
    fn constitutes(&self, decision: &Decision) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Operation::Recover { recovery, .. } = &decision.operation {
            effects.push(Effect::Recovers {
                lost: recovery.lost,
                undoes: self.undone_by(&recovery.lost, recovery.last_vote),
                open_votes: recovery.open_votes.len(),
            });
        }
        let before = self.constitutions().iter().find(|c| c.reference.version + 1 == decision.version);
        let (Some(charter), Some(before)) = (decision.operation.charter(), before) else { return effects };
        for seat in &charter.seats {
            let (organisation, device) = (seat.card.organisation.id, seat.card.device.device);
            match before.charter.seat(&organisation) {
                None => effects.push(Effect::NamesSecretariat {
                    organisation,
                    code: seat.card.organisation.code.clone(),
                    name: seat.card.organisation.name.clone(),
                    device,
                }),
                Some(held) => {
                    if held.card.device.device != device {
                        effects.push(Effect::MovesSigning { organisation, device });
                    }
                    if held.root != seat.root {
                        effects.push(Effect::MovesRoot { organisation, root: seat.root });
                    }
                }
            }
        }
        for organisation in before.secretariats() {
            if charter.seat(&organisation).is_none() {
                effects.push(Effect::DropsSecretariat { organisation, cuts: CutCount::of(&decision.cuts) });
            }
        }
        let (from, to) = (before.charter.guard_rule, charter.guard_rule);
        if from != to {
            effects.push(Effect::MovesGuard { from, to });
        }
        effects
    }

    /// The decisions in force that would end if of a secretariat's votes only those up to `last` counted. Constitutions
    /// are not among them: a recovery rests on them.
    pub fn undone_by(&self, lost: &OrganisationId, last: Option<VoteId>) -> Vec<DecisionId> {
        let kept = self.votes.chain(last);
        let undone = |id: &DecisionId| {
            let Some(decision) = self.proposed.get(id).map(|proposed| &proposed.decision) else {
                return false;
            };
            let (subject, version, round) = (decision.subject.clone(), decision.version, decision.round);
            let slot = Slot { subject, version, round };
            let mut of_lost =
                self.votes.in_slot(&slot).filter(|(_, vote)| vote.secretariat == *lost).peekable();
            decision.subject != Subject::Constitution
                && of_lost.peek().is_some()
                && of_lost.all(|(id, _)| !kept.contains(&id))
        };
        self.in_force().into_iter().filter(undone).collect()
    }

    /// The votes of `survivor` in slots that are open: what a recovery has to list.
    pub fn open_votes(&self, survivor: &OrganisationId) -> Vec<VoteId> {
        let open = self.decisions().filter(|state| state.status == super::DecisionStatus::Open);
        let mut votes: BTreeSet<VoteId> = BTreeSet::new();
        for state in open.filter(|state| state.decision.subject != Subject::Constitution) {
            let own = state.votes.iter().filter(|(who, _)| who == survivor).filter_map(|(_, vote)| *vote);
            votes.extend(own.map(super::Vote::id));
        }
        votes.into_iter().collect()
    }

    /// The last vote held of a secretariat, which a recovery from its loss names.
    pub fn last_vote(&self, secretariat: &OrganisationId) -> Option<VoteId> {
        self.votes.tip(secretariat)
    }
}
