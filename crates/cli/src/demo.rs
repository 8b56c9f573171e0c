//! The demonstration: the main job, from the founding to a settled conflict, with real nodes on this machine.
//!
//! Everything is done by running this very program as a person would; nothing is reached around it. Each claim is
//! checked, and the first that does not hold ends it.

mod office;
mod stage;

use std::path::Path;
use std::rc::Rc;

use accord_core::api::Problem;
use accord_words::{problem, say};
use office::Office;
use stage::Stage;

/// The framework that the secretariats fill in together.
const TUNISIA: &str = include_str!("../../../examples/tunisia.yaml");

/// Something that did not hold.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

macro_rules! tell {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        // A reader that has gone away is no reason to leave nodes behind.
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}
use tell;

/// Runs the demonstration. With `keep` the homes stay, to be looked at; as they do if something did not hold.
pub(crate) fn run(keep: bool) -> Result<(), Problem> {
    let stage = Stage::new().map_err(|e| problem!("no-resources", why = e.to_string()))?;
    let folder = tempfile::Builder::new().prefix("accord-demo-").tempdir();
    let folder = folder.map_err(|e| problem!("demo-no-folder", why = e.to_string()))?;
    let result = play(folder.path(), &stage);
    let interrupted = stage.was_interrupted();
    if keep || (result.is_err() && !interrupted) {
        let kept = folder.keep();
        tell!("");
        tell!("{}", say!("demo-homes", folder = kept.display().to_string()));
        for command in ["status", "show Tunisia", "log Tunisia"] {
            tell!("  accord --home {} {command}", kept.join("ca").display());
        }
        tell!("{}", say!("demo-after"));
    }
    result.map_err(|failed| match interrupted {
        true => problem!("demo-interrupted"),
        false => problem!("homes-kept", why = failed.0),
    })
}

fn play(folder: &Path, stage: &Rc<Stage>) -> Result<(), Failed> {
    tell!("{}", say!("demo-begins"));
    tell!("{}", say!("demo-copies"));
    let mut ca = Office::new(folder, "CA", stage)?;
    let mut cmi = Office::new(folder, "CMI", stage)?;
    let mut uclg = Office::new(folder, "UCLG", stage)?;

    found(&mut ca, &mut cmi)?;
    create(folder, &ca, &cmi)?;
    admit(&ca, &cmi, &mut uclg)?;
    part(&ca, &cmi, &uclg)?;
    meet(&ca, &cmi, &uclg)?;
    settle(&ca, &cmi, &uclg)?;
    prove(&ca, &cmi, &uclg)?;

    for office in [&mut ca, &mut cmi, &mut uclg] {
        office.stop_node()?;
    }
    tell!("");
    tell!("{}", say!("demo-held"));
    Ok(())
}

fn chapter(number: u8, title: &str) {
    tell!("");
    tell!("{number}. {title}");
}

fn found(ca: &mut Office, cmi: &mut Office) -> Result<(), Failed> {
    chapter(1, &say!("demo-found"));
    ca.init("Cities Alliance")?;
    cmi.init("Centre for Mediterranean Integration")?;
    let card = cmi.run(&["card"])?;
    ca.run(&["found", "MENA Joint Work Programme", "--with", &card])?;
    ca.start_node()?;
    let ticket = ca.run(&["invite"])?;
    let early = ca.try_run(&["new", "note", "Too early"])?;
    holds(early.code == Some(1), &say!("demo-claim-early"))?;
    tell!("     {}", say!("demo-refused"));
    cmi.run(&["join", &ticket, "--yes"])?;
    cmi.start_node()
}

fn create(folder: &Path, ca: &Office, cmi: &Office) -> Result<(), Failed> {
    chapter(2, &say!("demo-create"));
    let file = folder.join("tunisia.yaml");
    std::fs::write(&file, TUNISIA)
        .map_err(|e| Failed(say!("demo-example-unwritten", why = e.to_string())))?;
    ca.run(&["new", "framework", "Tunisia", "--from", &file.display().to_string()])?;
    cmi.run(&["sync", "--wait", "30"])?;
    shows_tunisia(cmi)
}

fn shows_tunisia(office: &Office) -> Result<(), Failed> {
    let country = office.run(&["get", "Tunisia", "country"])?;
    tell!("     {country}");
    holds(country == "TN", &say!("demo-claim-reads"))
}

fn admit(ca: &Office, cmi: &Office, uclg: &mut Office) -> Result<(), Failed> {
    chapter(3, &say!("demo-admit"));
    uclg.init("United Cities and Local Governments")?;
    let ticket = ca.run(&["invite"])?;
    uclg.run(&["join", &ticket, "--yes"])?;
    uclg.start_node()?;
    let number = one_decision(ca)?;
    ca.run(&["sign", &number, "--confirm", &number])?;
    let alone = uclg.try_run(&["get", "Tunisia", "country"])?;
    holds(alone.code == Some(1), &say!("demo-claim-alone"))?;
    tell!("     {}", say!("demo-refused"));
    cmi.run(&["sync", "--wait", "60"])?;
    let there = one_decision(cmi)?;
    holds(there == number, &say!("demo-claim-number"))?;
    cmi.run(&["sign", &number, "--confirm", &number])?;
    // Waits until the decision has come, and all that the partner may read now.
    uclg.run(&["sync", "--wait", "60"])?;
    shows_tunisia(uclg)
}

/// The number of the one decision that waits.
fn one_decision(office: &Office) -> Result<String, Failed> {
    let ended = office.quietly(&["decisions", "--json"])?;
    let answer: serde_json::Value = serde_json::from_str(&ended.stdout).map_err(|e| {
        Failed(say!("demo-decisions-unread", code = office.code, why = format!("{e}\n{}", ended.stderr)))
    })?;
    let mut numbers = Vec::new();
    numbers_in(&answer, &mut numbers);
    match numbers.as_slice() {
        [one] => Ok(one.clone()),
        other => Err(Failed(say!("demo-decisions-many", count = other.len(), code = office.code))),
    }
}

/// Every value of a key `number`, wherever it stands.
fn numbers_in(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            found.extend(fields.get("number").and_then(|n| n.as_str()).map(str::to_owned));
            fields.values().for_each(|value| numbers_in(value, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| numbers_in(item, found)),
        _ => {}
    }
}

fn part(ca: &Office, cmi: &Office, uclg: &Office) -> Result<(), Failed> {
    chapter(4, &say!("demo-part"));
    for office in [ca, cmi, uclg] {
        office.door.cut();
    }
    tell!("   {}", say!("demo-different"));
    ca.run(&["set", "Tunisia", "activities.TN-A02.status", "under way"])?;
    cmi.run(&["set", "Tunisia", "activities.TN-A01.lead", "Medcities and Sfax"])?;
    tell!("   {}", say!("demo-same"));
    ca.run(&["set", "Tunisia", "activities.TN-A03.budget.2013.EUR", "120000"])?;
    cmi.run(&["set", "Tunisia", "activities.TN-A03.budget.2013.EUR", "90000"])?;
    tell!("   {}", say!("demo-paragraph"));
    let paragraph = one_line(&ca.run(&["get", "Tunisia", "context.en.1"])?);
    let longer = format!("{paragraph} The municipal elections will change that.");
    ca.run(&["set", "Tunisia", "context.en.1", &longer])?;
    let corrected = paragraph.replacen("rewriting", "redefining", 1);
    uclg.run(&["set", "Tunisia", "context.en.1", &corrected]).map(|_| ())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn meet(ca: &Office, cmi: &Office, uclg: &Office) -> Result<(), Failed> {
    chapter(5, &say!("demo-meet"));
    for office in [ca, cmi, uclg] {
        office.door.restore();
    }
    for office in [ca, cmi, uclg] {
        office.run(&["sync", "--wait", "60"])?;
    }
    for office in [ca, cmi, uclg] {
        let get = |path: &str| office.quietly(&["get", "Tunisia", path]);
        holds(get("activities.TN-A02.status")?.stdout.contains("under way"), &say!("demo-claim-status"))?;
        holds(get("activities.TN-A01.lead")?.stdout.contains("Sfax"), &say!("demo-claim-lead"))?;
        let paragraph = one_line(&get("context.en.1")?.stdout);
        holds(paragraph.contains("redefining"), &say!("demo-claim-word"))?;
        holds(paragraph.contains("municipal elections"), &say!("demo-claim-sentence"))?;
        let amount = get("activities.TN-A03.budget.2013.EUR")?;
        holds(amount.code == Some(3), &say!("demo-claim-amount"))?;
    }
    let conflicts = cmi.try_run(&["conflicts", "Tunisia"])?.stdout;
    for line in conflicts.lines() {
        tell!("     {line}");
    }
    // Each language groups digits in its own way.
    let ungrouped: String = conflicts.chars().filter(|c| !matches!(c, ',' | '\u{202f}')).collect();
    for part in ["120000", "90000", "100000", "CA", "CMI"] {
        holds(ungrouped.contains(part), &say!("demo-claim-names", part))?;
    }
    Ok(())
}

fn settle(ca: &Office, cmi: &Office, uclg: &Office) -> Result<(), Failed> {
    chapter(6, &say!("demo-settle"));
    let path = "activities.TN-A03.budget.2013.EUR";
    ca.run(&["resolve", "Tunisia", path, "110000", "--why", "agreed by telephone between CA and CMI"])?;
    ca.run(&["sync", "--wait", "60"])?;
    for office in [ca, cmi, uclg] {
        let amount = office.run(&["get", "Tunisia", path])?;
        tell!("     {amount}");
        holds(amount.contains("110"), &say!("demo-claim-settled"))?;
    }
    Ok(())
}

fn prove(ca: &Office, cmi: &Office, uclg: &Office) -> Result<(), Failed> {
    chapter(7, &say!("demo-prove"));
    let mut copies = Vec::new();
    for office in [ca, cmi, uclg] {
        let content = office.quietly(&["show", "Tunisia", "--json"])?.stdout;
        let history = office.quietly(&["log", "Tunisia", "--json"])?.stdout;
        holds(!content.is_empty() && !history.is_empty(), &say!("demo-claim-shown"))?;
        copies.push((content, history));
    }
    holds(copies.windows(2).all(|pair| pair[0] == pair[1]), &say!("demo-claim-copies"))?;
    tell!("   {}", say!("demo-equal"));
    let status = ca.run(&["status"])?;
    for line in status.lines() {
        tell!("     {line}");
    }
    Ok(())
}

/// Checks a claim.
fn holds(claim: bool, words: &str) -> Result<(), Failed> {
    if claim { Ok(()) } else { Err(Failed(say!("demo-did-not-hold", what = words))) }
}
