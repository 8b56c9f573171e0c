//! The commands, one file for each family.

mod apart;
mod audit;
mod backup;
mod bundles;
mod check;
mod compact;
mod conflicts;
mod decisions;
mod desk;
mod devices;
mod doctor;
mod documents;
mod edit;
mod exchange;
mod history;
mod home;
mod keys;
mod kinds;
mod node;
mod organisations;
mod programme;
mod propose;
mod rebuild;
mod reports;
mod resolve;
mod shell;
mod status;
mod sync;
mod template;
mod translate;
mod verify;
mod versions;
mod write;

use accord_core::OrganisationKind;
use accord_core::api::Problem;
use accord_words::say;

use crate::app::App;
use crate::arguments::Command;
use crate::output::Report;

/// Runs one command; without one, shows the desk.
pub(crate) fn run(app: &App, command: Option<Command>) -> Result<Report, Problem> {
    let Some(command) = command else { return desk::desk(app) };
    match command {
        Command::Init(arguments) => home::init(app, arguments),
        Command::Card => home::card(app),
        Command::Found(arguments) => programme::found(app, arguments),
        Command::Invite(arguments) => programme::invite(app, arguments),
        Command::Join(arguments) => programme::join(app, arguments),
        Command::Device(arguments) => devices::device(app, arguments),
        Command::Key(arguments) => keys::key(app, arguments),
        Command::Compact(arguments) => compact::compact(app, &arguments),
        Command::Rebuild { folder } => rebuild::rebuild(app, folder.as_deref()),
        Command::Bundle(command) => bundles::bundle(app, command),
        Command::Backup { file } => backup::backup(app, &file),
        Command::Restore(arguments) => backup::restore(app, &arguments),
        Command::Doctor { report } => doctor::doctor(app, report.as_deref()),
        Command::Verify { only_check } => verify::verify(app, only_check),
        Command::Node(arguments) => node::node(app, arguments),
        Command::Status => status::status(app),
        Command::Sync(arguments) => sync::sync(app, arguments),
        Command::New(arguments) => documents::new(app, arguments),
        Command::List => documents::list(app),
        Command::Show(arguments) => documents::show(app, arguments),
        Command::Get(arguments) => documents::get(app, arguments),
        Command::Set(arguments) => write::set(app, arguments),
        Command::Add(arguments) => write::add(app, arguments),
        Command::Retire(arguments) => write::retire(app, arguments),
        Command::Reinstate(arguments) => write::reinstate(app, arguments),
        Command::Edit(arguments) => edit::edit(app, arguments),
        Command::Apart(arguments) => apart::apart(app, arguments),
        Command::Redo(arguments) => apart::redo(app, arguments),
        Command::Log(arguments) => history::log(app, arguments),
        Command::Diff(arguments) => history::diff(app, arguments),
        Command::Conflicts(arguments) => conflicts::conflicts(app, arguments),
        Command::Check(arguments) => check::check(app, arguments),
        Command::Resolve(arguments) => resolve::resolve(app, arguments),
        Command::Template(command) => template::template(app, command),
        Command::Translate(arguments) => translate::translate(app, arguments),
        Command::Report(arguments) => reports::report(app, arguments),
        Command::Import(arguments) => exchange::import(app, arguments),
        Command::Export(arguments) => exchange::export(app, arguments),
        Command::Kind(command) => kinds::kind(app, command),
        Command::Organisations => organisations::organisations(app),
        Command::Spaces => organisations::spaces(app),
        Command::Propose(arguments) => propose::propose(app, arguments),
        Command::Ratify(arguments) => versions::ratify(app, arguments),
        Command::Audit(arguments) => audit::audit(app, arguments),
        Command::Decisions(arguments) => decisions::decisions(app, &arguments),
        Command::Decision(arguments) => decisions::decision(app, arguments),
        Command::Sign(arguments) => decisions::sign(app, arguments),
        Command::Refuse(arguments) => decisions::refuse(app, arguments),
        Command::Demo { keep } => crate::demo::run(keep).map(|()| Report::default()),
        Command::Completions { shell } => Ok(shell::completions(shell)),
        Command::Man { out } => shell::man(out.as_deref()),
        Command::HelpMarkdown => Ok(Report::data(crate::reference::markdown())),
    }
}

/// `CA`, `CA and CMI`, `CA, CMI and UCLG`.
fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, first)) => say!("list-and", first = first.join(", "), last = *last),
    }
}

/// As what an organisation takes part, in one word.
fn kind_word(kind: OrganisationKind) -> String {
    match kind {
        OrganisationKind::Secretariat => say!("kind-secretariat"),
        OrganisationKind::Member => say!("kind-member"),
        OrganisationKind::Observer => say!("kind-observer"),
    }
}

/// The same, by name: the order of ids means nothing to people.
fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    listed(&names)
}

/// An argument as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '=');
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else if text.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", text.replace('\'', "'\\''"))
    } else {
        format!("\"{text}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_people_say_them() {
        assert_eq!(listed::<&str>(&[]), "");
        assert_eq!(listed(&["CA"]), "CA");
        assert_eq!(listed(&["CA", "CMI", "UCLG"]), "CA, CMI and UCLG");
    }

    #[test]
    fn what_is_suggested_can_be_pasted() {
        assert_eq!(quoted("Tunisia"), "Tunisia");
        assert_eq!(quoted("New Tunisia"), "\"New Tunisia\"");
        assert_eq!(quoted("it's $5"), "'it'\\''s $5'");
        assert_eq!(quoted("تونس"), "تونس");
    }
}
