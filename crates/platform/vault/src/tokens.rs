//! Secrets that are handed out once: tokens, links, API keys.
//!
//! Each carries 256 random bits, so its form at rest is the plain SHA-256 of the whole text ([`crate::digest`]): nobody
//! guesses a preimage, and a slow hash would only slow the server.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{
    encoding::{base62, is_base62},
    env::Entropy,
    secret::Secret,
};
use zeroize::Zeroizing;

/// Digits of base62 that 32 bytes take.
const BODY: usize = 43;
/// Digits of base62 that a CRC-32 takes.
const CHECKSUM: usize = 6;

/// A random token without meaning, for example `pc_rt_` and 43 digits.
pub struct OpaqueToken;

impl OpaqueToken {
    /// The prefix says what kind it is, to people and to secret scanners.
    pub fn generate(entropy: &dyn Entropy, prefix: &str) -> Secret {
        Secret::new(random_text(entropy, prefix, 0).as_str())
    }
}

/// A random token that names its row: a prefix, then the row's id and 256 random bits in base64url (RFC 4648, section 5).
///
/// The row is looked up by the id, which is no secret and is ordered by time, so that the rows of one moment lie side by side. Whether the
/// token is the real one is for [`crate::constant_time_eq`] of its digest to say.
pub struct RowToken;

impl RowToken {
    /// 48 bytes are 64 digits and no bit is left over: each token has one spelling.
    const DIGITS: usize = 64;

    pub fn generate(entropy: &dyn Entropy, prefix: &str, row: &[u8; 16]) -> Secret {
        let mut bytes = Zeroizing::new([0; 48]);
        bytes[..16].copy_from_slice(row);
        entropy.fill(&mut bytes[16..]);
        let mut text = Zeroizing::new(String::with_capacity(prefix.len() + Self::DIGITS));
        text.push_str(prefix);
        URL_SAFE_NO_PAD.encode_string(*bytes, &mut text);
        Secret::new(text.as_str())
    }

    /// The row that it names, if it could be a token of this kind.
    pub fn row(token: &str, prefix: &str) -> Option<[u8; 16]> {
        let digits = token.strip_prefix(prefix).filter(|digits| digits.len() == Self::DIGITS)?;
        let mut bytes = Zeroizing::new([0; 48]);
        URL_SAFE_NO_PAD.decode_slice(digits, &mut *bytes).ok()?;
        bytes.first_chunk().copied()
    }
}

/// A secret API key: `pc_sk_`, 43 random digits, 6 digits of checksum.
///
/// The checksum lets a secret scanner tell a key from noise without asking the server, and the server refuse a mistyped
/// key without asking the store. It proves nothing else.
pub struct ApiKeySecret;

impl ApiKeySecret {
    pub const PREFIX: &'static str = "pc_sk_";
    /// Characters of every key.
    pub const LENGTH: usize = Self::PREFIX.len() + BODY + CHECKSUM;

    pub fn generate(entropy: &dyn Entropy) -> Secret {
        let mut text = random_text(entropy, Self::PREFIX, CHECKSUM);
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Secret::new(text.as_str())
    }

    /// Could this be a key of ours?
    pub fn well_formed(text: &str) -> bool {
        if text.len() != Self::LENGTH {
            return false;
        }
        let Some((keyed, sum)) = text.split_at_checked(Self::LENGTH - CHECKSUM) else { return false };
        keyed.strip_prefix(Self::PREFIX).is_some_and(is_base62) && sum == checksum(keyed)
    }
}

/// CRC-32 (ISO-HDLC, as in zip) in base62.
fn checksum(text: &str) -> String {
    base62(&crc32fast::hash(text.as_bytes()).to_be_bytes())
}

/// Leaves room for `more` characters, so that the secret is not copied about when they are appended.
fn random_text(entropy: &dyn Entropy, prefix: &str, more: usize) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; 32]);
    entropy.fill(&mut *bytes);
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + BODY + more));
    text.push_str(prefix);
    text.push_str(&Zeroizing::new(base62(&*bytes)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::tests::Seeded;

    #[test]
    fn a_token_is_prefix_and_43_digits() {
        let entropy = Seeded::new(1);
        let (one, two) = (OpaqueToken::generate(&entropy, "pc_rt_"), OpaqueToken::generate(&entropy, "pc_rt_"));
        assert_ne!(one, two);
        let body = one.reveal().strip_prefix("pc_rt_").unwrap();
        assert!(body.len() == 43 && is_base62(body));
        assert_eq!(format!("{one:?}"), "Secret(..)");
    }

    #[test]
    fn a_token_names_its_row_and_has_one_spelling() {
        let entropy = Seeded::new(4);
        let (one, two) =
            (RowToken::generate(&entropy, "pc_at_", &[7; 16]), RowToken::generate(&entropy, "pc_at_", &[7; 16]));
        assert_ne!(one, two);
        let text = one.reveal();
        assert_eq!(text.len(), 70);
        assert_eq!(RowToken::row(text, "pc_at_"), Some([7; 16]));
        let hostile = [
            "",
            "pc_at_",
            &text[..69],
            &format!("{text}A"),
            &format!("{text}="),
            &text.replace("pc_at_", "pc_ac_"),
            &format!("{}+", &text[..69]),
            &format!("{}é", &text[..68]),
        ];
        for hostile in hostile {
            assert_eq!(RowToken::row(hostile, "pc_at_"), None, "{hostile}");
        }
    }

    #[test]
    fn a_key_of_ours_is_well_formed() {
        let entropy = Seeded::new(2);
        for _ in 0..50 {
            let key = ApiKeySecret::generate(&entropy);
            assert_eq!(key.reveal().len(), 55);
            assert!(ApiKeySecret::well_formed(key.reveal()));
        }
    }

    #[test]
    fn the_checksum_is_crc_32_in_base62() {
        // The check value of CRC-32/ISO-HDLC: 0xcbf43926 for "123456789".
        assert_eq!(checksum("123456789"), base62(&0xcbf4_3926_u32.to_be_bytes()));
        assert_eq!(checksum("123456789").len(), CHECKSUM);
    }

    #[test]
    fn any_one_mistyped_character_is_found() {
        let key = ApiKeySecret::generate(&Seeded::new(3));
        let text = key.reveal();
        for at in 0..text.len() {
            for other in ["A", "z", "0", "_", " ", "é"] {
                if text[at..=at] != *other {
                    let mistyped = [&text[..at], other, &text[at + 1..]].concat();
                    assert!(!ApiKeySecret::well_formed(&mistyped), "{mistyped}");
                }
            }
        }
        for hostile in
            ["", "pc_sk_", &text[1..], &text[..54], &format!("{text} "), &format!(" {text}"), &"é".repeat(28)]
        {
            assert!(!ApiKeySecret::well_formed(hostile), "{hostile}");
        }
        assert!(!ApiKeySecret::well_formed(&text.to_uppercase()));
    }
}
