//! `node` and `node stop`.

use std::path::Path;

use accord_core::api::{Problem, Request, Response};
use accord_node::NodeOptions;
use accord_words::{problem, say};
use tracing_subscriber::EnvFilter;

use crate::app::{App, unexpected};
use crate::arguments::{NodeArguments, NodeCommand};
use crate::output::{self, Paint, Report};
use crate::passphrase;

/// What a log line must be worth, if `ACCORD_LOG` says nothing else. The network library reports every failed
/// connection of its own; what of it matters to people is in our own lines.
const FILTER: &str = "info,libp2p=error,libp2p_swarm=error,libp2p_mdns=error";

pub(super) fn node(app: &App, arguments: NodeArguments) -> Result<Report, Problem> {
    match arguments.command {
        Some(NodeCommand::Stop) => stop(app),
        None => run(app, arguments),
    }
}

fn stop(app: &App) -> Result<Report, Problem> {
    match app.ask(Request::Stop)? {
        Response::Stopping => app.report("stopped", &serde_json::json!({}), |page| {
            page.note(say!("node-stopped"));
        }),
        _ => Err(unexpected()),
    }
}

fn run(app: &App, arguments: NodeArguments) -> Result<Report, Problem> {
    log(app.quiet, app.err);
    if !app.quiet && arguments.listen.is_empty() && listens_nowhere(app.home()?) {
        // Such a node is of use, and looks like one that does nothing.
        output::status(&format!("{}\n{}\n", say!("node-nowhere"), say!("node-nowhere-next")));
    }
    let options = NodeOptions {
        listen: arguments.listen,
        mdns: arguments.mdns.then_some(true),
        dial: arguments.dial,
        unlock: passphrase::unlock(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| problem!("no-resources", why = error.to_string()))?;
    let ended = runtime.block_on(accord_node::run(app.home()?, options));
    // Work that was given up is not waited for: it ends with this process. Only then does the system free the home and
    // tell those who asked for the stop, so neither happens while anything is still at work on the store.
    runtime.shutdown_background();
    std::mem::forget(ended?);
    Ok(Report::default())
}

/// The setting of a home that matters here; the node reads and checks the others.
#[derive(Debug, Default, serde::Deserialize)]
struct Settings {
    #[serde(default)]
    listen: Vec<String>,
}

/// Whether the settings of a home name no address to listen at. What is wrong with a home or its settings is left for
/// the node to say.
fn listens_nowhere(home: &Path) -> bool {
    let settings = match std::fs::read_to_string(home.join("config.yaml")) {
        Ok(text) => serde_norway::from_str::<Settings>(&text).ok(),
        Err(_) => Some(Settings::default()),
    };
    home.join("card").exists() && settings.is_some_and(|settings| settings.listen.is_empty())
}

fn log(quiet: bool, paint: Paint) {
    let wanted = std::env::var("ACCORD_LOG").ok();
    let fallback = if quiet { "error" } else { FILTER };
    let filter =
        wanted.and_then(|text| EnvFilter::try_new(text).ok()).unwrap_or_else(|| EnvFilter::new(fallback));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(paint.is_on())
        .with_target(false)
        .init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_without_an_address_is_told_so() {
        let home = tempfile::tempdir().unwrap();
        assert!(!listens_nowhere(home.path()), "there is no organisation here, and the node says that");
        std::fs::write(home.path().join("card"), "").unwrap();
        assert!(listens_nowhere(home.path()));
        let config = home.path().join("config.yaml");
        for (text, nowhere) in
            [("mdns: true", true), ("listen: [/ip4/127.0.0.1/tcp/1]", false), ("][", false)]
        {
            std::fs::write(&config, text).unwrap();
            assert_eq!(listens_nowhere(home.path()), nowhere, "{text}");
        }
    }
}
