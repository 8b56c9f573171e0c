//! How each finding can be settled, as edits to be made with [`crate::Document::edit`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Finding, FindingKind};
use crate::Edit;

/// A way to settle a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Way {
    /// One of the sides shall stand: [`Finding::choose`].
    Choose,
    /// All of them, as paragraphs one after the other: [`Finding::both`].
    Both,
    /// Something else shall stand: [`Finding::write`].
    Write,
    /// It is right as it stands, and was seen: [`Finding::confirm`].
    Confirm,
    /// The retired item is brought back: [`Finding::reinstate`].
    Reinstate,
    /// What came to the retired item goes to another: [`Finding::move_to`].
    Move,
}

impl Finding {
    /// How this can be settled.
    #[must_use]
    pub fn ways(&self) -> &'static [Way] {
        match self.what {
            FindingKind::Values => &[Way::Choose, Way::Write],
            FindingKind::Paragraph | FindingKind::Review if self.standing.is_some() => {
                &[Way::Choose, Way::Both, Way::Write, Way::Confirm]
            }
            FindingKind::Paragraph | FindingKind::Review => &[Way::Choose, Way::Both, Way::Write],
            FindingKind::LateCorrection => &[Way::Choose, Way::Both, Way::Write, Way::Confirm],
            FindingKind::RetiredButChanged if self.item().is_some() => {
                &[Way::Reinstate, Way::Move, Way::Confirm]
            }
            FindingKind::RetiredButChanged => &[Way::Reinstate, Way::Confirm],
            FindingKind::NeedsHome => &[Way::Reinstate, Way::Move, Way::Confirm],
            FindingKind::DuplicateCode => &[],
        }
    }

    /// One of the sides, counted from 0, shall stand. For a late correction: the corrected old wording.
    #[must_use]
    pub fn choose(&self, side: usize, reason: &str) -> Option<Edit> {
        let value = self.sides.get(side)?;
        match self.what {
            // As it is stored, which reads back exactly.
            FindingKind::Values => Some(self.resolve(value.value.clone(), reason)),
            FindingKind::Paragraph | FindingKind::Review | FindingKind::LateCorrection => {
                Some(self.resolve(Value::from(value.text.as_str()), reason))
            }
            _ => None,
        }
    }

    /// All wordings, as paragraphs one after the other.
    #[must_use]
    pub fn both(&self, reason: &str) -> Option<Edit> {
        if !self.ways().contains(&Way::Both) {
            return None;
        }
        let late = self.what == FindingKind::LateCorrection;
        let standing = self.standing.iter().filter(|_| late).map(String::as_str);
        let all: Vec<&str> = standing.chain(self.sides.iter().map(|side| side.text.as_str())).collect();
        Some(self.resolve(Value::from(all.join("\n\n")), reason))
    }

    /// Something else shall stand.
    #[must_use]
    pub fn write(&self, value: Value, reason: &str) -> Option<Edit> {
        self.ways().contains(&Way::Write).then(|| self.resolve(value, reason))
    }

    /// It is right as it stands, and was seen.
    #[must_use]
    pub fn confirm(&self, reason: &str) -> Option<Edit> {
        if !self.ways().contains(&Way::Confirm) {
            return None;
        }
        let path = self.path.clone();
        Some(match self.what {
            FindingKind::RetiredButChanged => {
                Edit::Resolve { path, value: Value::Bool(true), reason: reason.to_owned() }
            }
            _ => Edit::Settle { path, changes: self.changes.clone(), value: None, reason: reason.to_owned() },
        })
    }

    /// The retired item or paragraph is brought back.
    #[must_use]
    pub fn reinstate(&self, reason: &str) -> Option<Edit> {
        let path = match self.what {
            FindingKind::NeedsHome => self.item()?,
            FindingKind::RetiredButChanged => self.path.strip_suffix(".retired")?.to_owned(),
            _ => return None,
        };
        Some(Edit::Reinstate { path, reason: reason.to_owned() })
    }

    /// What came to the retired item since goes to another, which is named by its code or id.
    #[must_use]
    pub fn move_to(&self, to: &str, reason: &str) -> Option<Edit> {
        let item = self.item()?;
        let inside =
            self.sides.iter().filter_map(|side| side.path.as_deref()?.strip_prefix(&item)?.strip_prefix('.'));
        Some(Edit::Move {
            contents: match self.what {
                FindingKind::RetiredButChanged => inside.map(str::to_owned).collect(),
                _ => Vec::new(),
            },
            path: item.clone(),
            to: to.to_owned(),
            reason: reason.to_owned(),
        })
    }

    /// The retired item.
    fn item(&self) -> Option<String> {
        match self.what {
            FindingKind::NeedsHome => self.sides.first()?.path.clone(),
            FindingKind::RetiredButChanged => {
                let item = self.path.strip_suffix(".retired")?;
                (item.split('.').count() == 2).then(|| item.to_owned())
            }
            _ => None,
        }
    }

    fn resolve(&self, value: Value, reason: &str) -> Edit {
        let (path, reason) = (self.path.clone(), reason.to_owned());
        match self.what {
            FindingKind::Values => Edit::Resolve { path, value, reason },
            _ => Edit::Settle { path, changes: self.changes.clone(), value: Some(value), reason },
        }
    }
}
