//! Tables of request objects.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;
use crate::testing::{NOW, NOW_SECONDS, changed, key, keys, sign_raw};

const OUTSIDE: &str = "client_id=a&request=x&response_type=code&scope=openid&state=outside";

fn claims() -> Value {
    json!({
        "iss": "a", "aud": "https://as.test", "client_id": "a", "response_type": "code", "state": "inside", "max_age": 5,
        "resource": ["https://r.test", "https://s.test"], "claims": { "userinfo": { "email": null } },
        "nbf": NOW_SECONDS, "exp": NOW_SECONDS + 60, "jti": "1",
    })
}

fn rules(keys: &JwkSet, profile: Profile, mode: ObjectMode) -> RequestObjectRules<'_> {
    RequestObjectRules {
        client_id: "a",
        keys,
        algorithm: None,
        profile,
        issuer: "https://as.test",
        mode,
        is_unsigned_allowed: false,
    }
}

fn read(claims: &Value, outside: &str, profile: Profile, mode: ObjectMode) -> Result<Parameters, OAuthError> {
    let object = key().sign("oauth-authz-req+jwt", claims).unwrap();
    let outside = Parameters::parse(outside.as_bytes()).unwrap();
    read_request_object(&object, &outside, &rules(&keys(), profile, mode), NOW)
}

#[test]
fn only_the_object_counts_or_it_counts_first() {
    let jar = read(&claims(), OUTSIDE, Profile::Standard, ObjectMode::Jar).unwrap();
    assert_eq!((jar.get("state"), jar.get("scope"), jar.get("max_age")), (Some("inside"), None, Some("5")));
    assert_eq!(jar.all("resource").collect::<Vec<_>>(), ["https://r.test", "https://s.test"]);
    assert_eq!(jar.get("claims"), Some(r#"{"userinfo":{"email":null}}"#));
    assert_eq!((jar.get("iss"), jar.get("exp"), jar.get("request")), (None, None, None));
    let merged = read(&claims(), OUTSIDE, Profile::Standard, ObjectMode::OpenId).unwrap();
    assert_eq!((merged.get("state"), merged.get("scope")), (Some("inside"), Some("openid")));
    assert_eq!((merged.get("request"), merged.get("client_id")), (None, Some("a")));
}

#[test]
fn it_comes_from_the_client_for_this_issuer_now() {
    let hour = 3_600;
    for (changes, jar, open_id, fapi2) in [
        (json!({}), true, true, true),
        (json!({ "iss": "b" }), false, false, false),
        (json!({ "iss": null }), true, true, false),
        (json!({ "aud": "https://other.test" }), false, false, false),
        (json!({ "aud": ["https://other.test", "https://as.test"] }), true, true, true),
        (json!({ "aud": null }), true, true, false),
        (json!({ "sub": "a" }), false, false, false),
        (json!({ "sub": "u" }), true, true, true),
        (json!({ "client_id": "b" }), false, false, false),
        (json!({ "client_id": null }), false, true, false),
        (json!({ "response_type": "token" }), true, false, true),
        (json!({ "request": "x" }), false, false, false),
        (json!({ "request_uri": "https://a.test" }), false, false, false),
        (json!({ "exp": NOW_SECONDS - 20 }), false, false, false),
        (json!({ "exp": null }), true, true, false),
        (json!({ "nbf": null }), true, true, false),
        (json!({ "nbf": NOW_SECONDS + 8 }), true, true, true),
        (json!({ "nbf": NOW_SECONDS + 61 }), false, false, false),
        (json!({ "nbf": NOW_SECONDS - 2 * hour }), true, true, false),
        (json!({ "exp": NOW_SECONDS + 2 * hour }), true, true, false),
        (json!({ "state": { "a": 1 } }), false, false, false),
        (json!({ "resource": [5] }), false, false, false),
    ] {
        let claims = changed(&claims(), &changes);
        let verdict = |profile, mode| read(&claims, OUTSIDE, profile, mode).is_ok();
        assert_eq!(verdict(Profile::Standard, ObjectMode::Jar), jar, "{changes} as JAR");
        assert_eq!(verdict(Profile::Standard, ObjectMode::OpenId), open_id, "{changes} as OpenID Connect");
        assert_eq!(verdict(Profile::Fapi2, ObjectMode::Jar), fapi2, "{changes} under FAPI 2.0");
    }
    assert!(read(&claims(), "client_id=b", Profile::Standard, ObjectMode::Jar).is_err());
    assert!(read(&claims(), "", Profile::Standard, ObjectMode::Jar).is_ok());
}

#[test]
fn it_is_signed_unless_the_caller_lets_it_be() {
    let keys = keys();
    let outside = Parameters::parse(OUTSIDE.as_bytes()).unwrap();
    let rules = rules(&keys, Profile::Standard, ObjectMode::OpenId);
    let allowed = RequestObjectRules { is_unsigned_allowed: true, ..rules };
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let unsigned = format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&claims()));
    let verdict = |object: &str, rules| read_request_object(object, &outside, &rules, NOW).is_ok();
    assert!(!verdict(&unsigned, rules));
    assert!(verdict(&unsigned, allowed));
    assert!(!verdict(&unsigned, RequestObjectRules { algorithm: Some(Algorithm::Es256), ..allowed }));
    assert!(!verdict(&unsigned, RequestObjectRules { profile: Profile::Fapi2, ..allowed }));
    assert!(!verdict(&format!("{unsigned}AA"), allowed));
    for header in [
        json!({ "alg": "ES256", "typ": "at+jwt" }),
        json!({ "alg": "ES256", "typ": "client-authentication+jwt" }),
        json!({ "alg": "ES256", "kid": "other" }),
        json!({ "alg": "none" }),
    ] {
        assert!(!verdict(&sign_raw(key(), &header, &claims()), allowed), "{header}");
    }
    assert!(verdict(&sign_raw(key(), &json!({ "alg": "ES256" }), &claims()), rules));
}

#[test]
fn an_address_is_registered_with_its_fragment() {
    let client = ClientMetadata { request_uris: vec!["https://a.test/r#x".into()], ..ClientMetadata::default() };
    assert!(is_registered_request_uri("https://a.test/r#x", &client));
    assert!(!is_registered_request_uri("https://a.test/r", &client));
}
