//! `session_state` (OpenID Connect Session Management 1.0, section 2): by it a page of the client sees that the sign-in has changed,
//! and learns nothing else.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;

/// The digest over client, origin, browser state and salt, in base64url, and the salt after a dot. The frame at
/// `check_session_iframe` works out the same from the cookie that holds the browser state; nobody signed in is the empty text.
///
/// `None` where the redirect URI has no origin, as that of a native app has none: no page of it could ask.
pub fn session_state(client_id: &str, redirect_uri: &str, browser_state: &str, salt: &str) -> Option<String> {
    let origin = Url::parse(redirect_uri).ok()?.origin();
    if !origin.is_tuple() {
        return None;
    }
    let text = format!("{client_id} {} {browser_state} {salt}", origin.ascii_serialization());
    Some(format!("{}.{salt}", URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_changes_with_each_of_its_parts() {
        let state = session_state("a", "https://a.test/cb?x=1", "b", "salt").unwrap();
        // By `printf 'a https://a.test b salt' | openssl dgst -sha256 -binary | basenc --base64url`.
        assert_eq!(state, "hN02lRwHyaXzublp4I2ssMLTdT5B7HYjjqAHV0U5ppU.salt");
        assert_eq!(session_state("a", "https://a.test/other", "b", "salt").unwrap(), state);
        assert_eq!(session_state("a", "https://A.test:443/", "b", "salt").unwrap(), state, "as browsers write origins");
        for (client, uri, browser, salt) in [
            ("b", "https://a.test/cb", "b", "salt"),
            ("a", "https://a.test:8443/cb", "b", "salt"),
            ("a", "http://a.test/cb", "b", "salt"),
            ("a", "https://a.test/cb", "c", "salt"),
            ("a", "https://a.test/cb", "", "salt"),
            ("a", "https://a.test/cb", "b", "pepper"),
        ] {
            assert_ne!(session_state(client, uri, browser, salt).unwrap(), state);
        }
    }

    #[test]
    fn an_app_without_an_origin_has_none() {
        for uri in ["com.example.app:/cb", "com.example.app://host/cb", "data:text/html,x", "cb"] {
            assert_eq!(session_state("a", uri, "b", "salt"), None, "{uri}");
        }
    }
}
