//! The salted SHA of LDAP directories (RFC 2307 and its successors): `{SSHA}`, `{SSHA256}`, `{SSHA512}` and base64 of digest and
//! salt. Fast to try, which is why these are hashed anew at the first sign-in like all others.

use aws_lc_rs::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512};

use super::{MOST_SALT, text::base64};
use crate::digest::constant_time_eq;

pub(in crate::passwords) struct SaltedSha {
    algorithm: &'static Algorithm,
    output: Vec<u8>,
    salt: Vec<u8>,
}

impl SaltedSha {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, encoded) = text.strip_prefix('{')?.split_once('}')?;
        let algorithm = match scheme.to_ascii_uppercase().as_str() {
            "SSHA" => &SHA1_FOR_LEGACY_USE_ONLY,
            "SSHA256" => &SHA256,
            "SSHA512" => &SHA512,
            _ => return None,
        };
        let mut output = base64(encoded)?;
        if output.len() <= algorithm.output_len() {
            return None;
        }
        let salt = output.split_off(algorithm.output_len());
        (salt.len() <= MOST_SALT).then_some(Self { algorithm, output, salt })
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let mut context = Context::new(self.algorithm);
        context.update(password);
        context.update(&self.salt);
        constant_time_eq(context.finish().as_ref(), &self.output)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Foreign, verifies};

    #[test]
    fn directories_hashes_verify() {
        // Python: base64(sha(password + salt) + salt) over "correct horse", one of each scheme.
        for hash in include_str!("vectors/salted_sha.txt").lines() {
            assert!(verifies(hash, "correct horse"), "{hash}");
            assert!(!verifies(hash, "correct horsE"), "{hash}");
            assert!(verifies(&hash.replace("SSHA", "ssha"), "correct horse"), "the scheme has no case");
        }
        // Published with Dovecot's and ProFTPD's guides.
        assert!(verifies("{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr", "testing123"));
    }

    #[test]
    fn a_hash_without_salt_or_cut_short_is_not_computed() {
        for text in ["{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "{SSHA256}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "{SSHA}", "{SSHA}!"]
        {
            assert!(Foreign::parse(text).is_none(), "{text}");
        }
    }
}
