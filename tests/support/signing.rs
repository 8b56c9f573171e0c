//! An office's keys and logs without its program: for what no program of today signs. Its node is stopped.

use std::path::{Path, PathBuf};

use accord_core::governance::{Governance, Record};
use accord_core::{Body, DeviceKey, Entry, LogId, ProgrammeId, RootKey, SpaceId, governance_space};
use accord_store::{Draft, EngineKind, Logs, OwnHeads, Tree};

pub(super) struct Signing {
    home: PathBuf,
    pub(super) key: DeviceKey,
    pub(super) programme: ProgrammeId,
    pub(super) logs: Logs,
}

fn seed(file: &Path) -> Result<[u8; 32], String> {
    let key = std::fs::read_to_string(file).map_err(|e| e.to_string())?;
    let seed = data_encoding::HEXLOWER.decode(key.lines().nth(1).unwrap_or_default().as_bytes());
    seed.ok().and_then(|seed| seed.try_into().ok()).ok_or_else(|| "the key is sealed".to_owned())
}

impl Signing {
    pub(super) fn open(home: &Path) -> Result<Self, String> {
        let key = DeviceKey::from_seed(&seed(&home.join("device.key"))?);
        let (store, _) =
            accord_store::open(home.join("store"), EngineKind::default()).map_err(|e| e.to_string())?;
        let id = store.get(Tree::Meta, b"programme").map_err(|e| e.to_string())?.ok_or("no programme")?;
        let programme = ProgrammeId::try_from(id.as_slice()).map_err(|e| e.to_string())?;
        let own = OwnHeads::load(home.join("own-heads")).map_err(|e| e.to_string())?;
        let logs = Logs::open(store, programme, key.id(), Some(own)).map_err(|e| e.to_string())?;
        Ok(Self { home: home.to_path_buf(), key, programme, logs })
    }

    pub(super) fn root(&self) -> Result<RootKey, String> {
        Ok(RootKey::from_seed(&seed(&self.home.join("root.key"))?))
    }

    pub(super) fn log(&self, space: SpaceId) -> LogId {
        LogId { space, device: self.key.id() }
    }

    /// Every entry that is held of a space, each log in its order.
    pub(super) fn entries(&self, space: SpaceId) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        for (device, _) in self.logs.vector(&space).iter() {
            let log = LogId { space, device: *device };
            self.logs
                .each_on(&log, 0, (1, u64::MAX), |entry| entries.push(entry))
                .map_err(|e| e.to_string())?;
        }
        Ok(entries)
    }

    pub(super) fn governance(&self) -> Result<Governance, String> {
        let mut governance = Governance::new(self.programme);
        for entry in self.entries(governance_space(&self.programme))? {
            // A record that does not count stands in its log all the same.
            let _ = governance.insert(&entry);
        }
        Ok(governance)
    }

    /// Signs a record as the next entry of the governance log, under what was acknowledged last.
    pub(super) fn record(&self, record: Record) -> Result<Vec<Entry>, String> {
        let authority = self.governance()?.acknowledged().latest(&self.key.id());
        let draft = Draft::of(Body::Governance { record: Box::new(record) });
        let space = governance_space(&self.programme);
        self.logs.append(&self.key, space, authority, vec![draft], Vec::new()).map_err(|e| e.to_string())
    }
}
