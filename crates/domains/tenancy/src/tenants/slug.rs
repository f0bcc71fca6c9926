//! A tenant's name in host names: one label of the domain name system.

use std::{fmt, str::FromStr};

use kernel::{Entropy, encoding::base62};

/// One lower-case DNS label (RFC 1035, section 2.3.1, with RFC 1123's leading digit) that is not reserved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    #[error("3 to 48 lower-case letters, digits and single hyphens, which stand neither first nor last.")]
    Malformed,
    #[error("This name is reserved.")]
    Reserved,
}

const LENGTHS: std::ops::RangeInclusive<usize> = 3..=48;

/// Hosts that people would take for the operator's own, and those that the deployment may want for itself.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "apps",
    "assets",
    "auth",
    "autoconfig",
    "autodiscover",
    "billing",
    "blog",
    "cdn",
    "console",
    "dashboard",
    "dev",
    "docs",
    "email",
    "example",
    "ftp",
    "help",
    "host",
    "hostmaster",
    "imap",
    "internal",
    "invalid",
    "localhost",
    "login",
    "mail",
    "mta-sts",
    "oauth",
    "oauth2",
    "ns1",
    "ns2",
    "openid",
    "playground",
    "pop3",
    "portcullis",
    "postmaster",
    "reference",
    "root",
    "saml",
    "scim",
    "security",
    "setup",
    "signin",
    "signup",
    "smtp",
    "sso",
    "static",
    "status",
    "support",
    "system",
    "test",
    "webmail",
    "webmaster",
    "well-known",
    "wpad",
    "www",
];

impl Slug {
    /// The console's own, which nobody can ask for and no host leads to.
    pub(crate) fn console() -> Self {
        Self("console".to_owned())
    }

    /// From the store, where only valid ones are.
    pub(crate) const fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The beginning of a name as a slug, with four random digits where `is_taken` or where nothing usable is left of it.
    pub(crate) fn suggest(name: &str, is_taken: bool, entropy: &dyn Entropy) -> Self {
        let mut text = String::new();
        for character in name.chars().flat_map(char::to_lowercase) {
            if text.len() >= 40 {
                break;
            }
            if character.is_ascii_alphanumeric() {
                text.push(character);
            } else if !text.is_empty() && !text.ends_with('-') {
                text.push('-');
            }
        }
        let text = text.trim_end_matches('-');
        if !is_taken && let Ok(slug) = text.parse() {
            return slug;
        }
        let mut random = [0; 4];
        entropy.fill(&mut random);
        let suffix = base62(&random).to_ascii_lowercase();
        let text = if text.is_empty() { "app" } else { text };
        Self(format!("{text}-{suffix}"))
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        let is_label = LENGTHS.contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            // Also keeps out `xn--`: a label that reads as something else (RFC 5890, section 2.3.1).
            && !text.contains("--");
        if !is_label {
            return Err(SlugError::Malformed);
        }
        if RESERVED.contains(&text) { Err(SlugError::Reserved) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn labels_are_slugs() {
        for text in ["acme", "a1b", "3com", "acme-eu-2", &"a".repeat(48)] {
            assert_eq!(text.parse::<Slug>().map(|slug| slug.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_label_or_reads_as_another_is_refused() {
        let long = "a".repeat(49);
        for text in [
            "",
            "ab",
            "Acme",
            "-acme",
            "acme-",
            "ac.me",
            "ac_me",
            "acmé",
            "xn--bcher-kva",
            "a--b",
            "a b",
            "acme\n",
            &long,
        ] {
            assert_eq!(text.parse::<Slug>(), Err(SlugError::Malformed), "{text:?}");
        }
        for text in ["console", "www", "api", "localhost"] {
            assert_eq!(text.parse::<Slug>(), Err(SlugError::Reserved), "{text}");
        }
    }

    #[test]
    fn the_reserved_names_could_be_asked_for() {
        for text in RESERVED {
            assert_eq!(text.parse::<Slug>(), Err(SlugError::Reserved), "{text} is kept out already");
        }
    }

    #[test]
    fn a_suggestion_is_always_a_slug() {
        for (name, slug) in [
            ("Acme", "acme"),
            ("Acme & Söhne GmbH", "acme-s-hne-gmbh"),
            ("  --  ", "app-000000"),
            ("", "app-000000"),
            ("日本", "app-000000"),
            ("API", "api-000000"),
            ("x", "x-000000"),
            (&"long ".repeat(20), "long-long-long-long-long-long-long-long"),
        ] {
            let suggested = Slug::suggest(name, false, &Zeros);
            assert_eq!(suggested.as_str(), slug, "{name}");
            assert_eq!(suggested.as_str().parse(), Ok(suggested.clone()), "{name}");
        }
        assert_eq!(Slug::suggest("Acme", true, &Zeros).as_str(), "acme-000000");
    }
}
