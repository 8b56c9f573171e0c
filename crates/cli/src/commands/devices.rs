//! `device`: the devices of the organisation.

use accord_core::api::{DeviceAdded, DeviceRevoked, DeviceView, Problem, Request};

use super::{count, listed, quoted};
use crate::app::{App, answered};
use crate::arguments::{DeviceArguments, DeviceCommand};
use crate::output::{Page, Paint, Report, ago, now};

pub(super) fn device(app: &App, arguments: DeviceArguments) -> Result<Report, Problem> {
    match arguments.command {
        DeviceCommand::Init { card, name } => init(app, &card, &name),
        DeviceCommand::Add { line, root } => {
            let root = app.root_key(root.root_key.as_deref())?;
            let added = answered!(app.ask(Request::AddDevice { line, root })?, DeviceAdded)?;
            app.report("added", &added, |page| tell_added(page, &added))
        }
        DeviceCommand::List => list(app),
        DeviceCommand::Revoke { device, why, root } => {
            let root = app.root_key(root.root_key.as_deref())?;
            let revoked = answered!(app.ask(Request::RevokeDevice { device, why, root })?, DeviceRevoked)?;
            app.report("revoked", &revoked, |page| tell_revoked(page, &revoked))
        }
    }
}

fn init(app: &App, card: &str, name: &str) -> Result<Report, Problem> {
    let made = accord_node::init_device(app.home()?, card, name)?;
    app.report("home", &made, |page| {
        let party = &made.organisation;
        page.line(made.request.as_deref().unwrap_or_default());
        page.note(format!(
            "{} has a key and a home in {}, and asks to be a device of {} ({}).",
            quoted(name),
            made.home,
            party.name,
            party.code
        ));
        page.note("It sees nothing before your organisation has certified it.");
        page.next("on the machine with the root key: accord device add LINE. It prints a ticket; here: accord join TICKET.");
    })
}

fn tell_added(page: &mut Page, added: &DeviceAdded) {
    let name = quoted(&added.name);
    if let Some(ticket) = &added.ticket {
        page.line(ticket);
    }
    page.note(if added.before {
        format!("{name} is a device of your organisation already.")
    } else {
        format!(
            "{name} is a device of your organisation from now on: what it writes is written in your name."
        )
    });
    page.note("The others hear of it when your nodes meet. Nobody has to sign it.");
    if added.ticket.is_some() {
        page.note(format!(
            "The ticket leads to {}, where your node must be running.",
            listed(&added.addresses)
        ));
        page.next("on the new machine: accord join TICKET");
    } else {
        page.next("it needs a ticket: run your node (accord node --listen ADDRESS), then accord invite.");
    }
}

fn list(app: &App) -> Result<Report, Problem> {
    let devices = answered!(app.ask(Request::Devices)?, Devices)?;
    app.report("devices", &devices, |page| {
        for device in &devices {
            let line = line(device, page.paint, now());
            page.line(line);
        }
    })
}

fn line(device: &DeviceView, paint: Paint, now: i64) -> String {
    let when = |seconds: u64| ago(i64::try_from(seconds).unwrap_or(i64::MAX), now);
    let mut parts = Vec::new();
    if device.this {
        parts.push("this device".to_owned());
    }
    match (device.revoked, device.connected, device.last_seen) {
        (Some(revoked), ..) => {
            let why = device.why.as_deref().filter(|why| !why.is_empty());
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            parts.push(paint.attention(&format!("revoked {}{why}", when(revoked))));
        }
        (None, true, _) => parts.push("connected".to_owned()),
        (None, false, Some(seen)) => parts.push(format!("last seen {}", when(seen))),
        (None, false, None) if !device.this => parts.push("never met".to_owned()),
        (None, false, None) => {}
    }
    if device.signs {
        parts.push("signs decisions".to_owned());
    }
    format!("{} ({}): {}", paint.strong(&device.name), device.device.short(), parts.join(", "))
}

fn hear(who: &[String]) -> &'static str {
    if who.len() == 1 { "hears" } else { "hear" }
}

fn tell_revoked(page: &mut Page, revoked: &DeviceRevoked) {
    let name = quoted(&revoked.name);
    page.note(format!("{name} is no device of your organisation any more, for good."));
    let kept: u64 = revoked.cuts.iter().map(|(_, seq)| seq).sum();
    page.note(match kept {
        0 => "Nothing that it wrote counts.".to_owned(),
        kept => format!(
            "What it wrote and is here stays ({}); whatever else comes from it is kept apart everywhere.",
            count(kept, "entry", "entries")
        ),
    });
    page.note(
        "The documents that are on the lost machine cannot be called back: whoever has it can read what was there.",
    );
    page.note(match (revoked.told.as_slice(), revoked.later.as_slice()) {
        ([], []) => "Nobody else takes part yet.".to_owned(),
        (told, []) => format!("{} {} of it now.", listed(told), hear(told)),
        ([], later) => {
            format!("{} {} of it when your nodes meet; run accord sync soon.", listed(later), hear(later))
        }
        (told, later) => {
            format!("{} {} of it now, {} when your nodes meet.", listed(told), hear(told), listed(later))
        }
    });
    if revoked.signs {
        page.note(
            "It signed your organisation's votes. Votes it signs count until a new constitution names another signing \
             device: agree on that with the other secretariat soon.",
        );
    }
    page.next("accord device list");
}
