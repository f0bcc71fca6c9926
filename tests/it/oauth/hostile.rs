//! What a hostile link or client puts into parameters: markup, floods of values, ciphers around unsigned text.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::stage::{App, BACK, CHALLENGE, ISSUER, answer};
use crate::{
    hosted::{Browser, encoded, events, signed_in},
    kit::{Reply, Server},
    races::patient,
};

const ADA: &str = "ada@example.com";
/// Out of an attribute, out of a text, into a script, and as the target of a link.
const MARKUP: [&str; 5] = [
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "</title><svg onload=alert(1)>",
    "{{7*7}}<b>x</b>",
    "javascript:alert(1)",
];

/// The page has none of it as markup, and could run none.
#[track_caller]
fn is_text(what: &str, markup: &str, reply: &Reply) {
    let page = String::from_utf8_lossy(&reply.bytes);
    for live in [
        "<script>alert",
        "<img src=x",
        "<svg onload",
        "<b>x</b>",
        "href=\"javascript:",
        "src=\"javascript:",
        "url=javascript:",
    ] {
        assert!(!page.contains(live), "{what} {markup}: {page}");
    }
    if !page.is_empty() && reply.header("content-type").starts_with("text/html") {
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{what}: {policy}");
    }
}

#[tokio::test]
async fn markup_in_any_parameter_stays_text_on_every_page() {
    let server = patient().await;
    let app = App::create(&server, json!({ "post_logout_redirect_uris": [BACK] })).await;
    let (ada, nobody) = (signed_in(&server, ADA).await, Browser::new(&server));
    let names = [
        "client_id",
        "response_type",
        "redirect_uri",
        "scope",
        "state",
        "response_mode",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "acr_values",
        "login_hint",
        "id_token_hint",
        "ui_locales",
        "display",
        "claims",
        "resource",
        "authorization_details",
        "dpop_jkt",
        "request",
        "request_uri",
    ];
    for markup in MARKUP {
        for name in names {
            for (browser, more) in [(&ada, ("", "")), (&nobody, ("", "")), (&ada, ("response_mode", "form_post"))] {
                let changes: Vec<_> = [more, (name, markup)].into_iter().filter(|(name, _)| !name.is_empty()).collect();
                let mut reply = browser.look(&app.address(&changes)).await;
                assert!(reply.status < 500, "{name} {markup}: {reply}");
                is_text(name, markup, &reply);
                // The page behind it: the sign-in with its hint, the question with the client's name.
                if reply.status == 303 && reply.header("location").starts_with('/') {
                    reply = browser.look(reply.header("location")).await;
                    is_text(name, markup, &reply);
                }
            }
        }
        for name in ["state", "client_id", "post_logout_redirect_uri", "id_token_hint", "logout_hint", "ui_locales"] {
            let pairs = [("client_id", app.id.as_str()), (name, markup)];
            let pairs = pairs.iter().filter(|(other, value)| *other != name || *value == markup);
            let pairs: Vec<_> = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            is_text(name, markup, &ada.look(&format!("/oauth2/logout?{}", encoded(&pairs))).await);
        }
        let typed = encoded(&[("user_code".to_owned(), markup.to_owned())]);
        is_text("user_code", markup, &ada.look(&format!("/activate?{typed}")).await);
    }
    assert_eq!(events(&server, "application.authorized").await, 0);
}

#[tokio::test]
async fn a_flood_of_values_is_refused_before_it_is_looked_into() {
    let server = patient().await;
    let app = App::own(&server).await;
    let ada = signed_in(&server, ADA).await;
    let many = |separator: &str| (0..65).map(|number| format!("v{number}")).collect::<Vec<_>>().join(separator);
    let long = "a".repeat(2_049);
    let claims =
        json!({ "userinfo": (0..65).map(|n| (format!("c{n}"), Value::Null)).collect::<serde_json::Map<_, _>>() });
    let deep = format!("{}1{}", "[".repeat(64), "]".repeat(64));
    let floods: Vec<(&str, String)> = vec![
        ("scope", many(" ")),
        ("scope", long.clone()),
        ("state", long.clone()),
        ("nonce", long.clone()),
        ("acr_values", long.clone()),
        ("ui_locales", long.clone()),
        ("login_hint", long.clone()),
        ("prompt", long.clone()),
        ("resource", long.clone()),
        ("claims", claims.to_string()),
        ("claims", format!("{{\"userinfo\":{{\"email\":{{\"value\":\"{long}\"}}}}}}")),
        ("claims", format!("{{\"userinfo\":{{\"email\":{deep}}}}}")),
        ("authorization_details", format!("[{}]", vec!["{\"type\":\"x\"}"; 17].join(","))),
        ("authorization_details", deep.clone()),
        ("request", "a".repeat(16_385)),
        ("id_token_hint", "a".repeat(16_385)),
    ];
    for (name, value) in floods {
        let reply = ada.look(&app.address(&[(name, &value)])).await;
        let is_told = reply.header("location").starts_with(&format!("{BACK}?error=invalid"));
        assert!(is_told || reply.status == 400, "{name}: {reply}");
        assert!(!reply.header("location").contains("code="), "{name}: {reply}");
        let pairs = app.pairs(&[(name, &value)]);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        app.post("/oauth2/par", &pairs).await.expect(400);
    }
    let crowd = (0..65).map(|number| format!("&x{number}=1")).collect::<Vec<_>>().concat();
    assert_eq!(ada.look(&format!("{}{crowd}", app.address(&[]))).await.status, 400, "a crowd of names");
    let resources =
        (0..17).map(|number| format!("&resource=https%3A%2F%2Fa.example%2F{number}")).collect::<Vec<_>>().concat();
    let reply = ada.look(&format!("{}{resources}", app.address(&[]))).await;
    assert!(!reply.header("location").contains("code="), "{reply}");
}

#[tokio::test]
async fn an_encrypted_request_says_nothing_whatever_is_inside() {
    let server = Server::start().await;
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let app = App::create(&server, json!({ "skip_consent": true, "jwks": { "keys": [key.public_jwk()] } })).await;
    let mut ada = signed_in(&server, ADA).await;
    let claims = json!({
        "iss": app.id, "aud": ISSUER, "client_id": app.id, "response_type": "code", "redirect_uri": BACK, "scope": "openid",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    });
    let (inside, signed) = (claims.to_string(), key.sign("oauth-authz-req+jwt", &claims).unwrap());
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    for header in [
        r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#,
        r#"{"alg":"RSA1_5","enc":"A128CBC-HS256"}"#,
        r#"{"alg":"dir","enc":"A128GCM"}"#,
        r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AA","p2c":1000000000}"#,
        r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#,
        r#"{"alg":"dir","enc":"A128GCM","cty":"JWT"}"#,
    ] {
        for payload in [&inside, &signed] {
            let request = format!("{}.{}.{}.{}.{}", part(header), part("key"), part("iv"), part(payload), part("tag"));
            let pairs = [("client_id".to_owned(), app.id.clone()), ("request".to_owned(), request.clone())];
            let reply = ada.look(&format!("/oauth2/authorize?{}", encoded(&pairs))).await;
            assert_eq!((reply.status, reply.header("location")), (400, ""), "{header}: {reply}");
            app.post("/oauth2/par", &[("request", &request)]).await.expect(400);
        }
    }
    let pairs = [("client_id".to_owned(), app.id.clone()), ("request".to_owned(), signed)];
    ada.open(&format!("/oauth2/authorize?{}", encoded(&pairs))).await;
    assert!(answer(&ada).contains_key("code"), "the signed one by itself is good");
}

#[tokio::test]
async fn the_way_back_is_a_303_and_no_address_leaks() {
    let server = Server::start().await;
    let app = App::own(&server).await;
    let ada = signed_in(&server, ADA).await;
    // RFC 9700, sections 4.2 and 4.12: the browser says nobody where it comes from, and posts nothing again.
    for (changes, status) in [
        (&[][..], 303),
        (&[("response_mode", "fragment")], 303),
        (&[("response_mode", "form_post")], 200),
        (&[("scope", "nonsense")], 303),
        (&[("redirect_uri", "https://evil.example")], 400),
    ] {
        let reply = ada.look(&app.address(changes)).await;
        assert_eq!(reply.status, status, "{changes:?}: {reply}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{changes:?}");
        assert_eq!(reply.header("cache-control"), "no-store", "{changes:?}");
    }
}

#[tokio::test]
async fn a_token_of_another_application_is_exchanged_for_nothing() {
    use super::kit::App;
    const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
    const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let there = other.api_key.clone().with("host", &format!("{}.localhost:8080", other.slug));
    let body = json!({
        "type": "m2m", "name": "Broker", "grant_types": [EXCHANGE, "client_credentials"], "allowed_scopes": ["openid", "users:read"],
    });
    let theirs = App::create_at(&there, body.clone()).await;
    let (ours, web) = (App::create(&server, body).await, App::web(&server).await);
    let ada = server.user(ADA).await;
    let tokens = web.tokens(&ada, "openid offline_access").await;
    let pairs = |token: &str, kind: &str| {
        vec![
            ("grant_type".to_owned(), EXCHANGE.to_owned()),
            ("subject_token".to_owned(), token.to_owned()),
            ("subject_token_type".to_owned(), kind.to_owned()),
        ]
    };
    let ask = async |app: &App, pairs: &[(String, String)]| {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        app.token(&pairs).await
    };
    for token in [tokens.access.as_str(), &ada.access_token] {
        ask(&theirs, &pairs(token, ACCESS)).await.refused(400, "invalid_request");
    }
    // Neither without a subject, nor for one that only says what it is.
    for left_out in ["subject_token", "subject_token_type"] {
        let mut some = pairs(&tokens.access, ACCESS);
        some.retain(|(name, _)| name != left_out);
        ask(&ours, &some).await.refused(400, "invalid_request");
    }
    for kind in ["refresh_token", "id_token", "saml1", "saml2"] {
        let kind = format!("urn:ietf:params:oauth:token-type:{kind}");
        ask(&ours, &pairs(&tokens.access, &kind)).await.expect(400);
    }
    web.send("/oauth2/revoke", &[("token", &tokens.access)]).await.expect(200);
    ask(&ours, &pairs(&tokens.access, ACCESS)).await.refused(400, "invalid_request");
}
