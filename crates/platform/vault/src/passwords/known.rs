//! Every hash that can be verified here: ours, and those of other systems.

use kernel::secret::Secret;
use zeroize::Zeroizing;

use super::{
    foreign::Foreign,
    hash::{Memory, Stored},
    params::Argon2Params,
    pool::PoolError,
};
use crate::normal::normalized;

/// A stored hash, read and found computable.
pub(super) enum Known {
    Argon2(Stored),
    Foreign(Foreign),
}

/// A password that is tried.
pub(super) struct Candidate {
    /// One spelling of it, as all hashes of ours are made of.
    normal: Zeroizing<String>,
    /// As it was typed, where that is another: few systems normalize, and their hashes are of what was typed.
    typed: Option<Zeroizing<String>>,
}

impl Candidate {
    /// `None` if it is too long.
    pub(super) fn of(password: &Secret) -> Option<Self> {
        let normal = normalized(password)?;
        let typed = (normal.as_str() != password.reveal()).then(|| Zeroizing::new(password.reveal().to_owned()));
        Some(Self { normal, typed })
    }
}

impl Known {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Stored::parse(text).map(Self::Argon2).or_else(|| Foreign::parse(text).map(Self::Foreign))
    }

    /// For who has none: the same work as for who has.
    pub(super) fn of_nothing(params: Argon2Params) -> Result<Self, PoolError> {
        Stored::of_nothing(params).map(Self::Argon2)
    }

    pub(super) fn is_of(&self, candidate: &Candidate, memory: &mut Memory) -> Result<bool, PoolError> {
        let mut is_of = |password: &str| match self {
            Self::Argon2(hash) => hash.is_of(password, memory),
            Self::Foreign(hash) => hash.is_of(password.as_bytes()),
        };
        if is_of(&candidate.normal)? {
            return Ok(true);
        }
        candidate.typed.as_ref().map_or(Ok(false), |typed| is_of(typed))
    }
}

/// Can this string from elsewhere ever be verified here, within bounds?
///
/// Argon2 in all variants, bcrypt, scrypt, Firebase's scrypt, PBKDF2, salted SHA, PHPass; the guide to importing shows each.
pub fn is_supported_hash(text: &str) -> bool {
    Known::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needs_rehash;

    const BCRYPT: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    #[test]
    fn what_is_foreign_is_understood_and_to_be_hashed_anew() {
        assert!(is_supported_hash(BCRYPT));
        assert!(needs_rehash(BCRYPT, Argon2Params::default()));
        assert!(!is_supported_hash("$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/"));
    }

    #[test]
    fn a_password_is_tried_as_it_was_typed_too() {
        // PBKDF2 of "e" and a combining acute accent: NFC makes one code point of them.
        let hash = include_str!("foreign/vectors/decomposed.txt").trim();
        let known = Known::parse(hash).unwrap();
        let mut memory = Memory::default();
        let mut is_of = |text: &str| known.is_of(&Candidate::of(&Secret::new(text)).unwrap(), &mut memory).unwrap();
        assert!(is_of("cafe\u{301} au lait"));
        assert!(!is_of("caf\u{e9} au lait"), "what was never typed there");
    }
}
