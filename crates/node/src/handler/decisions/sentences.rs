//! What a decision would change, in sentences: one that names it, and those that tell what it means.

use accord_core::OrganisationKind;
use accord_core::governance::{CutCount, Decision, Effect};

use accord_words::say;

use super::names::{Names, count, listed};
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
                    said.push(
                        "It took part before: this begins anew. Its access to other spaces does not come back by \
                         itself, and what was kept apart stays so."
                            .to_owned(),
                    );
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
                vec!["Its documents, and who reads and writes them, stay as they are.".to_owned()]
            }
            Effect::Gives { organisation, space, write, .. } => {
                let (code, space) = (self.code(organisation), self.space(space));
                let mut said = vec![format!("{code} receives all documents of the space {space}.")];
                if *write {
                    said.push("Its later changes there are taken in.".to_owned());
                }
                said.push("This ends if it takes part no more.".to_owned());
                said
            }
            Effect::Takes { organisation, space, read, cuts, .. } => {
                let (code, space) = (self.code(organisation), self.space(space));
                let mut said = Vec::new();
                if *read {
                    said.push(format!(
                        "{code} receives nothing of the space {space} from then on. What it has it keeps: that \
                         cannot be called back."
                    ));
                } else {
                    said.push(format!("{code} goes on to read the space {space}."));
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
                vec![
                    format!(
                        "{code} signs its own affairs with the new key from then on; the old one is worth nothing."
                    ),
                    format!(
                        "Of what the old key signed about devices, {} to count.",
                        count(*keeps as u64, "record goes on", "records go on")
                    ),
                ]
            }
            Effect::MovesRoot { organisation, .. } => vec![format!(
                "{} signs its own affairs with the new key from then on; the old one is worth nothing.",
                self.code(organisation)
            )],
            Effect::NamesSecretariat { code, device, .. } => vec![format!(
                "From then on every decision takes the signature of {code}, from its device {}.",
                device.short()
            )],
            Effect::MovesSigning { organisation, device } => vec![format!(
                "{} signs decisions from its device {} from then on, and from no other.",
                self.code(organisation),
                device.short()
            )],
            Effect::DropsSecretariat { organisation, cuts } => {
                let code = self.code(organisation);
                vec![
                    format!(
                        "{code} takes part no more from then on, and signs nothing. What it signed stays."
                    ),
                    self.kept(&code, cuts, None),
                ]
            }
            Effect::MovesGuard { from, .. } => vec![format!(
                "Changes are judged by rule {from} now. A node whose accord does not know the new rule shows no \
                 documents until it is upgraded."
            )],
            Effect::Recovers { lost, undoes, open_votes } => {
                let mut said = vec![format!(
                    "{} is held to be lost for good: it is decided without its signature, by the other secretariat \
                     and the organisations that the founding names for this.",
                    self.code(lost)
                )];
                if !undoes.is_empty() {
                    let numbers: Vec<String> = undoes.iter().map(number).collect();
                    said.push(format!(
                        "These decisions rest on a later signature of it and would end: {}.",
                        listed(&numbers)
                    ));
                }
                if *open_votes > 0 {
                    said.push(format!(
                        "{} of the other secretariat on what is still open would not count any more; it signs anew.",
                        count(*open_votes as u64, "signature", "signatures")
                    ));
                }
                said
            }
            Effect::Unknown => vec!["Upgrade accord to see what it would change.".to_owned()],
        }
    }

    /// What of an organisation's work goes on to count, where its writing ends.
    fn kept(&self, code: &str, cuts: &CutCount, space: Option<&str>) -> String {
        let governance = self.programme.governance_space();
        let spaces: Vec<String> =
            cuts.spaces.iter().filter(|space| **space != governance).map(|space| self.space(space)).collect();
        let there = space.map(|space| format!(" in {space}")).unwrap_or_default();
        if spaces.is_empty() {
            return format!("Nothing that {code} wrote{there} is known here: nothing of it counts.");
        }
        format!(
            "What {code} wrote{there} until this was proposed stays. What it writes later is kept apart, unless \
             somebody built on it before hearing of this."
        )
    }
}
