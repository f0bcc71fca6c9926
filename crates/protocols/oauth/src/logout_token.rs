//! How clients hear that a session is over: a token from server to server (OpenID Connect Back-Channel Logout 1.0), an address in
//! the browser (Front-Channel Logout 1.0).

use std::time::Duration;

use kernel::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use url::Url;

/// `typ` of a logout token (Back-Channel Logout 1.0, section 2.4).
pub const LOGOUT_TYPE: &str = "logout+jwt";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Section 2.4 recommends two minutes at most.
const LIFETIME: Duration = Duration::from_mins(2);

/// The claims of a logout token (section 2.4). There is no `nonce`, so that it can not pass for an ID token.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogoutClaims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
    /// As the client knows the person.
    sub: String,
    /// Absent, all of the person's sessions are over.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    events: Map<String, Value>,
}

impl LogoutClaims {
    pub fn new(issuer: &str, client_id: &str, sub: &str, sid: Option<&str>, jti: &str, now: Timestamp) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: client_id.to_owned(),
            iat: now.as_seconds(),
            exp: (now + LIFETIME).as_seconds(),
            jti: jti.to_owned(),
            sub: sub.to_owned(),
            sid: sid.map(str::to_owned),
            events: Map::from_iter([(EVENT.to_owned(), json!({}))]),
        }
    }
}

/// The address of the frame that tells a client in the browser (Front-Channel Logout 1.0, section 3): issuer and session come
/// together or not at all. `None` for what is no address.
pub fn front_channel_url(uri: &str, issuer: &str, sid: Option<&str>) -> Option<String> {
    let mut url = Url::parse(uri).ok()?;
    if let Some(sid) = sid {
        url.query_pairs_mut().append_pair("iss", issuer).append_pair("sid", sid);
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logout_token_says_whose_session_is_over() {
        let claims = LogoutClaims::new("https://as.test", "a", "u", Some("s"), "1", Timestamp::from_seconds(100));
        assert_eq!(
            serde_json::to_value(claims).unwrap(),
            json!({
                "iss": "https://as.test", "aud": "a", "sub": "u", "sid": "s", "jti": "1", "iat": 100, "exp": 220,
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
            })
        );
    }

    #[test]
    fn the_frame_names_issuer_and_session_together() {
        let url = |uri, sid| front_channel_url(uri, "https://as.test", sid);
        assert_eq!(url("https://a.test/out", None).as_deref(), Some("https://a.test/out"));
        assert_eq!(
            url("https://a.test/out?x=1", Some("s")).as_deref(),
            Some("https://a.test/out?x=1&iss=https%3A%2F%2Fas.test&sid=s")
        );
    }
}
