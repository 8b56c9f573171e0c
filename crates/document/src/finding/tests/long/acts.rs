//! What people do.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::world::{LANGUAGES, World, items};
use crate::testing::{add, set};
use crate::{Edit, Finding, FindingKind, Way};

impl World {
    pub(super) fn act(&mut self, who: usize) {
        let edit = match self.number(24) {
            0..=6 => self.reword_one(who),
            7 => self.add_paragraph(),
            8 => self.take_out_or_bring_back(who),
            9 | 10 => self.rearrange(who),
            11..=13 => self.write_value(who),
            14 | 15 => self.items_and_rows(who),
            16..=20 => return self.settle(who),
            _ => return self.in_the_editor(who),
        };
        if let Some(edit) = edit {
            self.try_edit(who, &[edit]);
        }
    }

    /// An edit of a place where nothing is open.
    pub(super) fn some_edit_for_two(&mut self, who: usize) -> Option<Edit> {
        let open: Vec<String> = self.findings(who).into_iter().map(|finding| finding.path).collect();
        let edit = if self.number(3) == 0 { self.write_value(who) } else { self.reword_one(who) }?;
        let path = edit.path();
        let shown = self.shown(who);
        let by_id: Vec<String> = open.iter().map(|path| shown.by_id(path)).collect();
        (!by_id.iter().any(|open| open.starts_with(path) || path.starts_with(open.as_str()))).then_some(edit)
    }

    /// Some paragraph that can be read, with its language.
    fn paragraph(&mut self, who: usize) -> Option<(String, String, String)> {
        let shown = self.shown(who);
        let all: Vec<(&String, &String)> = shown.clear.iter().collect();
        let (path, text) = all.get(self.number(all.len()))?;
        let language = path.rsplit('.').nth(1).unwrap_or_default();
        Some(((*path).clone(), (*text).clone(), language.to_owned()))
    }

    fn reword_one(&mut self, who: usize) -> Option<Edit> {
        let (path, text, language) = self.paragraph(who)?;
        let mut new = text.clone();
        for _ in 0..1 + self.number(2) {
            new = self.reworded(&new, &language);
        }
        Some(set(&path, &new))
    }

    fn reworded(&mut self, text: &str, language: &str) -> String {
        let mut all: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let at = self.number(all.len());
        let word = self.word(language);
        match self.number(10) {
            0..=3 => {
                // The sign after a word stays.
                let sign: String = all[at].chars().skip_while(|c| c.is_alphanumeric()).collect();
                all[at] = if sign.chars().count() < 2 { format!("{word}{sign}") } else { word };
            }
            4 | 5 => all.insert(at, word),
            6 if all.len() > 4 => drop(all.remove(at)),
            7 | 6 => all.push(format!("{word} {}.", self.word(language))),
            8 if all.len() > 6 => drop(all.drain(at..(at + 3).min(all.len() - 3).max(at))),
            _ => {
                all =
                    vec![word, self.word(language), self.word(language), format!("{}.", self.word(language))]
            }
        }
        all.join(" ")
    }

    fn add_paragraph(&mut self) -> Option<Edit> {
        let language = LANGUAGES[self.number(3)];
        let text = format!("{} {} {}.", self.word(language), self.word(language), self.word(language));
        Some(Edit::Add { path: format!("context.{language}"), fields: Value::from(text) })
    }

    fn take_out_or_bring_back(&mut self, who: usize) -> Option<Edit> {
        let (path, _, _) = self.paragraph(who)?;
        Some(Edit::Retire { path, reason: "not ours".into() })
    }

    /// A whole language anew: parted, joined, moved, taken out, put in, reworded.
    fn rearrange(&mut self, who: usize) -> Option<Edit> {
        let language = LANGUAGES[self.number(3)];
        let view = self.view(who);
        let all = view["context"][language].as_array()?;
        let mut all: Vec<String> =
            all.iter().map(|p| p.as_str().map(str::to_owned)).collect::<Option<_>>()?;
        for _ in 0..1 + self.number(2) {
            let at = self.number(all.len());
            match self.number(6) {
                0 => {
                    let words: Vec<String> = all[at].split(' ').map(str::to_owned).collect();
                    let (one, other) = words.split_at(self.number(words.len()));
                    let parts = [one.join(" "), other.join(" ")].into_iter().filter(|part| !part.is_empty());
                    all.splice(at..=at, parts.collect::<Vec<_>>());
                }
                1 if at + 1 < all.len() => {
                    let next = all.remove(at + 1);
                    all[at] = format!("{} {next}", all[at]);
                }
                2 => {
                    let taken = all.remove(at);
                    let to = self.number(all.len() + 1);
                    all.insert(to, taken);
                }
                3 if all.len() > 1 => drop(all.remove(at)),
                4 => {
                    let text = format!("{} {}.", self.word(language), self.word(language));
                    all.insert(at, text);
                }
                _ => all[at] = self.reworded(&all[at].clone(), language),
            }
        }
        Some(Edit::ReplaceText { path: format!("context.{language}"), text: all.join("\n\n") })
    }

    fn some_item(&mut self, who: usize, name: &str, retired: bool) -> Option<String> {
        let view = self.view(who);
        let all: Vec<String> = items(&view, name)
            .into_iter()
            .filter(|(_, item)| item.get("$retired").is_some() == retired)
            .map(|(id, _)| id)
            .collect();
        all.get(self.number(all.len())).cloned()
    }

    fn write_value(&mut self, who: usize) -> Option<Edit> {
        let few = self.number(3);
        self.words += 1;
        let fresh = self.words;
        Some(match self.number(6) {
            // Of few values, so that people write alike now and then.
            0 => set("country", ["TN", "EG", "MA"][few]),
            1 => set("note", &format!("note{fresh}")),
            2 => {
                let code = ["technical", "knowledge", "advocacy"][few];
                Edit::Set { path: format!("methods.{code}"), value: Value::Bool(self.number(2) == 0) }
            }
            3 => {
                let id = self.some_item(who, "activities", false)?;
                set(&format!("activities.{id}.place"), &format!("place{fresh}"))
            }
            4 => {
                let id = self.some_item(who, "indicators", false)?;
                set(&format!("indicators.{id}.unit"), &format!("unit{fresh}"))
            }
            _ => {
                let id = self.some_item(who, "activities", false)?;
                set(&format!("activities.{id}.budget.2013.EUR"), ["100", "120", "140"][few])
            }
        })
    }

    fn items_and_rows(&mut self, who: usize) -> Option<Edit> {
        self.words += 1;
        let fresh = self.words;
        // Of few codes, so that people choose the same now and then.
        let code = format!("A{}", 3 + self.number(6));
        Some(match self.number(8) {
            0 => {
                let title = format!("{} {}.", self.word("en"), self.word("en"));
                add(
                    "activities",
                    json!({ "code": code, "place": format!("place{fresh}"), "title": { "en": title } }),
                )
            }
            1 => {
                let of = self.some_item(who, "activities", false)?;
                add(
                    "indicators",
                    json!({ "code": format!("I{fresh}"), "activity": of, "unit": format!("unit{fresh}") }),
                )
            }
            2 | 3 => {
                let of = self.some_item(who, "activities", false)?;
                add("contributions", json!({ "contributor": format!("giver{fresh}"), "activity": of }))
            }
            4 => {
                let view = self.view(who);
                let rows = view["contributions"].as_array()?;
                let row = rows.get(self.number(rows.len()))?["id"].as_str()?.to_owned();
                add("contributions", json!({ "contributor": format!("giver{fresh}"), "supersedes": row }))
            }
            5 => {
                let id = self.some_item(who, "activities", false)?;
                Edit::Retire { path: format!("activities.{id}"), reason: "covered elsewhere".into() }
            }
            6 => {
                let id = self.some_item(who, "activities", true)?;
                Edit::Reinstate { path: format!("activities.{id}"), reason: "needed all the same".into() }
            }
            _ => {
                let id = self.some_item(who, "activities", false)?;
                set(&format!("activities.{id}.code"), &code)
            }
        })
    }

    /// Settles something that is open, in one of the ways in which it can be.
    fn settle(&mut self, who: usize) {
        let found = self.findings(who);
        let Some(finding) = found.get(self.number(found.len())) else { return };
        if finding.what == FindingKind::DuplicateCode {
            let id = finding.sides[0].text.strip_prefix("item ").unwrap_or_default().to_owned();
            self.words += 1;
            let code = format!("B{}", self.words);
            self.try_edit(who, &[set(&format!("activities.{id}.code"), &code)]);
            return;
        }
        let ways = finding.ways();
        let edit = match ways[self.number(ways.len())] {
            Way::Choose => finding.choose(self.number(finding.sides.len()), "as agreed"),
            Way::Both => finding.both("both are right"),
            Way::Write => self.written_for(finding),
            Way::Confirm => finding.confirm("seen"),
            Way::Reinstate => finding.reinstate("goes on"),
            Way::Move => {
                self.some_item(who, "activities", false).and_then(|to| finding.move_to(&to, "taken over"))
            }
        };
        let Some(edit) = edit else { return };
        if self.try_edit(who, std::slice::from_ref(&edit)).is_some() {
            self.counts.settled += 1;
            let still = |other: &Finding| {
                (other.what, &other.path, &other.changes) == (finding.what, &finding.path, &finding.changes)
            };
            let seed = self.seed;
            assert!(
                !self.findings(who).iter().any(still),
                "seed {seed}: {edit:?} settles nothing of {finding:?}"
            );
        }
    }

    fn written_for(&mut self, finding: &Finding) -> Option<Edit> {
        self.words += 1;
        let value = match finding.what {
            FindingKind::Values if finding.path == "country" => Value::from("TN"),
            FindingKind::Values
                if finding.path.starts_with("methods.") || finding.path.ends_with(".retired") =>
            {
                Value::Bool(true)
            }
            FindingKind::Values if finding.path.contains(".budget.") => Value::from("160"),
            FindingKind::Values if finding.path.ends_with(".code") => Value::from(format!("B{}", self.words)),
            FindingKind::Values if finding.path.ends_with(".activity") => Value::from("A2"),
            FindingKind::Values => Value::from(format!("value{}", self.words)),
            _ => Value::from(format!("{} {}.", self.word("en"), self.word("en"))),
        };
        finding.write(value, "found together")
    }

    /// Opens the page, hears of others and perhaps does something else meanwhile, and then saves it.
    fn in_the_editor(&mut self, who: usize) {
        let heads = self.people[who].writer.document.heads();
        let mut knew: BTreeSet<crate::Hash> = self.people[who].held.clone();
        let page = self.people[who].writer.document.render(&self.kind, None).unwrap();
        let page = self.retyped(&page);
        let from = self.number(self.people.len());
        if from != who && self.same_group(who, from) && self.number(2) == 0 {
            self.hear(who, from);
        }
        if self.number(4) == 0
            && let Some(edit) = self.reword_one(who)
            && let Some(own) = self.try_edit(who, &[edit])
        {
            knew.extend(self.book.knew(&own).iter().copied());
            knew.insert(own);
        }
        match self.people[who].writer.document.parse_edited(&self.kind, &heads, &page) {
            Ok(edits) if !edits.is_empty() => {
                self.try_edit_at(who, Some(&heads), knew, &edits);
            }
            Ok(_) => {}
            Err(errors) => {
                self.tell(|| format!("the page is refused: {errors:?}"));
                let seed = self.seed;
                assert!(
                    errors.iter().all(|e| e.line > 0 && !e.message.is_empty()),
                    "seed {seed}: {errors:?}"
                );
                self.counts.refused += 1;
            }
        }
    }

    /// A page as somebody leaves it: a word typed over, a line taken out, put elsewhere, parted or joined.
    fn retyped(&mut self, page: &str) -> String {
        let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
        let begins = lines.iter().position(|line| line.starts_with("context:")).unwrap_or_default();
        let ends = (begins + 1..lines.len())
            .find(|n| lines[*n].starts_with(char::is_alphabetic))
            .unwrap_or(lines.len());
        for _ in 0..1 + self.number(3) {
            let texts: Vec<usize> = (begins + 1..ends.min(lines.len()))
                .filter(|n| lines[*n].starts_with("    ") && !lines[*n].trim_start().starts_with('#'))
                .collect();
            let Some(at) = texts.get(self.number(texts.len())).copied() else { continue };
            let indent: String = lines[at].chars().take_while(|c| *c == ' ').collect();
            match self.number(7) {
                0 => lines.insert(at, String::new()),
                1 => {
                    if let Some(blank) = (begins..ends.min(lines.len())).find(|n| lines[*n].is_empty()) {
                        lines.remove(blank);
                    }
                }
                2 => lines[at] = format!("{indent}{} {}.", self.word("en"), self.word("en")),
                3 => drop(lines.remove(at)),
                4 => {
                    let other = texts[self.number(texts.len())];
                    lines.swap(at, other);
                }
                5 => {
                    self.words += 1;
                    let note = format!("note: note{}", self.words);
                    if let Some(line) = lines.iter_mut().find(|line| line.starts_with("note:")) {
                        *line = note;
                    }
                }
                _ => {
                    let text = lines[at].trim_start().to_owned();
                    let text = if text.starts_with("[[") { text } else { self.reworded(&text, "en") };
                    lines[at] = format!("{indent}{text}");
                }
            }
        }
        lines.join("\n")
    }
}
