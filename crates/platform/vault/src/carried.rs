//! What leaves the server sealed and comes back: nothing of it is kept meanwhile.
//!
//! ```text
//! 12 bytes  nonce
//! n + 16    AES-256-GCM-SIV (RFC 8452) under a key of this purpose, derived from the root secret
//! ```
//!
//! Of the kind that bears a nonce that comes again: all that would tell is that two texts were equal. So a key may seal without
//! counting (RFC 8452, section 6).

use std::collections::HashMap;

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::Prk,
};
use kernel::{env::Entropy, tenant::TenantId};
use parking_lot::RwLock;
use zeroize::Zeroizing;

const NONCE: usize = 12;

pub(crate) struct Carriers {
    root: Prk,
    /// By purpose. Purposes are constants of the code, so the map is bounded by it.
    keys: RwLock<HashMap<&'static str, LessSafeKey>>,
}

impl Carriers {
    pub(crate) fn new(root: Prk) -> Self {
        Self { root, keys: RwLock::default() }
    }

    pub(crate) fn seal(
        &self,
        purpose: &'static str,
        tenant: TenantId,
        plaintext: &[u8],
        entropy: &dyn Entropy,
    ) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let mut sealed = Vec::with_capacity(NONCE + plaintext.len() + AES_256_GCM_SIV.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let tag = self.with(purpose, |key| {
            let (_, text) = sealed.split_at_mut(NONCE);
            key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(tenant.as_bytes()), text)
        });
        sealed.extend_from_slice(tag.expect("a text of some kilobytes is sealed").as_ref());
        sealed
    }

    /// `None` for what was sealed elsewhere: for another tenant or purpose, by another installation, or by nobody.
    pub(crate) fn open(&self, purpose: &'static str, tenant: TenantId, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
        let mut text = Zeroizing::new(text.to_vec());
        let length = self.with(purpose, |key| {
            let nonce = Nonce::assume_unique_for_key(*nonce);
            key.open_in_place(nonce, Aad::from(tenant.as_bytes()), &mut text).map(|opened| opened.len()).ok()
        })?;
        text.truncate(length);
        Some(text)
    }

    fn with<T>(&self, purpose: &'static str, act: impl FnOnce(&LessSafeKey) -> T) -> T {
        if let Some(key) = self.keys.read().get(purpose) {
            return act(key);
        }
        // A name of its own beside those of the digests, which are derived from the same root.
        let info = [b"carried ".as_slice(), purpose.as_bytes()];
        let key = self.root.expand(&info, &AES_256_GCM_SIV).expect("HKDF yields 32 bytes of any root");
        act(self.keys.write().entry(purpose).or_insert(LessSafeKey::new(UnboundKey::from(key))))
    }
}
