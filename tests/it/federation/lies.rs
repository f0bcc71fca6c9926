use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::{
    stage::Stage,
    upstream::{CLIENT_ID, NOW, Script, only, signed_with_header},
};

/// Nobody got in and nobody was made.
async fn refused(stage: &Stage, lie: &str) {
    let back = stage.arrive().await;
    assert_eq!(back.get("error").map(String::as_str), Some("provider_refused"), "{lie}: {back:?}");
    assert!(!back.contains_key("code"), "{lie}");
    assert_eq!(stage.count_users().await, 0, "{lie}");
}

#[tokio::test]
async fn a_lie_in_any_claim_lets_nobody_in() {
    let stage = Stage::open().await;
    let lies: Vec<Value> = vec![
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": format!("{}/", stage.upstream.issuer()) }),
        json!({ "iss": [stage.upstream.issuer()] }),
        json!({ "iss": null }),
        json!({ "aud": "another-client" }),
        json!({ "aud": [CLIENT_ID, "another-client"] }),
        json!({ "aud": ["another-client"] }),
        json!({ "aud": [] }),
        json!({ "aud": null }),
        json!({ "azp": "another-client" }),
        json!({ "nonce": "another sign-in's" }),
        json!({ "nonce": null }),
        json!({ "nonce": 5 }),
        json!({ "exp": NOW - 61 }),
        json!({ "exp": "9999999999" }),
        json!({ "exp": null }),
        json!({ "iat": NOW + 600 }),
        json!({ "iat": null }),
        json!({ "nbf": NOW + 600 }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
        json!({ "sub": null }),
        json!({ "sub": 1815 }),
        json!({ "sub": ["upstream-1815"] }),
        json!({ "sub": "" }),
        json!({ "sub": "a b" }),
        json!({ "sub": "s".repeat(256) }),
        json!({ "huge": "x".repeat(20_000) }),
    ];
    for claims in lies {
        let lie = claims.to_string().chars().take(80).collect::<String>();
        stage.upstream.say(claims);
        refused(&stage, &lie).await;
    }
}

#[tokio::test]
async fn a_token_that_the_issuers_key_did_not_sign_lets_nobody_in() {
    type Forge = Box<dyn Fn(&SigningKey, Value) -> Option<String> + Send>;
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let unsigned = move |alg: &str, claims: &Value| format!("{}.{}.", encode(&json!({ "alg": alg })), encode(claims));
    let with_header =
        |header: Value| -> Forge { Box::new(move |key, claims| Some(signed_with_header(key, &header, &claims))) };
    let stranger = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let strangers_jwk = json!(stranger.public_jwk());
    let stage = Stage::open().await;
    let own_kid = stage.upstream.key().kid().to_owned();
    let lies: Vec<(&str, Forge)> = vec![
        ("none", Box::new(move |_, claims| Some(unsigned("none", &claims)))),
        ("None", Box::new(move |_, claims| Some(unsigned("None", &claims)))),
        ("no signature", Box::new(move |_, claims| Some(unsigned("EdDSA", &claims)))),
        ("no token", Box::new(|_, _| None)),
        ("not a token", Box::new(|_, _| Some("a.b.c".to_owned()))),
        ("five segments", Box::new(|key, claims| Some(format!("{}.a.b", key.sign("JWT", &claims).unwrap())))),
        (
            "HS256 with the public key",
            Box::new(|key, claims| {
                let jwk = key.public_jwk();
                let secret = hmac::Key::new(hmac::HMAC_SHA256, jwk.x.as_deref().unwrap().as_bytes());
                let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
                let header = json!({ "alg": "HS256", "kid": key.kid(), "typ": "JWT" });
                let signed = format!("{}.{}", encode(&header), encode(&claims));
                let tag = hmac::sign(&secret, signed.as_bytes());
                Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag)))
            }),
        ),
        ("an unknown kid", with_header(json!({ "alg": "EdDSA", "kid": "another", "typ": "JWT" }))),
        ("another algorithm", with_header(json!({ "alg": "ES256", "kid": own_kid, "typ": "JWT" }))),
        ("an access token", with_header(json!({ "alg": "EdDSA", "kid": own_kid, "typ": "at+jwt" }))),
        ("a logout token", with_header(json!({ "alg": "EdDSA", "kid": own_kid, "typ": "logout+jwt" }))),
        ("an extension", with_header(json!({ "alg": "EdDSA", "kid": own_kid, "crit": ["exp"] }))),
        (
            "a key of its own in the header",
            Box::new(move |_, claims| {
                let header = json!({ "alg": "EdDSA", "kid": own_kid, "typ": "JWT", "jwk": strangers_jwk });
                Some(signed_with_header(&stranger, &header, &claims))
            }),
        ),
        (
            "a claim twice",
            Box::new(|key, claims| {
                let text = claims.to_string().replacen('{', r#"{"sub":"victim","#, 1);
                let header = json!({ "alg": "EdDSA", "kid": key.kid() }).to_string();
                let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(text));
                Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign_bytes(signed.as_bytes()).unwrap())))
            }),
        ),
    ];
    for (lie, forge) in lies {
        stage.upstream.lie(Script { forge, ..Script::default() });
        refused(&stage, lie).await;
    }
}

#[tokio::test]
async fn a_key_that_verifies_nothing_is_no_key() {
    let honest = SigningKey::generate(Algorithm::EdDsa).unwrap();
    for (lie, change) in [
        ("a shared secret", json!({ "kty": "oct", "k": "AAAA", "alg": "HS256" })),
        ("for encryption", json!({ "use": "enc" })),
        ("no algorithm", json!({ "alg": "none" })),
        ("of small order", json!({ "x": URL_SAFE_NO_PAD.encode([0_u8; 32]) })),
    ] {
        let stage = Stage::open().await;
        let mut jwk = json!(stage.upstream.key().public_jwk());
        jwk.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        stage.upstream.lie(Script { keys: Some(only(serde_json::from_value(jwk).unwrap())), ..Script::default() });
        refused(&stage, lie).await;
    }
    let stage = Stage::open().await;
    stage.upstream.lie(Script { keys: Some(only(honest.public_jwk())), ..Script::default() });
    refused(&stage, "another's keys").await;
}

#[tokio::test]
async fn metadata_of_another_issuer_is_refused_before_anybody_is_sent_there() {
    for metadata in [
        json!({ "issuer": "https://evil.example" }),
        json!({ "authorization_endpoint": "javascript:alert(1)" }),
        json!({ "token_endpoint": null }),
        json!({ "jwks_uri": "file:///etc/passwd" }),
    ] {
        let stage = Stage::open().await;
        stage.upstream.lie(Script { metadata, ..Script::default() });
        stage.browser().get(&super::stage::authorize_path(&[])).await.refused(503, "provider_unavailable");
    }
}

#[tokio::test]
async fn what_is_odd_and_harmless_is_cleaned() {
    let stage = Stage::open().await;
    stage.upstream.say(json!({
        "name": "Ada\r\n\u{202E}<b>Lovelace</b>", "given_name": "x".repeat(4_000), "picture": "javascript:alert(1)",
        "locale": ["en"], "family_name": { "a": 1 }, "email_verified": "true",
    }));
    let user = stage.sign_in().await.expect(200).data()["user"].clone();
    assert_eq!(user["name"], "Ada <b>Lovelace</b>");
    assert_eq!(user["given_name"].as_str().unwrap().len(), 200);
    assert_eq!((&user["picture"], &user["locale"], &user["family_name"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(user["email_verified"], false, "a text proves nothing");
}
