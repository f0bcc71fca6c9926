//! Private keys as providers hand them out.

use base64::{Engine, engine::general_purpose::STANDARD};
use jose::{Algorithm, SigningKey};
use kernel::Secret;

/// The bytes of a PKCS #8 key for ES256 in PEM (RFC 7468, section 10). Apple hands out such a file once and never again, so a wrong
/// one is told when it is set and not at the first sign-in.
pub(super) fn es256_key(text: &Secret) -> Option<SigningKey> {
    let text = text.reveal().trim();
    let inner = text.strip_prefix("-----BEGIN PRIVATE KEY-----")?.strip_suffix("-----END PRIVATE KEY-----")?;
    let line: String = inner.split_ascii_whitespace().collect();
    SigningKey::from_pkcs8(Algorithm::Es256, &STANDARD.decode(line).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem(algorithm: Algorithm) -> String {
        let key = SigningKey::generate(algorithm).unwrap();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(&*key.to_pkcs8()))
    }

    #[test]
    fn a_key_is_one_of_the_right_kind() {
        let good = pem(Algorithm::Es256);
        assert!(es256_key(&Secret::new(good.clone())).is_some());
        for bad in [pem(Algorithm::EdDsa), good.replace("PRIVATE", "PUBLIC"), good.replace('M', "!"), String::new()] {
            assert!(es256_key(&Secret::new(bad)).is_none());
        }
    }
}
