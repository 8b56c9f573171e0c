//! What is done to a home by the one who asks, while no node runs and no other command is at work. It may take its time, and says
//! how far it is.

use std::path::Path;
use std::time::Duration;

use accord_core::api::{Problem, Progress};
use accord_words::problem;

use crate::home::{Gate, Home, HomeLock};

/// How long another command on this home is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Does `work` where blocking is allowed, with the home to itself. It is handed what tells how far it is; `running` is the
/// problem where a node runs.
pub(crate) async fn alone<T: Send + 'static>(
    home: &Path,
    running: impl FnOnce() -> Problem,
    progress: &mut (dyn FnMut(Progress) + Send),
    work: impl FnOnce(&dyn Fn(String)) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    Home::there(home)?;
    let _gate = Gate::wait(home, PATIENCE).await?.ok_or_else(|| problem!("command-at-work"))?;
    let _lock = HomeLock::wait(home, Duration::ZERO).await?.ok_or_else(running)?;
    let (tell, mut told) = tokio::sync::mpsc::channel(1);
    let mut done = tokio::task::spawn_blocking(move || {
        // What nobody has looked at yet is replaced by nothing newer: how far it is is said often enough.
        work(&|text| drop(tell.try_send(Progress { text, sent: 0, received: 0 })))
    });
    let done = loop {
        tokio::select! {
            Some(next) = told.recv() => progress(next),
            done = &mut done => break done,
        }
    };
    done.map_err(|e| problem!("unexpected-failure", why = e.to_string()))?
}
