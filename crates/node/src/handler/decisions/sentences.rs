//! What a decision would change, in sentences: one that names it, and those that tell what it means.

use accord_core::OrganisationKind;
use accord_core::governance::{CutCount, Decision, Effect};
use accord_document::GUARD_RULE;
use accord_words::say;

use super::names::{Names, listed};
use super::number;

/// As what an organisation takes part, in one word.
fn kind_name(kind: OrganisationKind) -> String {
    match kind {
        OrganisationKind::Secretariat => say!("kind-secretariat"),
        OrganisationKind::Member => say!("kind-member"),
        OrganisationKind::Observer => say!("kind-observer"),
    }
}

impl Names<'_> {
    /// The decision in one sentence.
    pub(in crate::handler) fn sentence(&self, decision: &Decision) -> String {
        let effects = self.governance.effects(decision);
        let said: Vec<String> = effects.iter().map(|effect| self.title(effect)).collect();
        if said.is_empty() { say!("decision-nothing") } else { said.join("; ") }
    }

    fn title(&self, effect: &Effect) -> String {
        match effect {
            Effect::Admits { code, name, kind, .. } => {
                say!("decision-admit", name, code, kind = kind_name(*kind))
            }
            Effect::Removes { organisation, .. } => say!("decision-remove", who = self.whole(organisation)),
            Effect::OpensSpace { name, .. } => say!("decision-open-space", name),
            Effect::RenamesSpace { space, name } => {
                say!("decision-rename-space", space = self.space(space), name)
            }
            Effect::Gives { organisation, space, write, .. } => {
                let (who, space) = (self.code(organisation), self.space(space));
                if *write {
                    say!("decision-let-write", who, space)
                } else {
                    say!("decision-let-read", who, space)
                }
            }
            Effect::Takes { organisation, space, read, .. } => {
                let (who, space) = (self.code(organisation), self.space(space));
                if *read {
                    say!("decision-take-all", who, space)
                } else {
                    say!("decision-take-write", who, space)
                }
            }
            Effect::Ratifies { document, label, .. } => {
                say!("decision-freeze", document = self.document(document), label)
            }
            Effect::ReplacesRoot { organisation, .. } | Effect::MovesRoot { organisation, .. } => {
                say!("decision-root", who = self.whole(organisation))
            }
            Effect::NamesSecretariat { code, name, .. } => say!("decision-secretariat", name, code),
            Effect::MovesSigning { organisation, .. } => {
                say!("decision-signing", who = self.whole(organisation))
            }
            Effect::DropsSecretariat { organisation, .. } => {
                say!("decision-drop", who = self.whole(organisation))
            }
            Effect::MovesGuard { to, .. } => say!("decision-guard", to = *to),
            Effect::Recovers { lost, .. } => say!("decision-recover", who = self.whole(lost)),
            Effect::Unknown => say!("decision-newer"),
        }
    }

    /// What it means, in sentences.
    pub(super) fn meaning(&self, decision: &Decision) -> Vec<String> {
        self.governance.effects(decision).iter().flat_map(|effect| self.means(decision, effect)).collect()
    }

    fn means(&self, decision: &Decision, effect: &Effect) -> Vec<String> {
        match effect {
            Effect::Admits { code, kind, device, .. } => {
                let mut said = match kind {
                    OrganisationKind::Observer => {
                        vec![say!("admits-observer", code)]
                    }
                    _ => vec![say!("admits-member", code)],
                };
                said.push(say!("admits-node", device = device.short()));
                said.push(say!("admits-no-sign"));
                if decision.version > 1 {
                    said.push(say!("admits-anew"));
                }
                said
            }
            Effect::Removes { organisation, cuts } => {
                let code = self.code(organisation);
                vec![say!("removes-nothing-more", code), self.kept(&code, cuts, None), say!("removes-access")]
            }
            Effect::OpensSpace { readers, writers, .. } => {
                let mut said = vec![say!("space-writers", who = self.codes(writers))];
                if !readers.is_empty() {
                    said.push(say!("space-readers", who = self.codes(readers)));
                }
                said.push(say!("space-secretariats"));
                said
            }
            Effect::RenamesSpace { .. } => {
                vec![say!("renames-only")]
            }
            Effect::Gives { organisation, space, write, .. } => {
                let (code, space) = (self.code(organisation), self.space(space));
                let mut said = vec![say!("gives-read", code, space)];
                if *write {
                    said.push(say!("gives-write"));
                }
                said.push(say!("gives-until"));
                said
            }
            Effect::Takes { organisation, space, read, cuts, .. } => {
                let (code, space) = (self.code(organisation), self.space(space));
                let mut said = Vec::new();
                if *read {
                    said.push(say!("takes-read", code, space));
                } else {
                    said.push(say!("takes-write", code, space));
                }
                said.push(self.kept(&code, cuts, Some(&space)));
                said
            }
            Effect::Ratifies { document, label, .. } => {
                let name = self.document(document);
                vec![say!("freezes", label, name), say!("freezes-on", name, label)]
            }
            Effect::ReplacesRoot { organisation, keeps, .. } => {
                let code = self.code(organisation);
                vec![say!("root-new-key", code), say!("root-keeps", count = *keeps)]
            }
            Effect::MovesRoot { organisation, .. } => {
                vec![say!("root-new-key", code = self.code(organisation))]
            }
            Effect::NamesSecretariat { code, device, .. } => {
                vec![say!("names-secretariat", code, device = device.short())]
            }
            Effect::MovesSigning { organisation, device } => {
                vec![say!("moves-signing", code = self.code(organisation), device = device.short())]
            }
            Effect::DropsSecretariat { organisation, cuts } => {
                let code = self.code(organisation);
                vec![say!("drops-secretariat", code), self.kept(&code, cuts, None)]
            }
            Effect::MovesGuard { from, to } => {
                let mut said = vec![say!("moves-guard", from = *from)];
                if *to != GUARD_RULE {
                    said.push(say!("moves-guard-unknown", to = *to));
                }
                said
            }
            Effect::Recovers { lost, undoes, open_votes } => {
                let mut said = vec![say!("recovers", code = self.code(lost))];
                if !undoes.is_empty() {
                    let numbers: Vec<String> = undoes.iter().map(number).collect();
                    said.push(say!("recovers-undoes", numbers = listed(&numbers)));
                }
                if *open_votes > 0 {
                    said.push(say!("recovers-open-votes", count = *open_votes));
                }
                said
            }
            Effect::Unknown => vec![say!("effect-newer")],
        }
    }

    /// What of an organisation's work goes on to count, where its writing ends.
    fn kept(&self, code: &str, cuts: &CutCount, space: Option<&str>) -> String {
        let governance = self.programme.governance_space();
        let spaces: Vec<String> =
            cuts.spaces.iter().filter(|space| **space != governance).map(|space| self.space(space)).collect();
        match (spaces.is_empty(), space) {
            (true, None) => say!("kept-nothing", code),
            (true, Some(space)) => say!("kept-nothing-in", code, space),
            (false, None) => say!("kept-until", code),
            (false, Some(space)) => say!("kept-until-in", code, space),
        }
    }
}
