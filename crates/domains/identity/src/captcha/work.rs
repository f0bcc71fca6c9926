//! The built-in captcha: a sum that takes a browser a moment and a farm of bots its profit (hashcash). Pure.
//!
//! A challenge is signed and nowhere stored: difficulty, end, a random number, and a MAC over them and the application. Its solution
//! is a number whose SHA-256 together with the challenge begins with so many zero bits.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{TenantId, Timestamp};
use vault::Vault;

const PREFIX: &str = "pc_pw_";
pub(super) const LIFETIME: Duration = Duration::from_mins(10);
/// Digits of the largest counter.
const MAX_COUNTER: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) difficulty: u8,
    pub(super) expires_at: Timestamp,
    nonce: [u8; 16],
}

impl Challenge {
    pub(super) fn new(difficulty: u8, now: Timestamp, nonce: [u8; 16]) -> Self {
        Self { difficulty, expires_at: now + LIFETIME, nonce }
    }

    /// As it is handed out.
    pub(super) fn write(&self, vault: &Vault, tenant: TenantId) -> String {
        let mut bytes = [0; 57];
        let facts = self.facts();
        bytes[..25].copy_from_slice(&facts);
        bytes[25..].copy_from_slice(&mac(vault, tenant, &facts));
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    fn facts(&self) -> [u8; 25] {
        let mut facts = [0; 25];
        facts[0] = self.difficulty;
        facts[1..9].copy_from_slice(&self.expires_at.as_micros().to_be_bytes());
        facts[9..].copy_from_slice(&self.nonce);
        facts
    }

    fn read(vault: &Vault, tenant: TenantId, text: &str) -> Option<Self> {
        let bytes: [u8; 57] = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?.try_into().ok()?;
        let (facts, presented) = bytes.split_first_chunk::<25>()?;
        if !vault::constant_time_eq(presented, &mac(vault, tenant, facts)) {
            return None;
        }
        Some(Self {
            difficulty: facts[0],
            expires_at: Timestamp::from_micros(i64::from_be_bytes(facts[1..9].try_into().ok()?)),
            nonce: facts[9..].try_into().ok()?,
        })
    }
}

/// `{challenge}:{counter}`: the challenge that it solves, if it does and is not too old.
pub(super) fn solved(vault: &Vault, tenant: TenantId, token: &str, now: Timestamp) -> Option<Challenge> {
    let (challenge, counter) = token.rsplit_once(':')?;
    let is_counter = (1..=MAX_COUNTER).contains(&counter.len()) && counter.bytes().all(|byte| byte.is_ascii_digit());
    if !is_counter {
        return None;
    }
    let challenge = Challenge::read(vault, tenant, challenge).filter(|challenge| now < challenge.expires_at)?;
    (leading_zero_bits(&vault::digest(token.as_bytes())) >= u32::from(challenge.difficulty)).then_some(challenge)
}

/// What is good for one request: the challenge, whichever of its solutions is presented.
pub(super) fn spent_as(challenge: &Challenge) -> [u8; 32] {
    vault::digest(&challenge.facts())
}

fn leading_zero_bits(digest: &[u8; 32]) -> u32 {
    let zeros = digest.iter().take_while(|byte| **byte == 0).count();
    let rest = digest.get(zeros).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zeros).unwrap_or(0) * 8 + rest
}

fn mac(vault: &Vault, tenant: TenantId, facts: &[u8; 25]) -> [u8; 32] {
    vault.mac("captcha", &[tenant.as_bytes(), facts])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::Entropy;
    use vault::MasterKeys;

    use super::*;

    struct Fixed;

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    const ACME: TenantId = TenantId::from_u128(1);

    fn vault() -> Vault {
        Vault::new(MasterKeys::generate(&Fixed), [9; 32], Arc::new(Fixed))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + seconds)
    }

    fn solve(challenge: &str, difficulty: u32) -> String {
        (0_u64..1 << 32)
            .map(|counter| format!("{challenge}:{counter}"))
            .find(|token| leading_zero_bits(&vault::digest(token.as_bytes())) >= difficulty)
            .unwrap()
    }

    #[test]
    fn a_solution_counts_until_it_is_too_old() {
        let (vault, challenge) = (vault(), Challenge::new(10, at(0), [3; 16]));
        let token = solve(&challenge.write(&vault, ACME), 10);
        assert_eq!(solved(&vault, ACME, &token, at(599)), Some(challenge));
        assert_eq!(solved(&vault, ACME, &token, at(600)), None);
        assert_eq!(solved(&vault, TenantId::from_u128(2), &token, at(0)), None, "another application's");
    }

    #[test]
    fn what_was_not_worked_for_or_was_altered_does_not_count() {
        let vault = vault();
        let hard = Challenge::new(40, at(0), [3; 16]).write(&vault, ACME);
        assert_eq!(solved(&vault, ACME, &format!("{hard}:1"), at(0)), None);
        let mut bytes = URL_SAFE_NO_PAD.decode(hard.strip_prefix(PREFIX).unwrap()).unwrap();
        bytes[0] = 0;
        let easier = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
        assert_eq!(solved(&vault, ACME, &format!("{easier}:1"), at(0)), None);
        for token in ["", ":", "pc_pw_:1", "x:1", "pc_pw_AAAA:1"] {
            assert_eq!(solved(&vault, ACME, token, at(0)), None, "{token}");
        }
        let easy = Challenge::new(0, at(0), [3; 16]).write(&vault, ACME);
        assert!(solved(&vault, ACME, &format!("{easy}:7"), at(0)).is_some());
        for counter in ["", "-1", "1 ", "123456789012345678901"] {
            assert_eq!(solved(&vault, ACME, &format!("{easy}:{counter}"), at(0)), None, "{counter}");
        }
    }

    #[test]
    fn every_solution_of_a_challenge_is_spent_together() {
        let (vault, challenge) = (vault(), Challenge::new(0, at(0), [3; 16]));
        let text = challenge.write(&vault, ACME);
        let spent = |counter: u8| spent_as(&solved(&vault, ACME, &format!("{text}:{counter}"), at(0)).unwrap());
        assert_eq!(spent(1), spent(2));
        assert_ne!(spent(1), spent_as(&Challenge::new(0, at(0), [4; 16])));
    }

    #[test]
    fn zeros_are_counted_in_bits() {
        let mut digest = [0xff; 32];
        assert_eq!(leading_zero_bits(&digest), 0);
        digest[..3].copy_from_slice(&[0, 0, 0x10]);
        assert_eq!(leading_zero_bits(&digest), 19);
        assert_eq!(leading_zero_bits(&[0; 32]), 256);
    }
}
