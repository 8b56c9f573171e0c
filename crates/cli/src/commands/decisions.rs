//! `decisions`, `decision`, `sign` and `refuse`.

use std::path::Path;

use accord_core::api::{DecisionSummary, DecisionView, Exit, Problem, Request, RootSecret, VoteView};
use accord_core::governance::DecisionStatus;
use accord_words::{problem, say};

use crate::app::{App, answered};
use crate::arguments::{DecisionArgument, DecisionsArguments, RefuseArguments, SignArguments};
use crate::output::{Page, Paint, Report, ago, iso, now};
use crate::terminal;

pub(super) fn decisions(app: &App, arguments: &DecisionsArguments) -> Result<Report, Problem> {
    let all = answered!(app.ask(Request::Decisions { all: arguments.all })?, Decisions)?;
    app.report("decisions", &all, |page| {
        if all.is_empty() {
            page.note(if arguments.all { say!("no-decisions") } else { say!("no-open-decisions") });
        }
        for decision in &all {
            let mut line = summary(decision, page.paint);
            if let Some(settled) = decision.settled {
                let day = iso(i64::try_from(settled).unwrap_or(i64::MAX));
                let day = day.split_once('T').map_or(day.as_str(), |(day, _)| day);
                line.push_str(&page.paint.faint(&format!(", {day}")));
            }
            page.line(line);
        }
        if let Some(mine) = all.iter().find(|decision| decision.waits_for_me) {
            page.next(&say!("read-and-sign", number = &mine.number));
        }
    })
}

pub(super) fn summary(decision: &DecisionSummary, paint: Paint) -> String {
    let state = match decision.waits_for.as_slice() {
        _ if decision.waits_for_me => paint.attention(&say!("waits-for-you-to-sign")),
        [] => status(decision.status),
        waits_for => say!("waits-for", who = super::listed(waits_for)),
    };
    format!("{}  {} ({state})", paint.strong(&decision.number), decision.sentence)
}

pub(super) fn status(status: DecisionStatus) -> String {
    match status {
        DecisionStatus::Open => say!("decision-open"),
        DecisionStatus::InForce => say!("decision-in-force"),
        DecisionStatus::Dead => say!("decision-dead"),
        DecisionStatus::Superseded => say!("decision-superseded"),
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
            page.next(&say!("sign-or-refuse", number = &decision.summary.number));
        }
    })
}

/// A decision with all that is known about it.
pub(super) fn whole(decision: &DecisionView, paint: Paint) -> Vec<String> {
    let now = now();
    let time = |seconds: u64| {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        say!("at-time", ago = ago(seconds, now), time = iso(seconds))
    };
    let mut lines = vec![summary(&decision.summary, paint)];
    lines.extend(decision.effects.iter().map(|effect| format!("  {effect}")));
    for (who, when) in &decision.proposed_by {
        lines.push(format!("  {}", say!("proposed-by", who, when = time(*when))));
    }
    let mut votes: Vec<&VoteView> = decision.votes.iter().collect();
    votes.sort_by_key(|vote| (&vote.secretariat, &vote.said));
    lines.extend(votes.into_iter().map(|vote| format!("  {}", said(vote, paint, &time))));
    if let Some(why) = &decision.objection {
        lines.push(format!("  {}", paint.attention(&say!("decision-objection", why))));
    }
    if !decision.rivals.is_empty() {
        lines.push(paint.strong(&say!("decision-rivals")));
    }
    for rival in &decision.rivals {
        lines.push(format!("  {}", summary(&rival.summary, paint)));
        lines.extend(rival.effects.iter().map(|effect| format!("    {effect}")));
        if !rival.signed.is_empty() {
            lines.push(format!("    {}", say!("signed-by", who = super::listed(&rival.signed))));
        }
    }
    if !decision.choices.is_empty() {
        lines.push(paint.strong(&say!("decision-choices")));
        lines.extend(decision.choices.iter().map(|choice| format!("  {choice}")));
    }
    lines
}

fn said(vote: &VoteView, paint: Paint, time: &dyn Fn(u64) -> String) -> String {
    let words = match vote.said.as_str() {
        "signed" => paint.good(&say!("vote-signed")),
        "refused" => paint.bad(&say!("vote-refused")),
        "signed_other" => paint.attention(&say!("vote-other")),
        _ => say!("vote-none"),
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
            let question = format!("{}\n{} ", whole(&asked, app.err).join("\n"), say!("sign-again"));
            terminal::ask(&question, &format!("--confirm {}", asked.summary.number))?
        }
    };
    if confirmed != asked.summary.number && confirmed != number {
        return Err(problem!("numbers-differ", number = &asked.summary.number).exit(Exit::PersonNeeded));
    }
    // The full id: what was shown is what is signed, whatever else begins with the same digits.
    let id = asked.summary.id.to_string();
    let root = root_key(app, arguments.root.root_key.as_deref())?;
    let signed = answered!(app.ask(Request::Sign { number: id, root })?, Signed)?;
    app.report("signed", &signed, |page| tell(page, &signed.decision, true))
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
    app.report("refused", &refused, |page| tell(page, &refused.decision, false))
}

/// The secretariats that have not said anything yet.
pub(super) fn not_yet(decision: &DecisionView) -> String {
    let missing = decision.votes.iter().filter(|vote| vote.said == "not_yet");
    super::sorted(missing.map(|vote| vote.secretariat.as_str()))
}

/// Whose signatures brought a decision in force.
fn in_force(decision: &DecisionView) -> String {
    let Some(lost) = &decision.without else { return say!("now-in-force") };
    let signed = decision.votes.iter().filter(|vote| vote.said == "signed");
    let who = super::sorted(signed.map(|vote| vote.secretariat.as_str()));
    say!("now-in-force-without", who, lost)
}

fn tell(page: &mut Page, decision: &DecisionView, signed: bool) {
    let summary = &decision.summary;
    let sentence = &summary.sentence;
    page.note(if signed { say!("you-signed", sentence) } else { say!("you-refused", sentence) });
    match summary.status {
        DecisionStatus::InForce => page.note(in_force(decision)),
        DecisionStatus::Open => page.note(say!("still-waits", who = not_yet(decision))),
        DecisionStatus::Dead | DecisionStatus::Superseded => page.note(say!("not-in-force")),
    }
    for choice in &decision.choices {
        page.note(choice);
    }
    page.next(&format!("accord decision {}", summary.number));
}
