//! The I/O steps of a commit, each of which passes through one place that tests can watch and break.

#[cfg(feature = "testing")]
use std::sync::{Mutex, PoisonError};

use crate::StoreError;

/// The steps of a commit, in the order in which they must succeed. Each engine takes those that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The transaction over all trees: in the engine's memory.
    Transaction,
    /// The engine writes its buffers to its file.
    Flush,
    /// That file reaches the disk.
    SyncFile,
    /// Everything else in the store's folder reaches the disk: sled's snapshots and large pages.
    SyncFolder,
    /// The callers are told.
    Acknowledge,
}

/// Stands around each step of the writer.
pub trait SyncProbe: Send + Sync + 'static {
    /// Carries out `run`, which is the step, or fails in its stead.
    fn around(&self, step: Step, run: &mut dyn FnMut() -> Result<(), StoreError>) -> Result<(), StoreError>;
}

/// What production runs with: the steps and nothing else.
#[derive(Debug)]
pub(crate) struct Unwatched;

impl SyncProbe for Unwatched {
    fn around(&self, _: Step, run: &mut dyn FnMut() -> Result<(), StoreError>) -> Result<(), StoreError> {
        run()
    }
}

/// Notes each step when it has succeeded, and can let a step fail.
#[cfg(feature = "testing")]
#[derive(Debug, Default)]
pub struct Recorder {
    state: Mutex<(Vec<Step>, Option<Fault>)>,
}

#[cfg(feature = "testing")]
#[derive(Debug)]
struct Fault {
    step: Step,
    with: StoreError,
}

#[cfg(feature = "testing")]
impl Recorder {
    /// The steps that have succeeded so far.
    pub fn steps(&self) -> Vec<Step> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// From now on this step fails instead of being carried out.
    pub fn fail(&self, step: Step, with: StoreError) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(Fault { step, with });
    }
}

#[cfg(feature = "testing")]
impl SyncProbe for Recorder {
    fn around(&self, step: Step, run: &mut dyn FnMut() -> Result<(), StoreError>) -> Result<(), StoreError> {
        if let Some(fault) = &self.state.lock().unwrap_or_else(PoisonError::into_inner).1
            && fault.step == step
        {
            return Err(fault.with.again());
        }
        run()?;
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0.push(step);
        Ok(())
    }
}
