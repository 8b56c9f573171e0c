//! A device's key is its network identity: the id of the one is the public key inside the other.

use accord_core::{DeviceId, DeviceKey};
use libp2p::PeerId;
use libp2p::identity::{Keypair, PublicKey, ed25519};

/// The libp2p key pair of a device.
pub(super) fn keypair(key: &DeviceKey) -> Keypair {
    let mut seed = *key.seed();
    // The seed is copied, since the library zeroes what it reads; any 32 bytes are a seed.
    Keypair::ed25519_from_bytes(&mut seed).expect("32 bytes are an Ed25519 seed")
}

/// The peer that a device is. None if the id is no point of the curve: nobody can prove to be that device.
pub(super) fn peer_of(device: &DeviceId) -> Option<PeerId> {
    let key = ed25519::PublicKey::try_from_bytes(&device.0).ok()?;
    Some(PublicKey::from(key).to_peer_id())
}

/// The device that an authenticated peer is. None if it uses a key of another kind, which no device has.
pub(super) fn device_of(peer: &PeerId) -> Option<DeviceId> {
    let key = PublicKey::try_decode_protobuf(peer.as_ref().digest()).ok()?;
    let key = key.try_into_ed25519().ok()?;
    Some(DeviceId(key.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_device_id_is_the_key_inside_of_the_peer_id() {
        let key = DeviceKey::from_seed(&[7; 32]);
        let peer = keypair(&key).public().to_peer_id();
        assert_eq!(device_of(&peer), Some(key.id()));
        assert_eq!(peer_of(&key.id()), Some(peer));
    }
}
