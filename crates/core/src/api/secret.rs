//! A secret key on its way from the command that read its file to the node that signs with it once.

use accord_words::problem;
use data_encoding::HEXLOWER;
use zeroize::Zeroize as _;

use super::Problem;
use crate::RootKey;

/// An organisation's root key. It goes over the control socket, which is its owner's alone, and nowhere else; a node keeps
/// it no longer than the request lasts.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RootSecret(String);

impl RootSecret {
    /// Of this key.
    pub fn new(key: &RootKey) -> Self {
        Self(HEXLOWER.encode(&*key.seed()))
    }

    /// The key.
    ///
    /// # Errors
    /// A [`Problem`] if it is none.
    pub fn key(&self) -> Result<RootKey, Problem> {
        let bytes = HEXLOWER.decode(self.0.as_bytes()).map(zeroize::Zeroizing::new).ok();
        let seed = bytes
            .and_then(|bytes| Some(zeroize::Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?)));
        Ok(RootKey::from_seed(&*seed.ok_or_else(|| problem!("no-root-key-bytes"))?))
    }
}

impl std::fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It never reaches a log.
        f.write_str("RootSecret")
    }
}

impl Drop for RootSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
