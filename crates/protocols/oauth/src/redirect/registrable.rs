//! Redirect URIs: which may be registered.

use thiserror::Error;
use url::{Host, Url};

use crate::names::ClientType;

const MAX_BYTES: usize = 2_048;

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
}
