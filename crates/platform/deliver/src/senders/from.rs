//! Whose name stands on a mail.

use std::{fmt, str::FromStr};

use lettre::{Address, message::Mailbox};

/// `Acme <no-reply@acme.example>` or a bare address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFrom {
    pub name: Option<String>,
    pub address: String,
}

impl MailFrom {
    /// The same address under another name.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), address: self.address.clone() }
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    pub(super) fn mailbox(&self) -> Option<Mailbox> {
        Some(Mailbox::new(self.name.clone(), self.address.parse::<Address>().ok()?))
    }
}

impl FromStr for MailFrom {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, address) = match text.trim().strip_suffix('>').map(|text| text.rsplit_once('<')) {
            Some(Some((name, address))) => (Some(name.trim().trim_matches('"')), address),
            Some(None) => return Err(()),
            None => (None, text.trim()),
        };
        let is_plain = |text: &str| !text.chars().any(|c| c.is_control() || matches!(c, '<' | '>'));
        if !name.is_none_or(is_plain) || address.parse::<Address>().is_err() {
            return Err(());
        }
        Ok(Self { name: name.filter(|name| !name.is_empty()).map(str::to_owned), address: address.to_owned() })
    }
}

impl fmt::Display for MailFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => f.write_str(&self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_name() {
        for (text, name, address) in [
            ("Acme <no-reply@acme.example>", Some("Acme"), "no-reply@acme.example"),
            ("\"Acme, Inc.\" <no-reply@acme.example>", Some("Acme, Inc."), "no-reply@acme.example"),
            ("no-reply@acme.example", None, "no-reply@acme.example"),
            ("<no-reply@acme.example>", None, "no-reply@acme.example"),
        ] {
            let from: MailFrom = text.parse().unwrap();
            assert_eq!((from.name.as_deref(), from.address.as_str()), (name, address), "{text}");
        }
        for text in [
            "",
            "Acme",
            "Acme <>",
            "a@b\r\nBcc: c@d",
            "Acme\r\nBcc: c@d <a@b.example>",
            "a@b.example>",
            "x <y <a@b.example>",
        ] {
            assert!(text.parse::<MailFrom>().is_err(), "{text:?}");
        }
    }
}
