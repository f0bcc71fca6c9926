//! Who is asked, and where they go.

use serde_json::json;

use super::*;
use crate::testing::{changed, key, keys, sign_raw};

const URI: &str = "https://a.test/out";

fn client() -> ClientMetadata {
    ClientMetadata { post_logout_redirect_uris: vec![URI.into()], ..ClientMetadata::default() }
}

fn request(uri: Option<&str>, state: Option<&str>) -> LogoutRequest {
    let text = |text: Option<&str>| text.map(str::to_owned);
    LogoutRequest { post_logout_redirect_uri: text(uri), state: text(state), ..LogoutRequest::default() }
}

fn good(sub: &str, sid: Option<&str>) -> HintVerdict {
    HintVerdict::Good(LogoutHint { sub: sub.into(), sid: sid.map(str::to_owned), client_id: "a".into() })
}

#[test]
fn a_hint_is_an_id_token_of_this_issuer_however_old() {
    let claims = json!({ "iss": "https://as.test", "sub": "u", "aud": "a", "sid": "s", "exp": 1, "iat": 0 });
    let read = |header: &serde_json::Value, changes: serde_json::Value| {
        let hint = sign_raw(key(), header, &changed(&claims, &changes));
        read_hint(Some(&hint), "https://as.test", &keys())
    };
    let header = json!({ "alg": "ES256", "kid": key().kid(), "typ": "JWT" });
    assert_eq!(read(&header, json!({})), good("u", Some("s")));
    assert_eq!(read(&header, json!({ "aud": ["a", "b"], "azp": "a" })), good("u", Some("s")));
    for changes in [
        json!({ "iss": "https://other.test" }),
        json!({ "sub": null }),
        json!({ "aud": null }),
        json!({ "aud": ["a", "b"] }),
        json!({ "exp": null }),
        json!({ "iat": null }),
        json!({ "exp": null, "iat": null, "email": "ada@example.com" }),
    ] {
        assert_eq!(read(&header, changes), HintVerdict::Bad);
    }
    for header in
        [json!({ "alg": "none" }), json!({ "alg": "ES256", "typ": "at+jwt" }), json!({ "alg": "ES256", "kid": "x" })]
    {
        assert_eq!(read(&header, json!({})), HintVerdict::Bad, "{header}");
    }
    assert_eq!(read_hint(Some("x"), "https://as.test", &keys()), HintVerdict::Bad);
    assert_eq!(read_hint(None, "https://as.test", &keys()), HintVerdict::Absent);
}

#[test]
fn only_a_hint_of_this_session_spares_the_question() {
    let session = Some(EndingSession { sub: "u", sid: "s" });
    for (hint, session, must_ask) in [
        (good("u", Some("s")), session, false),
        (good("u", None), session, false),
        (good("u", Some("old")), session, true),
        (good("other", Some("s")), session, true),
        (good("u", Some("s")), None, false),
        (HintVerdict::Absent, session, true),
        (HintVerdict::Absent, None, true),
        (HintVerdict::Bad, session, true),
        (HintVerdict::Bad, None, true),
    ] {
        let decision = request(None, None).decide(&hint, Some(&client()), session).unwrap();
        assert_eq!(decision, LogoutDecision { must_ask, redirect_to: None }, "{hint:?} {session:?}");
    }
}

#[test]
fn nobody_is_sent_where_nobody_registered() {
    let hint = good("u", None);
    let goes = |request: LogoutRequest, hint: &HintVerdict, client: Option<&ClientMetadata>| {
        request.decide(hint, client, None).map(|decision| decision.redirect_to)
    };
    let client = client();
    assert_eq!(goes(request(Some(URI), None), &hint, Some(&client)), Ok(Some(URI.into())));
    assert_eq!(goes(request(Some(URI), Some("a b&c")), &hint, Some(&client)), Ok(Some(format!("{URI}?state=a+b%26c"))));
    assert_eq!(goes(request(Some(URI), None), &HintVerdict::Absent, Some(&client)), Ok(Some(URI.into())));
    assert_eq!(goes(request(Some(URI), None), &HintVerdict::Bad, Some(&client)), Ok(None));
    assert_eq!(goes(request(Some(URI), None), &HintVerdict::Absent, None), Ok(None));
    assert_eq!(goes(request(None, Some("x")), &hint, Some(&client)), Ok(None));
    for other in
        ["https://a.test/out?x=1", "https://a.test/out/", "https://a.test/OUT", "https://evil.test/", "javascript:1"]
    {
        assert!(goes(request(Some(other), None), &hint, Some(&client)).is_err(), "{other}");
    }
}

#[test]
fn the_client_that_is_named_is_the_one_of_the_hint() {
    let named =
        |client_id: Option<&str>| LogoutRequest { client_id: client_id.map(str::to_owned), ..request(None, None) };
    assert_eq!(named(None).client_id(&HintVerdict::Absent), Ok(None));
    assert_eq!(named(Some("a")).client_id(&HintVerdict::Absent), Ok(Some("a")));
    assert_eq!(named(None).client_id(&good("u", None)), Ok(Some("a")));
    assert_eq!(named(Some("a")).client_id(&good("u", None)), Ok(Some("a")));
    assert!(named(Some("b")).client_id(&good("u", None)).is_err());
}
