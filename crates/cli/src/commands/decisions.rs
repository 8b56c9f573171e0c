//! `decisions`, `decision`, `sign` and `refuse`.

use std::path::Path;

use accord_core::api::{DecisionSummary, DecisionView, Exit, Problem, Request, RootSecret, VoteView};
use accord_core::governance::DecisionStatus;

use crate::app::{App, answered};
use crate::arguments::{DecisionArgument, DecisionsArguments, RefuseArguments, SignArguments};
use crate::output::{Page, Paint, Report, ago, iso, now};
use crate::terminal;

pub(super) fn decisions(app: &App, arguments: &DecisionsArguments) -> Result<Report, Problem> {
    let all = answered!(app.ask(Request::Decisions { all: arguments.all })?, Decisions)?;
    app.report("decisions", &all, |page| {
        if all.is_empty() {
            let none = if arguments.all { "There are no decisions yet." } else { "No decision is open." };
            page.note(none);
        }
        for decision in &all {
            page.line(summary(decision, page.paint));
        }
        if let Some(mine) = all.iter().find(|decision| decision.waits_for_me) {
            page.next(&format!("read it and sign: accord sign {}", mine.number));
        }
    })
}

pub(super) fn summary(decision: &DecisionSummary, paint: Paint) -> String {
    let state = match decision.waits_for.as_slice() {
        _ if decision.waits_for_me => paint.attention("waits for your signature"),
        [] => status(decision.status).to_owned(),
        waits_for => format!("waits for {}", super::listed(waits_for)),
    };
    format!("{}  {} ({state})", paint.strong(&decision.number), decision.sentence)
}

fn status(status: DecisionStatus) -> &'static str {
    match status {
        DecisionStatus::Open => "open",
        DecisionStatus::InForce => "in force",
        DecisionStatus::Dead => "settled: refused, or signed differently",
        DecisionStatus::Superseded => "another decision stands in its place",
    }
}

pub(super) fn decision(app: &App, arguments: DecisionArgument) -> Result<Report, Problem> {
    let decision = answered!(app.ask(Request::Decision { number: arguments.number })?, Decision)?;
    app.report("decision", &decision, |page| {
        let paint = page.paint;
        for line in whole(&decision, paint) {
            page.line(line);
        }
        if decision.summary.waits_for_me {
            page.next(&format!("accord sign {0}, or accord refuse {0} --why TEXT", decision.summary.number));
        }
    })
}

/// A decision with all that is known about it.
pub(super) fn whole(decision: &DecisionView, paint: Paint) -> Vec<String> {
    let now = now();
    let time = |seconds: u64| {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        format!("{} ({})", ago(seconds, now), iso(seconds))
    };
    let mut lines = vec![summary(&decision.summary, paint)];
    lines.extend(decision.effects.iter().map(|effect| format!("  {effect}")));
    for (who, when) in &decision.proposed_by {
        lines.push(format!("  proposed by {who}, {}", time(*when)));
    }
    let mut votes: Vec<&VoteView> = decision.votes.iter().collect();
    votes.sort_by_key(|vote| &vote.secretariat);
    lines.extend(votes.into_iter().map(|vote| format!("  {}", said(vote, paint, &time))));
    if let Some(why) = &decision.objection {
        lines.push(format!(
            "  {}",
            paint.attention(&format!("As things stand it would change nothing: {why}."))
        ));
    }
    if !decision.rivals.is_empty() {
        lines.push(paint.strong("Proposed about the same:"));
    }
    for rival in &decision.rivals {
        lines.push(format!("  {}", summary(&rival.summary, paint)));
        lines.extend(rival.effects.iter().map(|effect| format!("    {effect}")));
        if !rival.signed.is_empty() {
            lines.push(format!("    signed by {}", super::listed(&rival.signed)));
        }
    }
    if !decision.choices.is_empty() {
        lines.push(paint.strong("How it goes on:"));
        lines.extend(decision.choices.iter().map(|choice| format!("  {choice}")));
    }
    lines
}

fn said(vote: &VoteView, paint: Paint, time: &dyn Fn(u64) -> String) -> String {
    let words = match vote.said.as_str() {
        "signed" => paint.good("signed"),
        "refused" => paint.bad("refused"),
        "signed_other" => paint.attention("signed another decision instead"),
        _ => "has not signed yet".to_owned(),
    };
    let mut line = format!("{} {words}", vote.secretariat);
    if let Some(when) = vote.time {
        line.push_str(&format!(", {}", time(when)));
    }
    if let Some(why) = &vote.why {
        line.push_str(&format!(": {why}"));
    }
    line
}

pub(super) fn sign(app: &App, arguments: SignArguments) -> Result<Report, Problem> {
    let number = arguments.number;
    let asked = answered!(app.ask(Request::Decision { number: number.clone() })?, Decision)?;
    let confirmed = match arguments.confirm {
        Some(confirmed) => confirmed,
        None => {
            let question = format!("{}\nTo sign, type its number again: ", whole(&asked, app.err).join("\n"));
            terminal::ask(&question, &format!("--confirm {}", asked.summary.number))?
        }
    };
    if confirmed != asked.summary.number && confirmed != number {
        return Err(Problem::failed("the numbers differ; nothing was signed")
            .exit(Exit::PersonNeeded)
            .hint(format!("read it again: accord decision {}", asked.summary.number)));
    }
    // The full id: what was shown is what is signed, whatever else begins with the same digits.
    let id = asked.summary.id.to_string();
    let root = root_key(app, arguments.root.root_key.as_deref())?;
    let signed = answered!(app.ask(Request::Sign { number: id, root })?, Signed)?;
    app.report("signed", &signed, |page| tell(page, &signed.decision, "You signed"))
}

/// The root key, where a person names its file: only a decision on the constitution takes it, and everyday ones must not
/// ask for its passphrase.
fn root_key(app: &App, file: Option<&Path>) -> Result<Option<RootSecret>, Problem> {
    file.map(|file| app.root_key(Some(file))).transpose().map(Option::flatten)
}

pub(super) fn refuse(app: &App, arguments: RefuseArguments) -> Result<Report, Problem> {
    let root = root_key(app, arguments.root.root_key.as_deref())?;
    let request = Request::Refuse { number: arguments.number, why: arguments.why, root };
    let refused = answered!(app.ask(request)?, Signed)?;
    app.report("refused", &refused, |page| tell(page, &refused.decision, "You refused"))
}

/// The secretariats that have not said anything yet.
pub(super) fn not_yet(decision: &DecisionView) -> String {
    let missing = decision.votes.iter().filter(|vote| vote.said == "not_yet");
    super::sorted(missing.map(|vote| vote.secretariat.as_str()))
}

fn tell(page: &mut Page, decision: &DecisionView, did: &str) {
    let summary = &decision.summary;
    page.note(format!("{did}: {}", summary.sentence));
    match summary.status {
        DecisionStatus::InForce => page.note("Every secretariat has signed: it is in force from now on."),
        DecisionStatus::Open => page.note(format!("It waits for {} to sign.", not_yet(decision))),
        DecisionStatus::Dead | DecisionStatus::Superseded => page.note("It is not in force."),
    }
    for choice in &decision.choices {
        page.note(choice);
    }
    page.next(&format!("accord decision {}", summary.number));
}
