//! Hashes that other systems made: verified, so that imported people keep their passwords, and never made here.
//!
//! One file a family, each with the spellings that are met in the wild and vectors that somebody else published. A string is
//! looked at with distrust: its costs are bounded before anything is computed, because it comes with an import and one line must
//! not stop the server.

mod bcrypt;
mod firebase;
mod pbkdf2;
mod phpass;
mod salted_sha;
mod scrypt;
mod text;

use super::pool::PoolError;

/// A hash of another system, read and found computable.
pub(super) enum Foreign {
    Bcrypt(bcrypt::Bcrypt),
    Scrypt(scrypt::Scrypt),
    Firebase(firebase::Firebase),
    Pbkdf2(pbkdf2::Pbkdf2),
    SaltedSha(salted_sha::SaltedSha),
    Phpass(phpass::Phpass),
}

/// Longer than any of the spellings; Firebase's with its signer key is the longest.
const MAX_BYTES: usize = 512;
/// Less than this of a hash would let many passwords in.
const LEAST_OUTPUT: usize = 16;
const MOST_OUTPUT: usize = 64;
const MOST_SALT: usize = 64;

impl Foreign {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        bcrypt::Bcrypt::parse(text)
            .map(Self::Bcrypt)
            .or_else(|| scrypt::Scrypt::parse(text).map(Self::Scrypt))
            .or_else(|| firebase::Firebase::parse(text).map(Self::Firebase))
            .or_else(|| pbkdf2::Pbkdf2::parse(text).map(Self::Pbkdf2))
            .or_else(|| salted_sha::SaltedSha::parse(text).map(Self::SaltedSha))
            .or_else(|| phpass::Phpass::parse(text).map(Self::Phpass))
    }

    pub(super) fn is_of(&self, password: &[u8]) -> Result<bool, PoolError> {
        match self {
            Self::Bcrypt(hash) => Ok(hash.is_of(password)),
            Self::Scrypt(hash) => hash.is_of(password),
            Self::Firebase(hash) => hash.is_of(password),
            Self::Pbkdf2(hash) => Ok(hash.is_of(password)),
            Self::SaltedSha(hash) => Ok(hash.is_of(password)),
            Self::Phpass(hash) => Ok(hash.is_of(password)),
        }
    }
}

/// `b` where the string is computable and `a` is its password, for the tests of the families.
#[cfg(test)]
fn verifies(text: &str, password: &str) -> bool {
    let foreign = Foreign::parse(text).unwrap_or_else(|| panic!("not understood: {text}"));
    foreign.is_of(password.as_bytes()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_hash_is_not_understood() {
        for text in [
            "",
            "password",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
            "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/",
            "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
            "{CLEARTEXT}password",
            "$2a$",
            "$scrypt$",
            "$pbkdf2-sha256$",
        ] {
            assert!(Foreign::parse(text).is_none(), "{text}");
        }
        assert!(Foreign::parse(&"$2a$05$".repeat(200)).is_none());
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in "[$a-z0-9{}=,./+A-Z_:-]{0,120}") {
            drop(Foreign::parse(&text));
        }
    }
}
