use std::str::FromStr;

use email_address::{EmailAddress as Parser, Options};
use unicode_normalization::UnicodeNormalization;

use super::IdentifierError;

/// One mailbox (RFC 5321, section 4.1.2, with RFC 6531 for what is not ASCII): no display name, no list, no comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress {
    address: String,
    key: String,
}

/// RFC 5321, section 4.5.3.1.3, less the angle brackets.
const MAX_BYTES: usize = 254;

impl EmailAddress {
    /// As the person wrote it, in Unicode NFC.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// NFC, ASCII letters lower-cased, the domain in its A-label form (RFC 5890): byte-wise equal means the same mailbox.
    /// Other letters keep their case, because case folding outside of ASCII makes twins out of different addresses.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.key.rsplit_once('@').map_or(&*self.key, |(local, _)| local)
    }
}

impl FromStr for EmailAddress {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let address: String = text.trim().nfc().collect();
        let options = Options::default().without_display_text().without_domain_literal();
        if address.len() > MAX_BYTES || address.contains(|c: char| c.is_control() || c.is_whitespace() || c == '"') {
            return Err(IdentifierError::Email);
        }
        Parser::parse_with_options(&address, options).map_err(|_| IdentifierError::Email)?;
        let (local, domain) = address.rsplit_once('@').ok_or(IdentifierError::Email)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| IdentifierError::Email)?;
        let key = format!("{}@{domain}", local.to_ascii_lowercase());
        Ok(Self { address, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        text.parse::<EmailAddress>().ok().map(|email| email.key().to_owned())
    }

    #[test]
    fn spellings_of_one_mailbox_share_a_key() {
        for (spelling, canonical) in [
            ("Ada@Example.COM", "ada@example.com"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("  ada@example.com ", "ada@example.com"),
        ] {
            assert_eq!(key(spelling).as_deref(), Some(canonical), "{spelling}");
        }
    }

    #[test]
    fn unicode_twins_are_not_one_mailbox() {
        assert_ne!(key("mıke@example.com"), key("mike@example.com"));
        assert_ne!(key("\u{0430}da@example.com"), key("ada@example.com"));
        assert_ne!(key("Kelvin@example.com"), key("\u{212A}elvin2@example.com"));
    }

    #[test]
    fn one_address_and_nothing_else() {
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example.com,eve@example.com",
            "ada@example.com eve@example.com",
            "Ada <ada@example.com>",
            "ada@example.com\r\nBcc: eve@example.com",
            "\"a b\"@example.com",
            "ada@[127.0.0.1]",
            "ada@@example.com",
            "ada@exa mple.com",
            "ada@-example.com",
        ] {
            assert_eq!(key(text), None, "{text:?}");
        }
    }
}
