//! What a new password must be: long, and not what an attacker tries first (NIST SP 800-63B-4, section 3.1.1.2).
//!
//! No rules of composition and no expiry, which that section forbids: they make passwords worse.

use kernel::secret::Secret;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{common_passwords::is_common, normal::normalized};

/// The rules that a tenant may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    min_length: usize,
}

impl PasswordPolicy {
    /// No tenant goes below: the least that SP 800-63B-4 allows, and that only beside a second factor.
    pub const FLOOR: usize = 8;
    /// Between the eight of a password beside a second factor and the fifteen of one that stands alone: a new tenant
    /// starts without knowing which it will be, and fifteen turn sign-ups away. One without second factors should set 15.
    pub const DEFAULT: usize = 10;
    /// In code points. A passphrase fits; 256 of the longest take 1 KiB, the most that is ever hashed.
    pub const MAX_LENGTH: usize = 256;

    /// A minimum outside of 8 to 64 is brought inside; SP 800-63B-4 has 64 accepted everywhere.
    pub fn new(min_length: usize) -> Self {
        Self { min_length: min_length.clamp(Self::FLOOR, 64) }
    }

    pub const fn min_length(self) -> usize {
        self.min_length
    }

    /// May this become a password? `context` are words of the account: address, user name, name of the tenant.
    ///
    /// Only for new passwords: at sign-in, a password that was allowed once still counts.
    pub fn check(self, password: &Secret, context: &[&str]) -> Result<(), PasswordFlaw> {
        let text = normalized(password).ok_or(PasswordFlaw::TooLong)?;
        let length = text.chars().count();
        if length < self.min_length {
            return Err(PasswordFlaw::TooShort { min: self.min_length });
        }
        if length > Self::MAX_LENGTH {
            return Err(PasswordFlaw::TooLong);
        }
        let folded = Zeroizing::new(text.to_lowercase());
        if is_common(&folded) {
            return Err(PasswordFlaw::Common);
        }
        if is_repetition(&folded) || is_run(&folded) {
            return Err(PasswordFlaw::Predictable);
        }
        if context.iter().any(|word| is_about(&folded, word)) {
            return Err(PasswordFlaw::Contextual);
        }
        Ok(())
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::new(Self::DEFAULT)
    }
}

/// Why a password may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordFlaw {
    #[error("The password needs at least {min} characters.")]
    TooShort { min: usize },
    #[error("The password may have at most {} characters.", PasswordPolicy::MAX_LENGTH)]
    TooLong,
    #[error("The password is among the commonest, which are tried first.")]
    Common,
    #[error("The password repeats a few characters or counts through them.")]
    Predictable,
    #[error("The password is the account's own name or address.")]
    Contextual,
}

impl PasswordFlaw {
    /// The stable handle of the field error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "too_common",
            Self::Predictable => "predictable",
            Self::Contextual => "contextual",
        }
    }
}

/// Is it one to three characters over and over?
fn is_repetition(text: &str) -> bool {
    let repeats = |period: usize| text.chars().zip(text.chars().skip(period)).all(|(one, other)| one == other);
    (1..=3).any(repeats)
}

/// Does each character follow the one before, up or down, as in `abcdefghij`?
fn is_run(text: &str) -> bool {
    let steps = |step: i64| {
        text.chars()
            .zip(text.chars().skip(1))
            .all(|(one, next)| i64::from(u32::from(next)) - i64::from(u32::from(one)) == step)
    };
    steps(1) || steps(-1)
}

/// Is it the word itself, or the word with no more than digits and signs around it? An address stands for its local part
/// too. Passwords that merely contain a word are fine: their length is what counts.
fn is_about(folded: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    let local_part = word.split_once('@').map_or(word.as_str(), |(local, _)| local);
    let letters = |text: &str| text.trim_matches(|character: char| !character.is_alphabetic()).to_owned();
    let password_letters = Zeroizing::new(letters(folded));
    [word.as_str(), local_part].into_iter().any(|word| {
        let word_letters = letters(word);
        folded == word || (word_letters.chars().count() >= 3 && *password_letters == word_letters)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(password: &str) -> Option<PasswordFlaw> {
        let context = ["Ada.Lovelace@Example.com", "countess", "Acme Analytics", "bo@example.org"];
        PasswordPolicy::default().check(&Secret::new(password), &context).err()
    }

    #[test]
    fn good_passwords_need_no_signs() {
        for password in [
            "correct horse battery staple",
            "kaffeetasse grün",
            "ほうれん草とたまごの朝ごはん",
            "mein hund heißt countess",
            "Q7!mz-2Lpw",
            "          x",
            "🦀🐢🦊🐙🦉🐳🦋🐝🐞🦎",
        ] {
            assert_eq!(flaw(password), None, "{password}");
        }
    }

    #[test]
    fn bad_passwords_are_refused_for_the_reason_given() {
        for (password, code) in [
            ("", "too_short"),
            ("Q7!mz-2Lp", "too_short"),
            ("🦀🐢🦊🐙", "too_short"),
            ("qwertyuiop", "too_common"),
            ("QWERTYUIOP", "too_common"),
            ("1q2w3e4r5t", "too_common"),
            ("Password123", "too_common"),
            ("xxxxxxxxxxxxxxxx", "predictable"),
            ("            ", "predictable"),
            ("bobbobbobbob", "predictable"),
            ("abcdefghijklmn", "predictable"),
            ("nmlkjihgfedcba", "predictable"),
            ("ada.lovelace", "contextual"),
            ("ADA.LOVELACE", "contextual"),
            ("ada.lovelace@example.com", "contextual"),
            ("Ada.Lovelace1815!", "contextual"),
            ("acme analytics", "contextual"),
            ("Countess2026", "contextual"),
        ] {
            assert_eq!(flaw(password).map(PasswordFlaw::code), Some(code), "{password}");
        }
    }

    #[test]
    fn two_letters_of_an_address_condemn_no_digits() {
        assert_eq!(flaw("bo8361940275"), None);
    }

    #[test]
    fn length_is_counted_in_normalized_code_points() {
        let policy = PasswordPolicy::new(8);
        let composed = "ñandú-éxo";
        let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(composed).collect();
        assert!(decomposed.chars().count() > composed.chars().count());
        assert_eq!(PasswordPolicy::new(9).check(&Secret::new(decomposed.as_str()), &[]), Ok(()));
        assert!(PasswordPolicy::new(10).check(&Secret::new(decomposed.as_str()), &[]).is_err());
        let longest = |count: usize| Secret::new("🦀🐢🦊🐙".repeat(count / 4));
        assert_eq!(policy.check(&longest(256), &[]), Ok(()));
        assert_eq!(policy.check(&longest(260), &[]), Err(PasswordFlaw::TooLong));
        assert_eq!(policy.check(&Secret::new("a".repeat(2_000_000)), &[]), Err(PasswordFlaw::TooLong));
    }

    #[test]
    fn no_tenant_goes_below_the_floor() {
        assert_eq!(PasswordPolicy::new(0).min_length(), 8);
        assert_eq!(PasswordPolicy::new(15).min_length(), 15);
        assert_eq!(PasswordPolicy::new(1_000).min_length(), 64);
        assert_eq!(PasswordPolicy::default().min_length(), 10);
    }
}
