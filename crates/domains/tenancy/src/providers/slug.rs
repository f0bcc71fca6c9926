//! What a provider is called in addresses, settings and identities.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::Serialize;

/// Lower-case letters, digits and dashes: it stands in the callback's path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct ProviderSlug(String);

/// The text is no provider's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASlug;

impl ProviderSlug {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderSlug {
    type Err = NotASlug;
    fn from_str(text: &str) -> Result<Self, NotASlug> {
        const MOST: usize = 40;
        let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_slug = (1..=MOST).contains(&text.len())
            && text.bytes().all(is_inner)
            && !text.starts_with('-')
            && !text.ends_with('-');
        if is_slug { Ok(Self(text.to_owned())) } else { Err(NotASlug) }
    }
}

impl fmt::Display for ProviderSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_can_stand_in_a_path() {
        for (text, is_one) in [
            ("google", true),
            ("x", true),
            ("corp-2", true),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("A", false),
            ("a/b", false),
            ("a.b", false),
            ("oidc:a", false),
        ] {
            assert_eq!(text.parse::<ProviderSlug>().is_ok(), is_one, "{text}");
        }
        assert!("a".repeat(41).parse::<ProviderSlug>().is_err());
    }
}
