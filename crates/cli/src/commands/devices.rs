//! `device`: the devices of the organisation.

use accord_core::api::{DeviceAdded, DeviceRevoked, DeviceView, Problem, Request};
use accord_core::device_called;

use accord_node::EngineKind;
use accord_words::{labelled, say};

use super::{listed, quoted};
use crate::app::{App, answered};
use crate::arguments::{DeviceArguments, DeviceCommand};
use crate::output::{Page, Paint, Report, ago, now};

pub(super) fn device(app: &App, arguments: DeviceArguments) -> Result<Report, Problem> {
    match arguments.command {
        DeviceCommand::Init { card, name, store } => init(app, &card, &name, store.store.into()),
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

fn init(app: &App, card: &str, name: &str, engine: EngineKind) -> Result<Report, Problem> {
    let made = accord_node::init_device(app.home()?, card, name, engine)?;
    app.report("home", &made, |page| {
        let party = &made.organisation;
        page.line(made.request.as_deref().unwrap_or_default());
        page.note(say!(
            "device-made",
            name = quoted(name),
            home = &made.home,
            organisation = &party.name,
            code = &party.code
        ));
        page.note(say!("device-sees-nothing"));
        page.next(&say!("device-made-next"));
    })
}

fn tell_added(page: &mut Page, added: &DeviceAdded) {
    let name = quoted(&added.name);
    if let Some(ticket) = &added.ticket {
        page.line(ticket);
    }
    page.note(if added.before { say!("device-already", name) } else { say!("device-added", name) });
    page.note(say!("device-heard"));
    if added.ticket.is_some() {
        page.note(say!("device-ticket", addresses = listed(&added.addresses)));
        page.next(&say!("device-ticket-next"));
    } else {
        page.next(&say!("device-no-ticket"));
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
        parts.push(say!("this-device"));
    }
    match (device.revoked, device.connected, device.last_seen) {
        (Some(revoked), ..) => {
            let why = device.why.as_deref().filter(|why| !why.is_empty());
            let words = match why {
                Some(why) => say!("device-revoked-why", when = when(revoked), why),
                None => say!("device-revoked", when = when(revoked)),
            };
            parts.push(paint.attention(&words));
        }
        (None, true, _) => parts.push(say!("connected")),
        (None, false, Some(seen)) => parts.push(say!("last-seen", when = when(seen))),
        (None, false, None) if !device.this => parts.push(say!("never-met")),
        (None, false, None) => {}
    }
    if device.signs {
        parts.push(say!("device-signs"));
    }
    let name = paint.strong(&device_called(&device.name));
    labelled(&format!("{name} ({})", device.device.short()), &parts.join(", "))
}

fn tell_revoked(page: &mut Page, revoked: &DeviceRevoked) {
    let name = quoted(&device_called(&revoked.name));
    page.note(say!("revoked", name));
    let kept: u64 = revoked.cuts.iter().map(|(_, seq)| seq).sum();
    page.note(match kept {
        0 => say!("revoked-nothing"),
        kept => say!("revoked-kept", count = kept),
    });
    page.note(say!("revoked-cannot"));
    page.note(match (revoked.told.as_slice(), revoked.later.as_slice()) {
        ([], []) => say!("revoked-alone"),
        (told, []) => say!("revoked-told", count = told.len(), told = listed(told)),
        ([], later) => say!("revoked-later", count = later.len(), later = listed(later)),
        (told, later) => {
            say!("revoked-both", count = told.len(), told = listed(told), later = listed(later))
        }
    });
    if revoked.signs {
        page.note(say!("revoked-signs"));
    }
    page.next("accord device list");
}
