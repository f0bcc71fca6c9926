//! Redirect URIs: which may be registered, and which of the registered ones a request names.

use thiserror::Error;
use url::{Host, Url};

use crate::{error::OAuthError, names::ClientType};

#[cfg(test)]
mod variants;

const MAX_BYTES: usize = 2_048;
/// Origins on which a native app listens (RFC 8252, section 7.3). `localhost` is there for apps that can do no better (section 8.3).
const LOOPBACK: [&str; 3] = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

/// Why an address may not be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RedirectFault {
    #[error("the redirect URI is too long")]
    TooLong,
    #[error("the redirect URI is not an absolute URI in its canonical form")]
    NotCanonical,
    #[error("the redirect URI has a fragment")]
    Fragment,
    #[error("the redirect URI has user information")]
    UserInfo,
    #[error("the redirect URI has a wildcard, a backslash, or a hidden path segment")]
    Unsafe,
    #[error("the redirect URI has a scheme that this type of client may not use")]
    Scheme,
    #[error("this type of client has no redirect URIs")]
    NoRedirects,
}

/// May this address be registered? Only as the parser of URLs would write it again, so that comparing bytes compares addresses.
///
/// https for all; http on loopback for native apps (RFC 8252, section 7.3) and during development; a private-use scheme, which
/// must hold a dot, for native apps (section 7.1). A bare origin may come without its slash.
pub fn check_registrable(uri: &str, client: ClientType, is_development: bool) -> Result<(), RedirectFault> {
    if matches!(client, ClientType::M2m | ClientType::Saml) {
        return Err(RedirectFault::NoRedirects);
    }
    if uri.len() > MAX_BYTES {
        return Err(RedirectFault::TooLong);
    }
    if uri.contains('#') {
        return Err(RedirectFault::Fragment);
    }
    if uri.contains(['\\', '*']) {
        return Err(RedirectFault::Unsafe);
    }
    let url = Url::parse(uri).map_err(|_| RedirectFault::NotCanonical)?;
    if !url.username().is_empty() || url.password().is_some() || has_at_in_authority(uri) {
        return Err(RedirectFault::UserInfo);
    }
    check_scheme(&url, client, is_development)?;
    if !is_canonical(uri, &url) {
        return Err(RedirectFault::NotCanonical);
    }
    if has_hidden_segment(url.path()) {
        return Err(RedirectFault::Unsafe);
    }
    Ok(())
}

fn check_scheme(url: &Url, client: ClientType, is_development: bool) -> Result<(), RedirectFault> {
    let is_native = client == ClientType::Native;
    let is_allowed = match url.scheme() {
        "https" => url.host().is_some(),
        "http" => (is_native || is_development) && is_loopback(url),
        scheme => is_native && scheme.contains('.') && !url.cannot_be_a_base(),
    };
    if is_allowed { Ok(()) } else { Err(RedirectFault::Scheme) }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The parser drops an empty `user@`, so the text is asked.
fn has_at_in_authority(uri: &str) -> bool {
    let after_scheme = uri.split_once("://").map_or("", |(_, rest)| rest);
    after_scheme.split(['/', '?']).next().is_some_and(|authority| authority.contains('@'))
}

fn is_canonical(uri: &str, url: &Url) -> bool {
    // The parser leaves a few characters alone that RFC 3986 does not know.
    let is_uri_text = uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>^`{|}".contains(&byte));
    let is_bare_origin = url.path() == "/" && url.query().is_none() && url.as_str().strip_suffix('/') == Some(uri);
    is_uri_text && (url.as_str() == uri || is_bare_origin)
}

/// Segments that one server on the way reads as "up" or as a separator, and another does not.
fn has_hidden_segment(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["..", "%2e", "%2f", "%5c", "%25", "%0", "%1", "%7f"].iter().any(|hidden| lower.contains(hidden))
}

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
    fn only_canonical_addresses_of_a_fitting_scheme_are_registered() {
        use ClientType::{M2m, Native, Spa, Web};
        use RedirectFault::{Fragment, NoRedirects, NotCanonical, Scheme, TooLong, Unsafe, UserInfo};
        let long = format!("https://a.example/{}", "a".repeat(2_048));
        for (uri, client, is_development, expected) in [
            ("https://app.example/callback", Web, false, Ok(())),
            ("https://app.example", Spa, false, Ok(())),
            ("https://app.example/", Spa, false, Ok(())),
            ("https://app.example:8443/cb?tenant=1&next=%2Fhome", Web, false, Ok(())),
            ("https://xn--bcher-kva.example/cb", Web, false, Ok(())),
            ("http://localhost:3000/cb", Web, true, Ok(())),
            ("http://localhost:3000/cb", Web, false, Err(Scheme)),
            ("http://127.0.0.1/cb", Native, false, Ok(())),
            ("http://[::1]/cb", Native, false, Ok(())),
            ("http://192.168.0.1/cb", Native, true, Err(Scheme)),
            ("http://localhost.evil.example/cb", Native, true, Err(Scheme)),
            ("http://app.example/cb", Web, true, Err(Scheme)),
            ("com.example.app:/cb", Native, false, Ok(())),
            ("com.example.app://cb", Native, false, Ok(())),
            ("com.example.app:cb", Native, false, Err(Scheme)),
            ("com.example.app:/cb", Spa, false, Err(Scheme)),
            ("myapp:/cb", Native, false, Err(Scheme)),
            ("javascript:alert(1)", Native, true, Err(Scheme)),
            ("JaVaScRiPt:alert(1)", Web, true, Err(Scheme)),
            ("data:text/html,x", Native, true, Err(Scheme)),
            ("file:///etc/passwd", Native, true, Err(Scheme)),
            ("ftp://app.example/", Web, true, Err(Scheme)),
            ("https://app.example/cb#", Web, false, Err(Fragment)),
            ("https://app.example/cb#x", Web, false, Err(Fragment)),
            ("https://user@app.example/cb", Web, false, Err(UserInfo)),
            ("https://@app.example/cb", Web, false, Err(UserInfo)),
            ("https://*.app.example/cb", Web, false, Err(Unsafe)),
            ("https://app.example/*", Web, false, Err(Unsafe)),
            ("https://app.example\\cb", Web, false, Err(Unsafe)),
            ("https://app.example/cb?a=\\", Web, false, Err(Unsafe)),
            ("https://app.example/a/..;/cb", Web, false, Err(Unsafe)),
            ("https://app.example/%2f..", Web, false, Err(Unsafe)),
            ("https://app.example/%252e", Web, false, Err(Unsafe)),
            ("https://app.example/%0a", Web, false, Err(Unsafe)),
            ("https://app.example/a/../cb", Web, false, Err(NotCanonical)),
            ("https://app.example/%2e%2e/cb", Web, false, Err(NotCanonical)),
            ("HTTPS://app.example/cb", Web, false, Err(NotCanonical)),
            ("https://APP.example/cb", Web, false, Err(NotCanonical)),
            ("https://app.example:443/cb", Web, false, Err(NotCanonical)),
            ("https:/app.example/cb", Web, false, Err(NotCanonical)),
            ("https:app.example/cb", Web, false, Err(NotCanonical)),
            ("https://app.example/c\tb", Web, false, Err(NotCanonical)),
            (" https://app.example/cb", Web, false, Err(NotCanonical)),
            ("https://app.example/ü", Web, false, Err(NotCanonical)),
            ("https://bücher.example/cb", Web, false, Err(NotCanonical)),
            ("https://0x7f.1/cb", Web, false, Err(NotCanonical)),
            ("https://app.example/cb?a={b}", Web, false, Err(NotCanonical)),
            ("https://", Web, false, Err(NotCanonical)),
            ("/cb", Web, false, Err(NotCanonical)),
            ("", Web, false, Err(NotCanonical)),
            (&long, Web, false, Err(TooLong)),
            ("https://app.example/cb", M2m, false, Err(NoRedirects)),
        ] {
            assert_eq!(check_registrable(uri, client, is_development), expected, "{uri:?} {client}");
        }
    }

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
