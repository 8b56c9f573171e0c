//! Arguments about the engine that writes the store.

use accord_node::EngineKind;
use clap::{Args, ValueEnum};

/// A storage engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// sled
    Sled,
    /// redb
    Redb,
}

impl From<Engine> for EngineKind {
    fn from(engine: Engine) -> EngineKind {
        match engine {
            Engine::Sled => EngineKind::Sled,
            Engine::Redb => EngineKind::Redb,
        }
    }
}

/// What a new home's store is written by.
#[derive(Debug, Args)]
pub(crate) struct StoreArgument {
    /// The storage engine of the new home; `accord compact --to` changes it later
    #[arg(long, value_name = "ENGINE", default_value = "sled")]
    pub(crate) store: Engine,
}

#[derive(Debug, Args)]
pub(crate) struct CompactArguments {
    /// Change the storage engine at the same time
    #[arg(long, value_name = "ENGINE")]
    pub(crate) to: Option<Engine>,
}
