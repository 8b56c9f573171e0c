//! Simulated power cuts, for tests: what a process wrote is recorded as the kernel saw it, and then played back into the
//! folder that a machine could find after its power went at any moment in between.
//!
//! Killing a process proves nothing about power: the kernel keeps what was written and never synced. Here the calls of
//! a child are traced with their contents (by `strace`, without any privilege), and a [`Recording`] makes of the calls
//! before a *cut* the images that a disk could show: every write that was not synced is lost, or a random part of
//! them, or none.
//!
//! What counts as synced is the strictest reading of the standard: a file's content by `fsync` or `fdatasync` of that file,
//! a name by `fsync` of its folder, everything by `syncfs`; `sync_file_range` is no promise. Of the rest each sector or page
//! of a file survives by itself, in any of the states that it went through, and names in the order in which they changed, as
//! the journals of file systems keep them.

mod image;
mod play;
mod trace;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub use image::Kept;
use play::Event;

/// What a process did to a folder, and what it told meanwhile.
#[derive(Debug)]
pub struct Recording {
    events: Vec<Event>,
    files: usize,
}

impl Recording {
    /// Runs a command under a tracer and records what it, and what it starts, does to the files in `folder`, which must
    /// be empty. `command` makes the command, given the words to put before its own. Lines on its standard output
    /// are what it tells.
    ///
    /// # Errors
    /// Why nothing can be traced here.
    ///
    /// # Panics
    /// If the command fails, or did something to the folder that this cannot play back.
    pub fn make(folder: &Path, command: impl FnOnce(&[&str]) -> Command) -> Result<Recording, String> {
        let folder = folder.canonicalize().expect("the folder is there");
        let trace: PathBuf = folder.with_extension("trace");
        let words = trace.to_string_lossy().into_owned();
        let calls = format!("trace={}", trace::CALLS.join(","));
        // No call that is traced writes more than this at once; a longer one would be seen to be cut short.
        let around = ["strace", "-f", "-y", "-xx", "-s", "33554432", "-e", &calls, "-o", &words];
        let ended =
            command(&around).output().map_err(|error| format!("strace cannot be run here ({error})"))?;
        let text = fs::read(&trace).unwrap_or_default();
        let _ = fs::remove_file(&trace);
        let calls = trace::read(&text);
        if calls.is_empty() {
            let words = String::from_utf8_lossy(&ended.stderr);
            let why = words.lines().next().unwrap_or("no reason").to_owned();
            return Err(format!("strace cannot trace here ({why})"));
        }
        assert!(ended.status.success(), "the child failed: {}", String::from_utf8_lossy(&ended.stderr));
        let (events, files) = play::play(&folder, &calls);
        Ok(Recording { events, files })
    }

    /// How many moments there are at which the power can go.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// So many moments: half of them just after something was told, the hardest moment, and half of them anywhere.
    pub fn cuts(&self, count: usize, seed: u64) -> Vec<usize> {
        let mut random = Random(seed);
        let told: Vec<usize> =
            (0..self.len()).filter(|at| matches!(self.events[*at], Event::Told(_))).collect();
        let after_telling = |random: &mut Random| told.get(random.below(told.len().max(1))).map(|at| at + 1);
        let mut cut = |n: usize| {
            let any = random.below(self.len() + 1);
            if n.is_multiple_of(2) { after_telling(&mut random).unwrap_or(any) } else { any }
        };
        (0..count).map(&mut cut).collect()
    }

    /// What was told before a cut.
    pub fn told(&self, cut: usize) -> impl Iterator<Item = &str> {
        self.events[..cut].iter().filter_map(|event| match event {
            Event::Told(line) => Some(line.as_str()),
            _ => None,
        })
    }

    /// Writes what the folder could look like after a cut.
    ///
    /// # Panics
    /// If the place cannot be written to.
    pub fn image(&self, cut: usize, kept: Kept, to: &Path) {
        image::write(&self.events[..cut], self.files, kept, to);
    }
}

/// Random numbers that a seed repeats (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below a limit, which is not zero.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or(0)
    }
}
