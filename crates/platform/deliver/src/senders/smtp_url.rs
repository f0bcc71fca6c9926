//! The operator's mail server as one text: `smtps://user:password@host:465`, `smtp://user:password@host:587`.

use std::{fmt, str::FromStr};

use kernel::Secret;
use url::Url;

use super::{SmtpSecurity, SmtpSender};

/// The text is not repeated: it holds the password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a mail server")]
pub struct SmtpUrlError;

/// `smtps` is TLS from the first byte, `smtp` requires STARTTLS; `?tls=none` is for a server on this machine.
impl FromStr for SmtpSender {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, SmtpUrlError> {
        let url = Url::parse(text).map_err(|_| SmtpUrlError)?;
        let (security, port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (SmtpSecurity::Tls, 465),
            ("smtp", None) => (SmtpSecurity::StartTls, 587),
            ("smtp", Some("tls=none")) => (SmtpSecurity::None, 25),
            _ => return Err(SmtpUrlError),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpUrlError)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpUrlError);
        }
        let username = Some(url.username()).filter(|name| !name.is_empty()).map(decoded).transpose()?;
        let password = url.password().map(decoded).transpose()?.map(Secret::new);
        if username.is_some() != password.is_some() {
            return Err(SmtpUrlError);
        }
        let port = url.port().unwrap_or(port);
        Ok(Self { host: host.to_owned(), port, security, username, password, is_operators: true })
    }
}

impl fmt::Debug for SmtpSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSender").field("security", &self.security).finish_non_exhaustive()
    }
}

/// RFC 3986, section 2.1.
fn decoded(text: &str) -> Result<String, SmtpUrlError> {
    let pair = format!("a={}", text.replace('+', "%2B"));
    let (_, value) = url::form_urlencoded::parse(pair.as_bytes()).next().ok_or(SmtpUrlError)?;
    Ok(value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_server_account_and_protection() {
        let sender: SmtpSender = "smtps://mailer%40acme.example:p%3Aa+ss@smtp.example.com".parse().unwrap();
        assert_eq!((sender.host.as_str(), sender.port, sender.security), ("smtp.example.com", 465, SmtpSecurity::Tls));
        assert_eq!(sender.username.as_deref(), Some("mailer@acme.example"));
        assert_eq!(sender.password.as_ref().map(Secret::reveal), Some("p:a+ss"));
        let sender: SmtpSender = "smtp://10.0.0.25:2525".parse().unwrap();
        assert_eq!((sender.port, sender.security, sender.username), (2_525, SmtpSecurity::StartTls, None));
        let sender: SmtpSender = "smtp://localhost?tls=none".parse().unwrap();
        assert_eq!((sender.port, sender.security), (25, SmtpSecurity::None));
    }

    #[test]
    fn other_texts_are_refused_and_debug_shows_nothing() {
        for text in [
            "",
            "smtp.example.com",
            "https://a.example",
            "smtp://",
            "smtp://user@a.example",
            "smtps://a.example/x",
            "smtps://a.example?tls=none",
        ] {
            assert_eq!(text.parse::<SmtpSender>(), Err(SmtpUrlError), "{text}");
        }
        let sender: SmtpSender = "smtps://mailer:hunter2@smtp.example.com".parse().unwrap();
        assert_eq!(format!("{sender:?}"), "SmtpSender { security: Tls, .. }");
    }
}
