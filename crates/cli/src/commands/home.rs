//! `init` and `card`.

use accord_core::api::{Problem, Request};

use crate::app::{App, answered};
use crate::arguments::InitArguments;
use crate::output::Report;

pub(super) fn init(app: &App, arguments: InitArguments) -> Result<Report, Problem> {
    let made =
        accord_node::init(app.home()?, &arguments.org, &arguments.code, arguments.root_key.as_deref())?;
    app.report("home", &made, |page| {
        let party = &made.organisation;
        page.note(format!("{} ({}) has its keys and a home for its documents in {}.", party.name, party.code, made.home));
        if let Some(file) = &made.root_key {
            page.note(format!(
                "The root key is in {file} alone: keep it offline. Who loses it cannot add or revoke devices any more."
            ));
        }
        page.note("Nobody else has these keys. Keep the folder private, and make no copy of it that runs.");
        page.next("hand your card to the other secretariat (accord card), or join with a ticket (accord join TICKET).");
    })
}

pub(super) fn card(app: &App) -> Result<Report, Problem> {
    let card = answered!(app.ask(Request::Card)?, Card)?;
    app.report("card", &card, |page| page.line(&card.card))
}
