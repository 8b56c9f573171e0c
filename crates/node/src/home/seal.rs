//! Sealing a key by a passphrase: Argon2id makes a key of the passphrase, XChaCha20-Poly1305 seals the seed under it.
//!
//! What it costs to try a passphrase is written into the file, so that a later version can raise it and still open what
//! was sealed before. It is bounded when read: a file is not to take the machine's memory.

use accord_core::api::Problem;
use accord_words::problem;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{Key, KeyInit as _, XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

/// Memory in KiB, passes and lanes for what is sealed now: about a third of a second on an office machine.
const COST: [u32; 3] = [65_536, 3, 1];

/// The most of each that a file may ask for.
const MAX_COST: [u32; 3] = [1_048_576, 32, 8];

/// Why something did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unopened {
    /// Not in the form of a sealed key.
    Malformed,
    /// Another passphrase, or content that was changed.
    Passphrase,
}

/// Seals `seed`. `kind` is bound to it: what was sealed as one kind of key opens as no other.
pub(super) fn seal(kind: &str, seed: &[u8; 32], passphrase: &str) -> Result<String, Problem> {
    let (mut salt, mut nonce) = ([0; 16], [0; 24]);
    for part in [salt.as_mut_slice(), nonce.as_mut_slice()] {
        getrandom::fill(part).map_err(|e| problem!("no-randomness", why = e.to_string()))?;
    }
    let [memory, passes, lanes] = COST;
    let head = format!(
        "argon2id {memory} {passes} {lanes}\n{}\n{}\n",
        HEXLOWER.encode(&salt),
        HEXLOWER.encode(&nonce)
    );
    let failed = || problem!("not-sealable");
    let cipher = cipher(passphrase, &salt, COST).ok_or_else(failed)?;
    let bound = format!("{kind}\n{head}");
    let payload = Payload { msg: seed.as_slice(), aad: bound.as_bytes() };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| failed())?;
    Ok(format!("{head}{}\n", HEXLOWER.encode(&sealed)))
}

/// Opens what [`seal`] made.
pub(super) fn open(kind: &str, text: &str, passphrase: &str) -> Result<Zeroizing<[u8; 32]>, Unopened> {
    let lines: Vec<&str> = text.lines().collect();
    let [cost, salt, nonce, sealed] = lines.as_slice() else { return Err(Unopened::Malformed) };
    let numbers =
        cost.strip_prefix("argon2id ").ok_or(Unopened::Malformed)?.split(' ').map(str::parse::<u32>);
    let numbers: Vec<u32> = numbers.collect::<Result<_, _>>().map_err(|_| Unopened::Malformed)?;
    let asked: [u32; 3] = numbers.try_into().map_err(|_| Unopened::Malformed)?;
    if asked.iter().zip(MAX_COST).any(|(asked, most)| *asked > most) {
        return Err(Unopened::Malformed);
    }
    let bytes = |text: &str| HEXLOWER.decode(text.as_bytes()).map_err(|_| Unopened::Malformed);
    let (salt, nonce_bytes, sealed) = (bytes(salt)?, bytes(nonce)?, bytes(sealed)?);
    let nonce_bytes: [u8; 24] = nonce_bytes.try_into().map_err(|_| Unopened::Malformed)?;
    if salt.len() != 16 {
        return Err(Unopened::Malformed);
    }
    let cipher = cipher(passphrase, &salt, asked).ok_or(Unopened::Malformed)?;
    let bound = format!("{kind}\n{}\n{}\n{nonce}\n", lines[0], lines[1]);
    let payload = Payload { msg: &sealed, aad: bound.as_bytes() };
    let opened = cipher.decrypt(&XNonce::from(nonce_bytes), payload).map(Zeroizing::new);
    let opened = opened.map_err(|_| Unopened::Passphrase)?;
    Ok(Zeroizing::new(opened.as_slice().try_into().map_err(|_| Unopened::Malformed)?))
}

fn cipher(passphrase: &str, salt: &[u8], [memory, passes, lanes]: [u32; 3]) -> Option<XChaCha20Poly1305> {
    let parameters = Params::new(memory, passes, lanes, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    argon.hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice()).ok()?;
    Some(XChaCha20Poly1305::new(&Key::from(*key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_opens_by_its_passphrase_and_as_its_kind_alone() {
        let sealed = seal("root", &[7; 32], "two words").unwrap();
        assert_eq!(*open("root", &sealed, "two words").unwrap(), [7; 32]);
        assert_eq!(open("root", &sealed, "two word").unwrap_err(), Unopened::Passphrase);
        assert_eq!(open("device", &sealed, "two words").unwrap_err(), Unopened::Passphrase);
        assert!(!sealed.contains(&HEXLOWER.encode(&[7; 32])));
    }

    #[test]
    fn a_file_that_asks_for_all_memory_is_not_opened() {
        let sealed = seal("root", &[7; 32], "two words").unwrap();
        let greedy = sealed.replacen("65536", "4000000000", 1);
        assert_eq!(open("root", &greedy, "two words").unwrap_err(), Unopened::Malformed);
    }
}
