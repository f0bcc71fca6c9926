use std::str::FromStr;

use super::IdentifierError;

/// A name to sign in with: ASCII, so that no two look alike by script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// As the person wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Lower case: `Ada` and `ada` are one username.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Username {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let is_name = (3..=64).contains(&text.len())
            && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_'))
            && text.as_bytes()[0].is_ascii_alphanumeric();
        if is_name { Ok(Self(text.to_owned())) } else { Err(IdentifierError::Username) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_kept_and_not_compared() {
        let name: Username = "Ada.Lovelace".parse().unwrap();
        assert_eq!((name.as_str(), &*name.key()), ("Ada.Lovelace", "ada.lovelace"));
    }

    #[test]
    fn what_is_no_username() {
        for text in ["", "ab", "-ada", "ada lovelace", "adä", "ada@example", &"a".repeat(65)] {
            assert_eq!(text.parse::<Username>(), Err(IdentifierError::Username), "{text}");
        }
    }
}
