//! `node` and `node stop`.

use accord_core::api::{Problem, Request, Response};
use accord_node::NodeOptions;
use tracing_subscriber::EnvFilter;

use crate::app::{App, unexpected};
use crate::arguments::{NodeArguments, NodeCommand};
use crate::output::{Paint, Report};

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
            page.note(
                "The node has stopped. Documents can still be read and written here; others get it later.",
            );
        }),
        _ => Err(unexpected()),
    }
}

fn run(app: &App, arguments: NodeArguments) -> Result<Report, Problem> {
    log(app.quiet, app.err);
    let options =
        NodeOptions { listen: arguments.listen, mdns: arguments.mdns.then_some(true), dial: arguments.dial };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::failed(format!("the system gives no resources: {error}")))?;
    runtime.block_on(accord_node::run(app.home()?, options))?;
    Ok(Report::default())
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
