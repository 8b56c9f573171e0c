//! Activities: who leads them, who takes part, whether two are the same.

use std::collections::BTreeSet;

use super::Found;
use super::framework::dates;
use crate::message::Message;
use crate::model::{Activity, Framework};

pub(super) fn check(framework: &Framework, found: &mut Found<'_>) {
    let givers: BTreeSet<String> =
        framework.contributions.iter().map(|row| row.contributor.to_lowercase()).collect();
    let live: Vec<&Activity> = framework.activities.iter().filter(|activity| !activity.retired).collect();
    if live.is_empty() {
        found.warning("activities", Message::new("no-activities"));
    }
    for activity in &live {
        let path = format!("activities.{}", activity.name);
        dates(&format!("{path}.planned_end"), &activity.start, &activity.end, found);
        left(&format!("{path}.lead"), activity, found);
        if !activity.engagement {
            let command = found.context.set(&format!("{path}.engagement.en"));
            let message = Message::new("no-engagement").with("activity", activity.code.clone());
            found.put(super::Severity::Warning, &format!("{path}.engagement"), message, command);
        }
        partners(&path, activity, &givers, found);
    }
    twins(&live, found);
}

/// Every pair is looked at; a document with more activities than this is no work of people.
const MAX_COMPARED: usize = 1_000;

fn twins(live: &[&Activity], found: &mut Found<'_>) {
    let all: Vec<(&Activity, BTreeSet<String>)> =
        live.iter().take(MAX_COMPARED).map(|activity| (*activity, words(&activity.title))).collect();
    for (i, (one, title)) in all.iter().enumerate() {
        for (other, its_title) in &all[i + 1..] {
            let same_lead = one.lead.values().any(|lead| other.lead.values().any(|o| o == lead));
            if same_lead && similar(title, its_title) {
                let message = Message::new("similar-activities")
                    .with("one", one.code.clone())
                    .with("other", other.code.clone());
                found.warning(&format!("activities.{}", one.name), message);
            }
        }
    }
}

fn left(path: &str, activity: &Activity, found: &mut Found<'_>) {
    for lead in activity.lead.values() {
        let gone = found.context.organisation(lead).and_then(|o| o.left.clone());
        if let Some(day) = gone {
            let message = Message::new("lead-left").with("organisation", lead.as_str()).with("date", day);
            found.error(path, message);
        }
    }
}

fn partners(path: &str, activity: &Activity, givers: &BTreeSet<String>, found: &mut Found<'_>) {
    let has = |role: &str| activity.partners.iter().any(|(_, r)| r.values().any(|r| r == role));
    let local = |name: &str| {
        found
            .context
            .organisation(name)
            .is_some_and(|o| o.role == "national_partner" || o.role == "local_partner")
    };
    let everyone = || activity.partners.iter().map(|(name, _)| name).chain(activity.lead.values());
    let somebody_here = has("national") || has("local") || everyone().any(|name| local(name));
    let path = format!("{path}.partners");
    if !somebody_here {
        let message = Message::new("no-local-partner").with("activity", activity.code.clone());
        found.warning(&path, message);
    }
    let implementing: Vec<&String> = activity
        .partners
        .iter()
        .filter(|(_, role)| role.values().any(|role| role == "implementing"))
        .map(|(name, _)| name)
        .collect();
    let donors_only = implementing.iter().all(|name| givers.contains(&name.to_lowercase()));
    if !implementing.is_empty() && donors_only && !somebody_here {
        found.warning(&path, Message::new("only-donors").with("activity", activity.code.clone()));
    }
}

/// Words beyond this are not compared: titles are short, and what others write has no bound.
const MAX_WORDS: usize = 40;

fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2)
        .take(MAX_WORDS)
        .map(str::to_owned)
        .collect()
}

/// Two titles that share three quarters of their words.
fn similar(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let shared = one.intersection(other).count();
    let all = one.union(other).count();
    shared > 0 && shared * 4 >= all * 3
}
