//! `init` and `card`.

use accord_core::api::{Problem, Request};
use accord_words::say;

use crate::app::{App, answered};
use crate::arguments::InitArguments;
use crate::output::Report;

pub(super) fn init(app: &App, arguments: InitArguments) -> Result<Report, Problem> {
    let (root_key, engine) = (arguments.root_key.as_deref(), arguments.store.store.into());
    let made = accord_node::init(app.home()?, &arguments.org, &arguments.code, root_key, engine)?;
    app.report("home", &made, |page| {
        let party = &made.organisation;
        page.note(say!("home-made", name = &party.name, code = &party.code, home = &made.home));
        if let Some(file) = &made.root_key {
            page.note(say!("home-root-apart", file));
        }
        page.note(say!("home-keys"));
        page.next(&say!("home-next"));
    })
}

pub(super) fn card(app: &App) -> Result<Report, Problem> {
    let card = answered!(app.ask(Request::Card)?, Card)?;
    app.report("card", &card, |page| page.line(&card.card))
}
