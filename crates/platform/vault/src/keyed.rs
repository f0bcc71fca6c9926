//! Digests under a key of the server's own: what is looked up by a guessable text, and what must not be forged.

use std::collections::HashMap;

use aws_lc_rs::{
    hkdf::{HKDF_SHA256, Prk, Salt},
    hmac::{self, HMAC_SHA256},
};
use parking_lot::RwLock;

/// Parts the vault's keys from any other use of the same root (RFC 5869, section 3.1).
const SALT: &[u8] = b"portcullis vault 1";

/// What all keys of the vault's own are derived from.
pub(crate) fn root(root_secret: &[u8; 32]) -> Prk {
    Salt::new(HKDF_SHA256, SALT).extract(root_secret)
}

pub(crate) struct KeyedDigests {
    root: Prk,
    /// By purpose. Purposes are constants of the code, so the map is bounded by it.
    keys: RwLock<HashMap<&'static str, hmac::Key>>,
}

impl KeyedDigests {
    pub(crate) fn new(root: Prk) -> Self {
        Self { root, keys: RwLock::default() }
    }

    /// HMAC-SHA-256 of the parts, each behind its length, so that `["ab", "c"]` and `["a", "bc"]` differ.
    pub(crate) fn mac(&self, purpose: &'static str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key(purpose));
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut mac = [0; 32];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }

    fn key(&self, purpose: &'static str) -> hmac::Key {
        if let Some(key) = self.keys.read().get(purpose) {
            return key.clone();
        }
        let info = [purpose.as_bytes()];
        let key = self.root.expand(&info, HMAC_SHA256).expect("HKDF yields 32 bytes of any root");
        self.keys.write().entry(purpose).or_insert(key.into()).clone()
    }
}
