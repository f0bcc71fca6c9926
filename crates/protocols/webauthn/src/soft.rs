//! An authenticator and a browser in software, for tests: they make what a relying party reads, right or wrong as wanted.

mod maker;

use std::borrow::Cow;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::{SystemRandom, fill},
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use x509_cert::der::{Decode, Reader, SliceReader, asn1::UintRef};

pub use self::maker::Maker;
use crate::Algorithm;

/// Writes canonical CBOR.
pub struct Writer;

impl Writer {
    pub fn integer(number: i64) -> Vec<u8> {
        if number < 0 { head(1, number.unsigned_abs() - 1) } else { head(0, number.unsigned_abs()) }
    }

    pub fn bytes(bytes: &[u8]) -> Vec<u8> {
        [head(2, bytes.len() as u64), bytes.to_vec()].concat()
    }

    pub fn text(text: &str) -> Vec<u8> {
        [head(3, text.len() as u64), text.as_bytes().to_vec()].concat()
    }

    pub fn array(items: &[Vec<u8>]) -> Vec<u8> {
        [head(4, items.len() as u64), items.concat()].concat()
    }

    pub fn map(members: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
        let written: Vec<u8> = members.iter().flat_map(|(key, value)| [&key[..], &value[..]].concat()).collect();
        [head(5, members.len() as u64), written].concat()
    }
}

/// The shortest head (RFC 8949, section 4.2.1).
fn head(major: u8, argument: u64) -> Vec<u8> {
    let bytes = argument.to_be_bytes();
    let (short, width) = match argument {
        0..24 => (bytes[7], 0),
        24..0x100 => (24, 1),
        0x100..0x1_0000 => (25, 2),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 8),
    };
    [&[major << 5 | short][..], &bytes[8 - width..]].concat()
}

enum Pair {
    EdDsa(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

/// The credential of a soft authenticator.
pub struct SoftPasskey {
    pair: Pair,
    pub id: Vec<u8>,
    pub user_handle: Vec<u8>,
    /// Counts up by one each time, from zero only where `counts`.
    pub sign_count: u32,
    pub counts: bool,
    pub aaguid: [u8; 16],
    pub backup_eligible: bool,
    pub backed_up: bool,
}

/// What the browser is asked, and how the answer shall be bent.
#[derive(Clone)]
pub struct Asked<'a> {
    pub challenge: &'a [u8],
    pub origin: &'a str,
    pub rp_id: &'a str,
    /// Instead of `webauthn.create` and `webauthn.get`.
    pub kind: Option<&'a str>,
    pub cross_origin: bool,
    pub user_present: bool,
    pub user_verified: bool,
}

impl<'a> Asked<'a> {
    pub fn new(challenge: &'a [u8], origin: &'a str, rp_id: &'a str) -> Self {
        Self { challenge, origin, rp_id, kind: None, cross_origin: false, user_present: true, user_verified: true }
    }

    fn client_data(&self, kind: &str) -> Vec<u8> {
        let challenge = URL_SAFE_NO_PAD.encode(self.challenge);
        let data = json!({
            "type": self.kind.unwrap_or(kind), "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin,
        });
        data.to_string().into_bytes()
    }
}

/// What a browser sends after `navigator.credentials.create`.
#[derive(Clone, Debug)]
pub struct Created {
    pub id: Vec<u8>,
    pub client_data: Vec<u8>,
    pub auth_data: Vec<u8>,
    pub attestation_object: Vec<u8>,
}

/// What a browser sends after `navigator.credentials.get`.
#[derive(Clone, Debug)]
pub struct Got {
    pub id: Vec<u8>,
    pub client_data: Vec<u8>,
    pub auth_data: Vec<u8>,
    pub signature: Vec<u8>,
    pub user_handle: Vec<u8>,
}

/// How the authenticator vouches for itself.
pub enum Vouching<'a> {
    None,
    Itself,
    /// Its maker, by this private key (DER of PKCS #8, P-256) and this chain of certificates.
    Maker {
        key: &'a [u8],
        chain: Vec<Cow<'a, [u8]>>,
    },
}

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;

impl SoftPasskey {
    /// A new one, bound to its device.
    ///
    /// # Panics
    ///
    /// Where the library can't make keys.
    pub fn new(algorithm: Algorithm) -> Self {
        let pair = match algorithm {
            Algorithm::EdDsa => Pair::EdDsa(Ed25519KeyPair::generate().expect("a key")),
            Algorithm::Es256 => Pair::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key")),
            Algorithm::Rs256 => Pair::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key")),
        };
        let mut id = vec![0; 32];
        fill(&mut id).expect("random bytes");
        Self {
            pair,
            id,
            user_handle: Vec::new(),
            sign_count: 0,
            counts: true,
            aaguid: [0; 16],
            backup_eligible: false,
            backed_up: false,
        }
    }

    /// The same one for the same seed, where what is signed should not change from run to run.
    ///
    /// # Panics
    ///
    /// Where the library can't make keys.
    pub fn seeded(seed: [u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key");
        Self { pair: Pair::EdDsa(pair), id: digest(&SHA256, &seed).as_ref().to_vec(), ..Self::new(Algorithm::EdDsa) }
    }

    fn algorithm(&self) -> Algorithm {
        match self.pair {
            Pair::EdDsa(_) => Algorithm::EdDsa,
            Pair::Es256(_) => Algorithm::Es256,
            Pair::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// The COSE key.
    ///
    /// # Panics
    ///
    /// Where the library writes a key that is none.
    pub fn public_key(&self) -> Vec<u8> {
        let alg = (Writer::integer(3), Writer::integer(self.algorithm().number()));
        let number = |label: i64, value: i64| (Writer::integer(label), Writer::integer(value));
        let bytes = |label: i64, value: &[u8]| (Writer::integer(label), Writer::bytes(value));
        match &self.pair {
            Pair::EdDsa(pair) => {
                Writer::map(&[number(1, 1), alg, number(-1, 6), bytes(-2, pair.public_key().as_ref())])
            }
            Pair::Es256(pair) => {
                let point = pair.public_key().as_ref();
                Writer::map(&[number(1, 2), alg, number(-1, 1), bytes(-2, &point[1..33]), bytes(-3, &point[33..])])
            }
            Pair::Rs256(pair) => {
                let mut der = SliceReader::new(pair.public_key().as_ref()).expect("a key in DER");
                let (n, e) = der
                    .sequence(|fields| Ok((UintRef::decode(fields)?, UintRef::decode(fields)?)))
                    .expect("two numbers");
                Writer::map(&[number(1, 3), alg, bytes(-1, n.as_bytes()), bytes(-2, e.as_bytes())])
            }
        }
    }

    /// Signs as this credential does.
    ///
    /// # Panics
    ///
    /// Where the library can't sign.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Es256(pair) => pair.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec(),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).expect("a signature");
                signature
            }
        }
    }

    fn auth_data(&mut self, asked: &Asked<'_>, attested: &[u8]) -> Vec<u8> {
        if self.counts {
            self.sign_count += 1;
        }
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        let flags = flag(asked.user_present, USER_PRESENT)
            | flag(asked.user_verified, USER_VERIFIED)
            | flag(self.backup_eligible, BACKUP_ELIGIBLE)
            | flag(self.backed_up, BACKED_UP)
            | flag(!attested.is_empty(), ATTESTED);
        let hash = digest(&SHA256, asked.rp_id.as_bytes());
        [hash.as_ref(), &[flags], &self.sign_count.to_be_bytes(), attested].concat()
    }

    /// `navigator.credentials.create`.
    ///
    /// # Panics
    ///
    /// Where the certificate's key is none.
    pub fn create(&mut self, asked: &Asked<'_>, vouching: &Vouching<'_>) -> Created {
        let length = u16::try_from(self.id.len()).unwrap_or(u16::MAX).to_be_bytes();
        let attested = [&self.aaguid[..], &length, &self.id, &self.public_key()].concat();
        let auth_data = self.auth_data(asked, &attested);
        let client_data = asked.client_data("webauthn.create");
        let signed = [&auth_data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let member = |name: &str, value: Vec<u8>| (Writer::text(name), value);
        let (format, statement) = match vouching {
            Vouching::None => ("none", Writer::map(&[])),
            Vouching::Itself => (
                "packed",
                Writer::map(&[
                    member("alg", Writer::integer(self.algorithm().number())),
                    member("sig", Writer::bytes(&self.sign(&signed))),
                ]),
            ),
            Vouching::Maker { key, chain } => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key).expect("a key");
                let signature = key.sign(&SystemRandom::new(), &signed).expect("a signature");
                let chain: Vec<Vec<u8>> = chain.iter().map(|certificate| Writer::bytes(certificate)).collect();
                (
                    "packed",
                    Writer::map(&[
                        member("alg", Writer::integer(-7)),
                        member("sig", Writer::bytes(signature.as_ref())),
                        member("x5c", Writer::array(&chain)),
                    ]),
                )
            }
        };
        let attestation_object = attestation_object(format, &statement, &auth_data);
        Created { id: self.id.clone(), client_data, auth_data, attestation_object }
    }

    /// `navigator.credentials.get`.
    pub fn get(&mut self, asked: &Asked<'_>) -> Got {
        let auth_data = self.auth_data(asked, &[]);
        let client_data = asked.client_data("webauthn.get");
        let signature = self.sign(&[&auth_data[..], digest(&SHA256, &client_data).as_ref()].concat());
        Got { id: self.id.clone(), client_data, auth_data, signature, user_handle: self.user_handle.clone() }
    }
}

/// The three members of an attestation object.
pub fn attestation_object(format: &str, statement: &[u8], auth_data: &[u8]) -> Vec<u8> {
    Writer::map(&[
        (Writer::text("fmt"), Writer::text(format)),
        (Writer::text("attStmt"), statement.to_vec()),
        (Writer::text("authData"), Writer::bytes(auth_data)),
    ])
}

impl Created {
    /// As the browser's `toJSON` writes it (section 5.1).
    pub fn to_json(&self) -> serde_json::Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": text(&self.client_data), "attestationObject": text(&self.attestation_object),
                "authenticatorData": text(&self.auth_data), "transports": ["internal", "hybrid"],
            },
            "clientExtensionResults": { "credProps": { "rk": true } },
        })
    }
}

impl Got {
    /// As the browser's `toJSON` writes it (section 5.1).
    pub fn to_json(&self) -> serde_json::Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": text(&self.client_data), "authenticatorData": text(&self.auth_data),
                "signature": text(&self.signature), "userHandle": text(&self.user_handle),
            },
            "clientExtensionResults": {},
        })
    }
}
