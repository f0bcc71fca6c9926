//! Secrets of clients: 256 random bits each, kept as SHA-256. Several are good at once while one takes the place of another.

use std::time::Duration;

use kernel::{Secret, Timestamp, env::Entropy};
use vault::OpaqueToken;

const PREFIX: &str = "pc_cs_";
/// Of the secret, for people to recognise it by: its kind and four digits, which leave more than 230 bits unknown.
const SHOWN: usize = PREFIX.len() + 4;
/// For so long the last secret goes on where nothing else is said.
pub(super) const OVERLAP: Duration = Duration::from_hours(72);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientSecret {
    pub(crate) hash: [u8; 32],
    pub(crate) prefix: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
}

impl ClientSecret {
    /// A new one, and what is kept of it.
    pub(super) fn generate(entropy: &dyn Entropy, now: Timestamp) -> (Secret, Self) {
        let secret = OpaqueToken::generate(entropy, PREFIX);
        let text = secret.reveal();
        let kept = Self {
            hash: vault::digest(text.as_bytes()),
            prefix: text.get(..SHOWN).unwrap_or(PREFIX).to_owned(),
            created_at: now,
            expires_at: None,
        };
        (secret, kept)
    }

    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Is this one of the secrets that are good now? All are looked at, so that the time tells nothing of which.
pub(super) fn is_one_of(secrets: &[ClientSecret], presented: &Secret, now: Timestamp) -> bool {
    let digest = vault::digest(presented.reveal().as_bytes());
    secrets.iter().fold(false, |found, secret| {
        let is_same = vault::constant_time_eq(&secret.hash, &digest);
        found | (is_same && secret.is_live(now))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str, expires_at: Option<i64>) -> ClientSecret {
        ClientSecret {
            hash: vault::digest(text.as_bytes()),
            prefix: String::new(),
            created_at: Timestamp::from_seconds(0),
            expires_at: expires_at.map(Timestamp::from_seconds),
        }
    }

    #[test]
    fn several_secrets_are_good_until_they_end() {
        let secrets = [secret("old", Some(100)), secret("new", None)];
        let is_good = |text: &str, now| is_one_of(&secrets, &Secret::new(text), Timestamp::from_seconds(now));
        assert!(is_good("old", 99) && is_good("new", 99));
        assert!(!is_good("old", 100) && is_good("new", 100));
        assert!(!is_good("other", 0) && !is_good("", 0));
        assert!(!is_one_of(&[], &Secret::new(""), Timestamp::from_seconds(0)));
    }
}
