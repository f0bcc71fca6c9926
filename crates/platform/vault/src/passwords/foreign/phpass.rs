//! PHPass's portable hash (`$P$`, and `$H$` as phpBB writes it): MD5 over and over, from the days of WordPress before 6.8.

use md5::{Digest, Md5};

use crate::digest::constant_time_eq;

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 2^20 rounds; the library's own default is 2^8, WordPress's 2^13.
const MOST_LOG_ROUNDS: usize = 20;
const LEAST_LOG_ROUNDS: usize = 7;

pub(in crate::passwords) struct Phpass {
    rounds: u32,
    salt: [u8; 8],
    /// In its own encoding, which is compared as it is.
    output: [u8; 22],
}

impl Phpass {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("$P$").or_else(|| text.strip_prefix("$H$"))?.as_bytes();
        let (cost, rest) = rest.split_first()?;
        let log_rounds = ALPHABET.iter().position(|letter| letter == cost)?;
        let is_sound = rest.len() == 30
            && (LEAST_LOG_ROUNDS..=MOST_LOG_ROUNDS).contains(&log_rounds)
            && rest[8..].iter().all(|letter| ALPHABET.contains(letter));
        if !is_sound {
            return None;
        }
        Some(Self { rounds: 1 << log_rounds, salt: rest[..8].try_into().ok()?, output: rest[8..].try_into().ok()? })
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let mut state = Md5::new().chain_update(self.salt).chain_update(password).finalize();
        for _ in 0..self.rounds {
            state = Md5::new().chain_update(state).chain_update(password).finalize();
        }
        constant_time_eq(&encoded(&state), &self.output)
    }
}

/// Sixteen bytes, six bits a letter, the lowest first.
fn encoded(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(22);
    for chunk in bytes.chunks(3) {
        let mut value = chunk.iter().rev().fold(0_usize, |value, byte| value << 8 | usize::from(*byte));
        for _ in 0..=chunk.len() {
            text.push(ALPHABET[value & 0x3f]);
            value >>= 6;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Foreign, verifies};

    #[test]
    fn the_published_vector_verifies() {
        // PHPass's own test.php.
        let hash = "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0";
        assert!(verifies(hash, "test12345"));
        assert!(verifies(&hash.replace("$P$", "$H$"), "test12345"));
        assert!(!verifies(hash, "test12346"));
    }

    #[test]
    fn absurd_costs_and_broken_strings_are_not_computed() {
        for text in [
            "$P$SIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0",
            "$P$4IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0",
            "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L",
            "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L00",
            "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r!L0",
            "$S$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0",
        ] {
            assert!(Foreign::parse(text).is_none(), "{text}");
        }
    }
}
