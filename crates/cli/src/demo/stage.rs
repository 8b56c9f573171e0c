//! Where the demonstration is played: it runs one command after another, until somebody interrupts it.
//!
//! Whoever interrupts it, by a key, a closed terminal or a program that ends it, leaves neither nodes nor homes behind.

use std::cell::{Cell, RefCell};
use std::process::Output;
use std::rc::Rc;

use tokio::process::Command;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The stage.
pub(super) struct Stage {
    runtime: Runtime,
    interrupt: RefCell<[Signal; 3]>,
    interrupted: Cell<bool>,
}

impl Stage {
    /// From here on an interruption is taken as one.
    pub(super) fn new() -> std::io::Result<Rc<Self>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let interrupt = {
            let _inside = runtime.enter();
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal)
        };
        let [one, two, three] = interrupt;
        let interrupt = RefCell::new([one?, two?, three?]);
        Ok(Rc::new(Self { runtime, interrupt, interrupted: Cell::new(false) }))
    }

    /// Runs a command and gives what it printed; none if somebody interrupts, and then the command is ended.
    pub(super) fn run(&self, command: std::process::Command) -> std::io::Result<Option<Output>> {
        let mut command = Command::from(command);
        let mut interrupt = self.interrupt.borrow_mut();
        let [one, two, three] = &mut *interrupt;
        let output = self.runtime.block_on(async {
            tokio::select! {
                biased;
                _ = one.recv() => None,
                _ = two.recv() => None,
                _ = three.recv() => None,
                output = command.kill_on_drop(true).output() => Some(output),
            }
        });
        self.interrupted.set(self.interrupted.get() || output.is_none());
        output.transpose()
    }

    pub(super) fn was_interrupted(&self) -> bool {
        self.interrupted.get()
    }
}
