//! The bare signatures: EdDSA (RFC 8032, Ed25519) and ES256 (RFC 7518, section 3.4), by the library that the product uses.

use std::hint::black_box;

use anyhow::{Result, anyhow};
use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};

/// As long as the signing input of an access token.
const TOKEN: &[u8] = &[b'a'; 640];

/// Signs what an access token and a refresh token need: one signature, one MAC.
pub(super) struct Signer {
    key: Ed25519KeyPair,
    mac_key: hmac::Key,
    es256: EcdsaKeyPair,
    random: SystemRandom,
}

impl Signer {
    pub(super) fn new() -> Result<Self> {
        let key = Ed25519KeyPair::generate().map_err(|_| anyhow!("no key can be made"))?;
        let es256 =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| anyhow!("no key can be made"))?;
        Ok(Self { key, mac_key: hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]), es256, random: SystemRandom::new() })
    }

    pub(super) fn eddsa(&self) {
        black_box(self.key.sign(TOKEN));
    }

    pub(super) fn es256(&self) -> Result<()> {
        black_box(self.es256.sign(&self.random, TOKEN).map_err(|_| anyhow!("no signature was made"))?);
        Ok(())
    }

    /// The two tokens of one refresh.
    pub(super) fn sign_tokens(&self) {
        black_box(self.key.sign(TOKEN));
        black_box(hmac::sign(&self.mac_key, &TOKEN[..68]));
    }
}

pub(super) fn verifier() -> Result<impl Fn() -> Result<()> + Send + Sync + use<>> {
    let key = Signer::new()?.key;
    let signature = key.sign(TOKEN);
    let public = UnparsedPublicKey::new(&ED25519, key.public_key().as_ref().to_vec());
    Ok(move || public.verify(black_box(TOKEN), signature.as_ref()).map_err(|_| anyhow!("a good signature was refused")))
}
