//! Redirect URIs: which of the registered ones a request names.

use crate::{error::OAuthError, names::ClientType};

pub use self::registrable::{RedirectFault, check_registrable};

mod registrable;
#[cfg(test)]
mod variants;

/// Origins on which a native app listens (RFC 8252, section 7.3). `localhost` is there for apps that can do no better (section 8.3).
const LOOPBACK: [&str; 3] = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

/// Is this one of the registered addresses, byte for byte (RFC 9700, section 4.1.3)? A native app's loopback address may have any
/// port (RFC 8252, section 7.3); all else of it is compared too.
pub fn is_registered(presented: &str, registered: &[String], client: ClientType) -> bool {
    registered
        .iter()
        .any(|known| known == presented || (client == ClientType::Native && is_same_loopback(presented, known)))
}

fn is_same_loopback(presented: &str, known: &str) -> bool {
    match (split_loopback(presented), split_loopback(known)) {
        (Some(presented), Some(known)) => presented == known,
        _ => false,
    }
}

/// Origin without port, and what follows it. Text is cut, not parsed: a parser would forgive.
fn split_loopback(uri: &str) -> Option<(&'static str, &str)> {
    let origin = LOOPBACK.into_iter().find(|origin| uri.starts_with(origin))?;
    let rest = &uri[origin.len()..];
    let Some(port) = rest.strip_prefix(':') else { return Some((origin, rest)) };
    let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
    let (digits, rest) = port.split_at(end);
    let is_port = !digits.starts_with('0') && digits.parse::<u16>().is_ok();
    (is_port && (rest.is_empty() || rest.starts_with(['/', '?']))).then_some((origin, rest))
}

/// The address that a request's answer goes to. Anything else than this is an error page, never a redirect.
///
/// Where none is named, the only one registered is meant (RFC 6749, section 3.1.2.3), unless `must_name`: OpenID Connect requests
/// (Core 1.0, section 3.1.2.1) and FAPI 2.0 ones name theirs.
pub fn resolve_redirect_uri<'a>(
    presented: Option<&'a str>,
    registered: &'a [String],
    client: ClientType,
    must_name: bool,
) -> Result<&'a str, OAuthError> {
    match (presented, registered) {
        (Some(presented), _) if is_registered(presented, registered, client) => Ok(presented),
        (Some(_), _) => Err(OAuthError::invalid_request("redirect_uri is not registered for this client")),
        (None, [only]) if !must_name => Ok(only),
        (None, _) => Err(OAuthError::invalid_request("redirect_uri is missing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_native_app_listens_on_any_port() {
        let registered =
            ["http://127.0.0.1/cb", "http://[::1]:1/cb", "http://localhost:3000/cb?a=1"].map(str::to_owned);
        let native = |uri| is_registered(uri, &registered, ClientType::Native);
        for same in ["http://127.0.0.1:51004/cb", "http://[::1]:65535/cb", "http://[::1]/cb", "http://localhost/cb?a=1"]
        {
            assert!(native(same), "{same}");
            assert!(!is_registered(same, &registered, ClientType::Web), "{same}");
        }
        for other in [
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:080/cb",
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:80:80/cb",
            "http://127.0.0.1:80@evil.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1:80.evil.example/cb",
            "http://127.0.0.1:80/cb/",
            "http://127.0.0.1:80/cb?a=1",
            "http://127.0.0.2:80/cb",
            "http://localhost:80/cb",
            "https://127.0.0.1:80/cb",
            "http://[::1]:80",
            "http://[0:0:0:0:0:0:0:1]:80/cb",
        ] {
            assert!(!native(other), "{other}");
        }
    }

    #[test]
    fn an_unnamed_address_is_the_only_one_registered() {
        let one = ["https://app.example/cb".to_owned()];
        let two = ["https://app.example/cb".to_owned(), "https://app.example/other".to_owned()];
        let resolve = |presented, registered, must_name| {
            resolve_redirect_uri(presented, registered, ClientType::Web, must_name).ok()
        };
        assert_eq!(resolve(None, &one, false), Some("https://app.example/cb"));
        assert_eq!(resolve(None, &one, true), None);
        assert_eq!(resolve(None, &two, false), None);
        assert_eq!(resolve(None, &[], false), None);
        assert_eq!(resolve(Some("https://app.example/other"), &two, true), Some("https://app.example/other"));
        assert_eq!(resolve(Some("https://app.example/other"), &one, false), None);
    }
}
