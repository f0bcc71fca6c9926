//! The sealed form of a secret: a random key of its own seals it, the master key seals that key.
//!
//! ```text
//! 1 byte    version, 1
//! 8 bytes   id of the master key
//! 12 bytes  nonce     \  AES-256-GCM under the master key
//! 48 bytes  data key  /  (32 bytes and a tag of 16)
//! 12 bytes  nonce       \  AES-256-GCM under the data key
//! n + 16    ciphertext  /
//! ```
//!
//! The place is the associated data of both layers, so a row copied to another tenant, column or row opens nowhere.
//! Nonces are random: a master key may wrap 2^32 data keys (NIST SP 800-38D, section 8.3) before it should be rotated.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use kernel::env::Entropy;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::master::MasterKeys;

const VERSION: u8 = 1;
const ID: usize = 8;
const NONCE: usize = 12;
const DATA_KEY: usize = 32;
const TAG: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    #[error("the sealed bytes are damaged, or of a later version")]
    Malformed,
    /// A key was dropped from the file before everything was rewrapped.
    #[error("the master key that sealed this is not among those configured")]
    UnknownMasterKey,
    /// Tampered with, or opened at another place than it was sealed for.
    #[error("the sealed bytes do not belong here")]
    Refused,
}

/// The master keys, expanded once.
pub(crate) struct Sealer {
    active: ([u8; ID], LessSafeKey),
    retired: Vec<([u8; ID], LessSafeKey)>,
}

impl Sealer {
    pub(crate) fn new(keys: &MasterKeys) -> Self {
        let expand = |key: &crate::master::MasterKey| (key.id(), cipher(key.bytes()));
        Self { active: expand(&keys.active), retired: keys.retired.iter().map(expand).collect() }
    }

    pub(crate) fn seal(&self, place: &[u8], plaintext: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let mut data_key = Zeroizing::new([0; DATA_KEY]);
        entropy.fill(&mut *data_key);
        let mut sealed = self.wrap(place, &data_key, plaintext.len(), entropy);
        append_sealed(&mut sealed, &cipher(&data_key), place, plaintext, entropy);
        sealed
    }

    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let envelope = Envelope::read(sealed)?;
        let data_key = self.unwrap(place, &envelope)?;
        open(&cipher(&data_key), place, envelope.content)
    }

    /// The same content under the active master key; `None` if it is there already. Checks the wrapped key only.
    pub(crate) fn rewrap(
        &self,
        place: &[u8],
        sealed: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, SealError> {
        let envelope = Envelope::read(sealed)?;
        if envelope.master == self.active.0 {
            return Ok(None);
        }
        let data_key = self.unwrap(place, &envelope)?;
        let mut rewrapped = self.wrap(place, &data_key, envelope.content.len(), entropy);
        rewrapped.extend_from_slice(envelope.content);
        Ok(Some(rewrapped))
    }

    fn wrap(&self, place: &[u8], data_key: &[u8; DATA_KEY], content: usize, entropy: &dyn Entropy) -> Vec<u8> {
        let (id, key) = &self.active;
        let mut sealed = Vec::with_capacity(1 + ID + NONCE + DATA_KEY + TAG + NONCE + content + TAG);
        sealed.push(VERSION);
        sealed.extend_from_slice(id);
        append_sealed(&mut sealed, key, place, data_key, entropy);
        sealed
    }

    fn unwrap(&self, place: &[u8], envelope: &Envelope<'_>) -> Result<Zeroizing<[u8; DATA_KEY]>, SealError> {
        let mut keys = std::iter::once(&self.active).chain(&self.retired);
        let (_, key) = keys.find(|(id, _)| *id == envelope.master).ok_or(SealError::UnknownMasterKey)?;
        let opened = open(key, place, envelope.wrapped)?;
        let mut data_key = Zeroizing::new([0; DATA_KEY]);
        data_key.copy_from_slice(&opened);
        Ok(data_key)
    }
}

struct Envelope<'s> {
    master: [u8; ID],
    /// Nonce, data key and tag.
    wrapped: &'s [u8],
    /// Nonce, ciphertext and tag.
    content: &'s [u8],
}

impl<'s> Envelope<'s> {
    fn read(sealed: &'s [u8]) -> Result<Self, SealError> {
        let read = || {
            let rest = sealed.strip_prefix(&[VERSION])?;
            let (master, rest) = rest.split_first_chunk::<ID>()?;
            let (wrapped, content) = rest.split_at_checked(NONCE + DATA_KEY + TAG)?;
            (content.len() >= NONCE + TAG).then_some(Self { master: *master, wrapped, content })
        };
        read().ok_or(SealError::Malformed)
    }
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("an AES-256 key has 32 bytes"))
}

/// Appends nonce, ciphertext and tag.
fn append_sealed(sealed: &mut Vec<u8>, key: &LessSafeKey, place: &[u8], plaintext: &[u8], entropy: &dyn Entropy) {
    let mut nonce = [0; NONCE];
    entropy.fill(&mut nonce);
    sealed.extend_from_slice(&nonce);
    let start = sealed.len();
    sealed.extend_from_slice(plaintext);
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed[start..])
        .expect("AES-GCM seals up to 64 GiB, far above what a row may hold");
    sealed.extend_from_slice(tag.as_ref());
}

/// Opens nonce, ciphertext and tag.
fn open(key: &LessSafeKey, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Malformed)?;
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    let length = key
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place), &mut plaintext)
        .map_err(|_| SealError::Refused)?
        .len();
    plaintext.truncate(length);
    Ok(plaintext)
}
