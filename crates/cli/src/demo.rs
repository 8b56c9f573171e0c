//! The demonstration: the main job, from the founding to a settled conflict, with real nodes on this machine.
//!
//! Everything is done by running this very program as a person would; nothing is reached around it. Each claim is
//! checked, and the first that does not hold ends it.

mod office;
mod stage;

use std::path::Path;
use std::rc::Rc;

use accord_core::api::Problem;
use accord_words::problem;
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
        tell!("The homes are in {}. To look around, for example:", kept.display());
        for command in ["status", "show Tunisia", "log Tunisia"] {
            tell!("  accord --home {} {command}", kept.join("ca").display());
        }
        tell!("Every command works without a running node. Remove the folder when you are done.");
    }
    result.map_err(|failed| match interrupted {
        true => problem!("demo-interrupted"),
        false => problem!("homes-kept", why = failed.0),
    })
}

fn play(folder: &Path, stage: &Rc<Stage>) -> Result<(), Failed> {
    tell!("Accord: two secretariats and one partner work on one document, without a server.");
    tell!("Each has its own node and its own copy; here all three run on this machine.");
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
    tell!("Everything held.");
    Ok(())
}

fn chapter(number: u8, title: &str) {
    tell!("");
    tell!("{number}. {title}");
}

fn found(ca: &mut Office, cmi: &mut Office) -> Result<(), Failed> {
    chapter(1, "The two secretariats found the programme. It exists once both have signed.");
    ca.init("Cities Alliance")?;
    cmi.init("Centre for Mediterranean Integration")?;
    let card = cmi.run(&["card"])?;
    ca.run(&["found", "MENA Joint Work Programme", "--with", &card])?;
    ca.start_node()?;
    let ticket = ca.run(&["invite"])?;
    let early = ca.try_run(&["new", "note", "Too early"])?;
    holds(early.code == Some(1), "before the second signature nothing can be written")?;
    tell!("     refused: one signature is not enough.");
    cmi.run(&["join", &ticket, "--yes"])?;
    cmi.start_node()
}

fn create(folder: &Path, ca: &Office, cmi: &Office) -> Result<(), Failed> {
    chapter(2, "CA creates the Tunisia framework from a file; CMI has it moments later.");
    let file = folder.join("tunisia.yaml");
    std::fs::write(&file, TUNISIA).map_err(|e| Failed(format!("the example cannot be written: {e}")))?;
    ca.run(&["new", "framework", "Tunisia", "--from", &file.display().to_string()])?;
    cmi.run(&["sync", "--wait", "30"])?;
    shows_tunisia(cmi)
}

fn shows_tunisia(office: &Office) -> Result<(), Failed> {
    let country = office.run(&["get", "Tunisia", "country"])?;
    tell!("     {country}");
    holds(country == "TN", "whoever takes part can read the framework")
}

fn admit(ca: &Office, cmi: &Office, uclg: &mut Office) -> Result<(), Failed> {
    chapter(3, "A partner joins. One secretariat invites, and both must sign its admission.");
    uclg.init("United Cities and Local Governments")?;
    let ticket = ca.run(&["invite"])?;
    uclg.run(&["join", &ticket, "--yes"])?;
    uclg.start_node()?;
    let number = one_decision(ca)?;
    ca.run(&["sign", &number, "--confirm", &number])?;
    let alone = uclg.try_run(&["get", "Tunisia", "country"])?;
    holds(alone.code == Some(1), "with one signature the partner gets nothing")?;
    tell!("     refused: one signature is not enough.");
    cmi.run(&["sync", "--wait", "60"])?;
    let there = one_decision(cmi)?;
    holds(there == number, "a decision has the same number everywhere")?;
    cmi.run(&["sign", &number, "--confirm", &number])?;
    // Waits until the decision has come, and all that the partner may read now.
    uclg.run(&["sync", "--wait", "60"])?;
    shows_tunisia(uclg)
}

/// The number of the one decision that waits.
fn one_decision(office: &Office) -> Result<String, Failed> {
    let ended = office.quietly(&["decisions", "--json"])?;
    let answer: serde_json::Value = serde_json::from_str(&ended.stdout).map_err(|e| {
        Failed(format!("the decisions at {} cannot be read: {e}\n{}", office.code, ended.stderr))
    })?;
    let mut numbers = Vec::new();
    numbers_in(&answer, &mut numbers);
    match numbers.as_slice() {
        [one] => Ok(one.clone()),
        other => {
            Err(Failed(format!("{} open decisions at {}, and one was expected", other.len(), office.code)))
        }
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
    chapter(4, "The lines are cut. Everybody goes on working on their own copy.");
    for office in [ca, cmi, uclg] {
        office.door.cut();
    }
    tell!("   Different fields:");
    ca.run(&["set", "Tunisia", "activities.TN-A02.status", "under way"])?;
    cmi.run(&["set", "Tunisia", "activities.TN-A01.lead", "Medcities and Sfax"])?;
    tell!("   The same field, with different values:");
    ca.run(&["set", "Tunisia", "activities.TN-A03.budget.2013.EUR", "120000"])?;
    cmi.run(&["set", "Tunisia", "activities.TN-A03.budget.2013.EUR", "90000"])?;
    tell!("   The same paragraph: CA adds a sentence at its end, UCLG corrects a word at its beginning:");
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
    chapter(
        5,
        "The lines are restored. Everything merges; the one true conflict is shown, and nobody wins silently.",
    );
    for office in [ca, cmi, uclg] {
        office.door.restore();
    }
    for office in [ca, cmi, uclg] {
        office.run(&["sync", "--wait", "60"])?;
    }
    for office in [ca, cmi, uclg] {
        let get = |path: &str| office.quietly(&["get", "Tunisia", path]);
        holds(get("activities.TN-A02.status")?.stdout.contains("under way"), "CA's status is there")?;
        holds(get("activities.TN-A01.lead")?.stdout.contains("Sfax"), "CMI's lead is there")?;
        let paragraph = one_line(&get("context.en.1")?.stdout);
        holds(paragraph.contains("redefining"), "UCLG's word is in the paragraph")?;
        holds(paragraph.contains("municipal elections"), "CA's sentence is in the same paragraph")?;
        let amount = get("activities.TN-A03.budget.2013.EUR")?;
        holds(amount.code == Some(3), "the amount that two changed asks for a person")?;
    }
    let conflicts = cmi.try_run(&["conflicts", "Tunisia"])?.stdout;
    for line in conflicts.lines() {
        tell!("     {line}");
    }
    for part in ["120,000", "90,000", "100,000", "CA", "CMI"] {
        holds(conflicts.contains(part), &format!("the conflict names {part}"))?;
    }
    Ok(())
}

fn settle(ca: &Office, cmi: &Office, uclg: &Office) -> Result<(), Failed> {
    chapter(6, "Somebody settles it, with a reason that everybody sees.");
    let path = "activities.TN-A03.budget.2013.EUR";
    ca.run(&["resolve", "Tunisia", path, "110000", "--why", "agreed by telephone between CA and CMI"])?;
    ca.run(&["sync", "--wait", "60"])?;
    for office in [ca, cmi, uclg] {
        let amount = office.run(&["get", "Tunisia", path])?;
        tell!("     {amount}");
        holds(amount.contains("110"), "the settled amount stands everywhere")?;
    }
    Ok(())
}

fn prove(ca: &Office, cmi: &Office, uclg: &Office) -> Result<(), Failed> {
    chapter(7, "The proof: all three hold the same document with the same history.");
    let mut copies = Vec::new();
    for office in [ca, cmi, uclg] {
        let content = office.quietly(&["show", "Tunisia", "--json"])?.stdout;
        let history = office.quietly(&["log", "Tunisia", "--json"])?.stdout;
        holds(!content.is_empty() && !history.is_empty(), "every office can show the document")?;
        copies.push((content, history));
    }
    holds(copies.windows(2).all(|pair| pair[0] == pair[1]), "all copies are equal, to the byte")?;
    tell!("   equal to the byte: content and history at CA, CMI and UCLG.");
    let status = ca.run(&["status"])?;
    for line in status.lines() {
        tell!("     {line}");
    }
    Ok(())
}

/// Checks a claim.
fn holds(claim: bool, words: &str) -> Result<(), Failed> {
    if claim { Ok(()) } else { Err(Failed(format!("this did not hold: {words}"))) }
}
