//! Namespaces, their devices, and the thread that carries packets between them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tokio::sync::{Notify, oneshot};
use tokio_tun::Tun;

use crate::line::Line;
use crate::switch::{Site, Switch};

/// Namespaces begin with this and the process that made them, so that what a killed test left can be told.
const PREFIX: &str = "accord-links-";

/// The size of a packet, as on the Internet.
const MTU: usize = 1_500;

/// How many packets may be on the way: a line of 100 MB/s and half a second holds 35,000.
const MAX_UNDER_WAY: usize = 65_536;

/// Why there are no namespaces here.
#[derive(Debug, thiserror::Error)]
pub enum Skip {
    /// Only root makes namespaces and devices.
    #[error("network namespaces are made by root only")]
    Root,
    /// The system has no such devices, or no `ip`.
    #[error("{0} does not work here: {1}")]
    Missing(&'static str, String),
}

/// What has gone over the line of an office.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes of packets that it sent.
    pub sent: u64,
    /// Bytes of packets that reached it.
    pub received: u64,
    /// How many packets from it or to it were lost.
    pub lost: u64,
}

/// A network of offices. Dropping it ends it, and removes its namespaces; end the programs in them first.
#[derive(Debug)]
pub struct Net {
    shared: Arc<Shared>,
    names: Vec<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Tally {
    sent: AtomicU64,
    received: AtomicU64,
    lost: AtomicU64,
}

#[derive(Debug)]
struct Shared {
    switch: Mutex<(Switch, ChaCha8Rng)>,
    under_way: Mutex<BinaryHeap<Reverse<Arrival>>>,
    news: Notify,
    tallies: Vec<Tally>,
}

/// A packet on its way: when it is there, in which order it was sent, to whom.
type Arrival = (Instant, u64, usize, Vec<u8>);

/// An office to be made: its address, and the one that its router shows outside, if it has one.
type Plan = (Ipv4Addr, Option<Ipv4Addr>);

impl Net {
    /// Makes an office for each of these. All chance comes from `seed`.
    ///
    /// # Errors
    /// It may not, or cannot, here.
    pub fn new(seed: u64, offices: &[Plan]) -> Result<Self, Skip> {
        if !rustix::process::geteuid().is_root() {
            return Err(Skip::Root);
        }
        remove_what_was_left();
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let me = std::process::id();
        let sites = offices.iter().map(|(address, router)| Site::new(*address, *router)).collect();
        let shared = Arc::new(Shared {
            switch: Mutex::new((Switch { sites, ..Switch::default() }, ChaCha8Rng::seed_from_u64(seed))),
            under_way: Mutex::default(),
            news: Notify::new(),
            tallies: offices.iter().map(|_| Tally::default()).collect(),
        });
        let mut net = Self { shared: Arc::clone(&shared), names: Vec::new(), stop: None, thread: None };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Skip::Missing("the runtime", error.to_string()))?;
        let mut devices = Vec::new();
        for (at, (address, _)) in offices.iter().enumerate() {
            let name = format!("{PREFIX}{me}-{made}-{at}");
            ip(&["netns", "add", &name])?;
            net.names.push(name.clone());
            // Names of devices have 15 characters at most.
            let device = format!("al{me}x{made}x{at}");
            let opened = {
                let _inside = runtime.enter();
                Tun::builder().name(&device).mtu(MTU as i32).close_on_exec().build()
            };
            let opened = opened.map_err(|error| Skip::Missing("/dev/net/tun", error.to_string()))?;
            devices.extend(opened);
            ip(&["link", "set", &device, "netns", &name])?;
            let inside = |words: &[&str]| ip(&[&["-n", &name], words].concat());
            inside(&["addr", "add", &format!("{address}/32"), "dev", &device])?;
            inside(&["link", "set", "lo", "up"])?;
            inside(&["link", "set", &device, "up"])?;
            inside(&["route", "add", "default", "dev", &device])?;
        }
        let (stop, stopped) = oneshot::channel();
        net.stop = Some(stop);
        net.thread = Some(std::thread::spawn(move || runtime.block_on(carry(shared, devices, stopped))));
        Ok(net)
    }

    /// A command in the namespace of an office.
    pub fn command(&self, office: usize, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.names[office], program]);
        command
    }

    /// From now on the line of an office is like this.
    pub fn set(&self, office: usize, line: Line) {
        self.shared.switch().0.sites[office].line = line;
    }

    /// From now on the router of an office has this address outside, and lets in nothing but answers. Until then it lets in
    /// everything.
    pub fn shut(&self, office: usize, outside: Ipv4Addr) {
        let site = &mut self.shared.switch().0.sites[office];
        (site.router, site.shut) = (Some(outside), true);
    }

    /// From now on there is no way between two offices, and both still reach the others.
    pub fn part(&self, one: usize, other: usize) {
        self.shared.switch().0.parted.insert((one.min(other), one.max(other)));
    }

    /// The office moves: from now on it has this address, and loses the other one.
    ///
    /// # Errors
    /// The system does not do it.
    pub fn move_to(&self, office: usize, address: Ipv4Addr) -> Result<(), Skip> {
        let name = &self.names[office];
        let devices = Command::new("ip").args(["-n", name, "-o", "link", "show"]).output();
        let devices = devices.map_err(|error| Skip::Missing("ip", error.to_string()))?;
        let devices = String::from_utf8_lossy(&devices.stdout).into_owned();
        let device = devices.split([':', ' ']).find(|word| word.starts_with("al"));
        let device = device.ok_or_else(|| Skip::Missing("ip", "no device".into()))?;
        let old = {
            let mut switch = self.shared.switch();
            std::mem::replace(&mut switch.0.sites[office].address, address)
        };
        let inside = |words: &[&str]| ip(&[&["-n", name.as_str()], words].concat());
        inside(&["addr", "add", &format!("{address}/32"), "dev", device])?;
        inside(&["addr", "del", &format!("{old}/32"), "dev", device])?;
        inside(&["route", "replace", "default", "dev", device])
    }

    /// What has gone over the line of an office.
    pub fn counts(&self, office: usize) -> Counts {
        let tally = &self.shared.tallies[office];
        Counts {
            sent: tally.sent.load(Ordering::Relaxed),
            received: tally.received.load(Ordering::Relaxed),
            lost: tally.lost.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // A thread that has ended hears nothing.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        for name in &self.names {
            // What cannot be removed now is removed by the next one.
            let _ = ip(&["netns", "del", name]);
        }
    }
}

impl Shared {
    fn switch(&self) -> MutexGuard<'_, (Switch, ChaCha8Rng)> {
        self.switch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn under_way(&self) -> MutexGuard<'_, BinaryHeap<Reverse<Arrival>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A packet of an office.
    fn take(&self, from: usize, mut packet: Vec<u8>, order: u64) {
        self.tallies[from].sent.fetch_add(packet.len() as u64, Ordering::Relaxed);
        let passed = {
            let (switch, chance) = &mut *self.switch();
            switch.pass(from, &mut packet, Instant::now(), || chance.random())
        };
        let Some((to, at)) = passed else {
            self.tallies[from].lost.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut under_way = self.under_way();
        if under_way.len() >= MAX_UNDER_WAY {
            self.tallies[to].lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let first = under_way.peek().is_none_or(|Reverse((first, ..))| at < *first);
        under_way.push(Reverse((at, order, to, packet)));
        drop(under_way);
        if first {
            self.news.notify_one();
        }
    }

    /// Whatever is there by now; and when the next one is.
    fn arrived(&self, now: Instant) -> (Vec<(usize, Vec<u8>)>, Option<Instant>) {
        let mut there = Vec::new();
        let mut under_way = self.under_way();
        while under_way.peek().is_some_and(|Reverse((at, ..))| *at <= now) {
            if let Some(Reverse((_, _, to, packet))) = under_way.pop() {
                there.push((to, packet));
            }
        }
        (there, under_way.peek().map(|Reverse((at, ..))| *at))
    }
}

/// Carries packets until it is told to stop.
async fn carry(shared: Arc<Shared>, devices: Vec<Tun>, stopped: oneshot::Receiver<()>) {
    let devices: Arc<Vec<Tun>> = Arc::new(devices);
    let mut readers = tokio::task::JoinSet::new();
    let order = Arc::new(AtomicU64::new(0));
    for from in 0..devices.len() {
        let (shared, devices, order) = (Arc::clone(&shared), Arc::clone(&devices), Arc::clone(&order));
        readers.spawn(async move {
            let mut buffer = vec![0; MTU];
            // A device of which nothing can be read any more is gone with its namespace.
            while let Ok(read) = devices[from].recv(&mut buffer).await {
                shared.take(from, buffer[..read].to_vec(), order.fetch_add(1, Ordering::Relaxed));
            }
        });
    }
    let deliver = async {
        loop {
            let (there, next) = shared.arrived(Instant::now());
            for (to, packet) in there {
                shared.tallies[to].received.fetch_add(packet.len() as u64, Ordering::Relaxed);
                // What a device does not take is lost, as on any line.
                let _ = devices[to].send(&packet).await;
            }
            let sleep = async {
                match next {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = sleep => {}
                () = shared.news.notified() => {}
            }
        }
    };
    tokio::select! {
        _ = stopped => {}
        () = deliver => {}
    }
}

fn ip(words: &[&str]) -> Result<(), Skip> {
    let done = Command::new("ip").args(words).stdin(Stdio::null()).output();
    let done = done.map_err(|error| Skip::Missing("ip", error.to_string()))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(Skip::Missing("ip", format!("ip {}: {said}", words.join(" "))))
}

/// Removes the namespaces of tests that were killed.
fn remove_what_was_left() {
    let Ok(listed) = Command::new("ip").args(["netns", "list"]).output() else { return };
    for name in String::from_utf8_lossy(&listed.stdout).split_whitespace() {
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        if process.is_some_and(|process| !std::path::Path::new("/proc").join(process).exists()) {
            let _ = ip(&["netns", "del", name]);
        }
    }
}
