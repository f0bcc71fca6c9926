//! An authenticator in software: ES256 passkeys that verify their user (WebAuthn level 3, sections 6.1 and 7).

use anyhow::{Context, Result};
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// User present and verified; `ATTESTED` also says that a credential comes along.
const VERIFIED: u8 = 0x05;
const ATTESTED: u8 = 0x45;

/// One passkey.
pub(super) struct Passkey {
    key: EcdsaKeyPair,
    credential_id: [u8; 16],
    user_handle: String,
    origin: String,
    rp_id: String,
    counter: u32,
}

impl Passkey {
    /// The passkey, and the credential that registers it, for the options that the server gave.
    pub(super) fn create(number: u128, origin: &str, options: &Value) -> Result<(Self, Value)> {
        let rp_id = options["rp"]["id"].as_str().context("rp.id")?.to_owned();
        let user_handle = options["user"]["id"].as_str().context("user.id")?.to_owned();
        let challenge = options["challenge"].as_str().context("challenge")?;
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).context("a key")?;
        let passkey = Self {
            key,
            credential_id: number.to_be_bytes(),
            user_handle,
            origin: origin.to_owned(),
            rp_id,
            counter: 0,
        };
        let data = passkey.data(ATTESTED);
        let credential = json!({
            "id": URL_SAFE_NO_PAD.encode(passkey.credential_id),
            "rawId": URL_SAFE_NO_PAD.encode(passkey.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(passkey.client_data("webauthn.create", challenge)),
                "attestationObject": URL_SAFE_NO_PAD.encode(attestation(&data)?),
            },
            "clientExtensionResults": {},
        });
        Ok((passkey, credential))
    }

    /// The credential that signs in with this challenge.
    pub(super) fn get(&mut self, challenge: &str) -> Result<Value> {
        self.counter += 1;
        let data = self.data(VERIFIED);
        let client_data = self.client_data("webauthn.get", challenge);
        let signed = [&data[..], digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).context("a signature")?;
        Ok(json!({
            "id": URL_SAFE_NO_PAD.encode(self.credential_id),
            "rawId": URL_SAFE_NO_PAD.encode(self.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": self.user_handle,
            },
            "clientExtensionResults": {},
        }))
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }

    /// Authenticator data (section 6.1), with the credential where the flags say so.
    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        if flags == ATTESTED {
            data.extend_from_slice(&[0; 16]);
            data.extend_from_slice(&[0, 16]);
            data.extend_from_slice(&self.credential_id);
            // A COSE key (RFC 9053, section 7.1): EC2, ES256, P-256, x, y.
            let point = self.key.public_key().as_ref();
            data.extend_from_slice(&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
            data.extend_from_slice(&point[1..33]);
            data.extend_from_slice(&[0x22, 0x58, 0x20]);
            data.extend_from_slice(&point[33..65]);
        }
        data
    }
}

/// `{"fmt": "none", "attStmt": {}, "authData": data}` in CBOR (RFC 8949).
fn attestation(data: &[u8]) -> Result<Vec<u8>> {
    let mut object = vec![0xa3, 0x63];
    object.extend_from_slice(b"fmt");
    object.push(0x64);
    object.extend_from_slice(b"none");
    object.push(0x67);
    object.extend_from_slice(b"attStmt");
    object.push(0xa0);
    object.push(0x68);
    object.extend_from_slice(b"authData");
    object.extend_from_slice(&[0x58, u8::try_from(data.len()).context("short authenticator data")?]);
    object.extend_from_slice(data);
    Ok(object)
}
