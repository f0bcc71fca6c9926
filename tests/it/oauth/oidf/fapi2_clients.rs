//! FAPI 2.0: how a client proves itself.

use base64::{Engine, engine::general_purpose::STANDARD};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::super::{
    client::{form, unproven},
    kit::Tokens,
    stage::{App, ISSUER},
};
use super::fapi2::{PAR, Party, TOKEN};
use crate::kit::{Client, Options, Server};

const HEADER: &str = "client-cert";

/// A request with an assertion that is wrong in this is refused, where it is pushed and where tokens are given out.
async fn is_refused(party: &mut Party, changes: &Value) {
    unproven(party.push_with(&[], &party.assert(changes)).await);
    let code = party.code(&[]).await;
    let proof = party.proof(TOKEN, &json!({})).await;
    let redemption = Party::redemption(&code);
    unproven(party.send_with(TOKEN, &redemption, &party.assert(changes)).header("dpop", &proof).await);
    party.redeem(&code).await.expect(200);
}

/// PKCS #1 v1.5 is no signature of the profile: the same key has to sign PS256.
#[expect(non_snake_case, reason = "the name of the module")]
#[tokio::test]
async fn fapi2_security_profile_final_ensure_signed_client_assertion_with_RS256_fails() {
    let server = Server::start().await;
    server.root().put("/v1/settings/oauth", json!({ "profile": "fapi2" })).await.expect(200);
    let key = SigningKey::generate(Algorithm::Ps256).unwrap().with_kid("one");
    let mut jwk = serde_json::to_value(key.public_jwk()).unwrap();
    jwk.as_object_mut().unwrap().remove("alg");
    let party = Party::at(&server, "ada@example.com", Algorithm::Es256, &json!({ "jwks": { "keys": [jwk] } })).await;
    let signed = |key: &SigningKey| key.sign("JWT", &party.claims(&json!({}))).unwrap();
    party.push_with(&[], &signed(&key)).await.expect(201);
    let old = SigningKey::from_pkcs8(Algorithm::Rs256, &key.to_pkcs8()).unwrap().with_kid("one");
    unproven(party.push_with(&[], &signed(&old)).await);
}

/// To name the client is not to prove it.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_client_assertion_in_token_endpoint() {
    let mut party = Party::open().await;
    let code = party.code(&[]).await;
    let proof = party.proof(TOKEN, &json!({})).await;
    let fields = [&Party::redemption(&code)[..], &[("client_id", party.app.id.as_str())]].concat();
    unproven(form(&party.server.anonymous(), TOKEN, &fields).header("dpop", &proof).await);
}

/// An assertion that is long over is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails() {
    let mut party = Party::open().await;
    let now = party.server.now().as_seconds();
    is_refused(&mut party, &json!({ "iat": now - 360, "exp": now - 300 })).await;
}

/// An assertion for somebody else is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_client_assertion_with_wrong_aud_fails() {
    let mut party = Party::open().await;
    is_refused(&mut party, &json!({ "aud": "https://other.example" })).await;
}

/// An assertion about nobody is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_client_assertion_with_no_sub_fails() {
    let mut party = Party::open().await;
    is_refused(&mut party, &json!({ "sub": null })).await;
}

/// A clock that is a little ahead is forgiven.
#[tokio::test]
async fn fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted() {
    let party = Party::open().await;
    let soon = party.server.now().as_seconds() + 8;
    for changes in [json!({ "nbf": soon }), json!({ "iat": soon })] {
        party.push_with(&[], &party.assert(&changes)).await.expect(201);
    }
}

/// One that is more than a minute ahead is not.
#[tokio::test]
async fn fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails() {
    let party = Party::open().await;
    let late = party.server.now().as_seconds() + 65;
    let changes = json!({ "nbf": late, "exp": late + 60 });
    unproven(party.push_with(&[], &party.assert(&changes)).await);
}

/// The audience is one text: a list, though of the issuer alone, is refused.
#[tokio::test]
async fn fapi2_security_profile_final_par_test_array_as_audience_fails() {
    let mut party = Party::open().await;
    is_refused(&mut party, &json!({ "aud": [ISSUER] })).await;
}

/// The audience is the issuer, not the endpoint where requests are pushed.
#[tokio::test]
async fn fapi2_security_profile_final_par_test_par_endpoint_url_as_audience_fails() {
    let mut party = Party::open().await;
    is_refused(&mut party, &json!({ "aud": format!("{ISSUER}{PAR}") })).await;
}

/// Nor is it the endpoint that gives out tokens.
#[tokio::test]
async fn fapi2_security_profile_final_par_test_token_endpoint_url_as_audience_fails() {
    let mut party = Party::open().await;
    is_refused(&mut party, &json!({ "aud": format!("{ISSUER}{TOKEN}") })).await;
}

/// A server behind a proxy that passes certificates on, and the value of the header for one.
async fn behind_proxy() -> (Server, Client, String) {
    let options =
        Options { client_certificate_header: Some(HEADER), trusted_proxies: &["127.0.0.0/8"], ..Options::default() };
    let server = Server::start_with(options).await;
    server.root().put("/v1/settings/oauth", json!({ "profile": "fapi2" })).await.expect(200);
    // Past the beginning of the certificate's validity.
    server.turn_clock(std::time::Duration::from_hours(24 * 400));
    let der = include_bytes!("../../../../crates/protocols/oauth/testdata/client_p256.der");
    let proxy = server.anonymous().from("127.0.0.1").with("x-forwarded-for", "198.51.100.7");
    (server, proxy, format!(":{}:", STANDARD.encode(der)))
}

/// A client that proves itself by a certificate, which its tokens are bound to.
fn by_certificate() -> Value {
    let keys: Value =
        serde_json::from_str(include_str!("../../../../crates/protocols/oauth/testdata/client_keys.json")).unwrap();
    json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": keys,
        "dpop_bound_access_tokens": false, "tls_client_certificate_bound_access_tokens": true,
    })
}

/// A form of this client by the proxy, with the certificate.
async fn by_proxy(
    proxy: &Client,
    certificate: &str,
    app: &App,
    path: &str,
    changes: &[(&str, &str)],
) -> crate::kit::Reply {
    let mut fields = if path == PAR { app.pairs(&[]) } else { vec![("client_id".to_owned(), app.id.clone())] };
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields.retain(|(_, value)| !value.is_empty());
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let call = form(proxy, path, &fields);
    if certificate.is_empty() { call.await } else { call.header(HEADER, certificate).await }
}

/// The token request of a client with a certificate says who it is, and it is the one that the certificate proves.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_client_id_in_token_endpoint() {
    let (server, proxy, certificate) = behind_proxy().await;
    let mut party = Party::at(&server, "ada@example.com", Algorithm::Es256, &by_certificate()).await;
    let other = party.other().await;
    let pushed = by_proxy(&proxy, &certificate, &party.app, PAR, &[]).await.expect(201);
    let code = party.answered(&pushed).await["code"].clone();
    let redemption = Party::redemption(&code);
    for wrong in ["", other.app.id.as_str(), "app_made_up"] {
        let fields = [&redemption[..], &[("client_id", wrong)]].concat();
        let reply = by_proxy(&proxy, &certificate, &party.app, TOKEN, &fields).await;
        assert!(matches!(reply.reason(), "invalid_client" | "invalid_request"), "{wrong}: {reply}");
    }
    by_proxy(&proxy, &certificate, &party.app, TOKEN, &redemption).await.expect(200);
}

/// No tokens are given out that are bound to nothing, and none are taken from who does not hold what they are bound to.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_holder_of_key_required() {
    let (server, proxy, certificate) = behind_proxy().await;
    let mut keyed = Party::at(&server, "grace@example.com", Algorithm::Ps256, &json!({})).await;
    let code = keyed.code(&[]).await;
    keyed.send(TOKEN, &Party::redemption(&code)).await.refused(400, "invalid_request");
    let mut party = Party::at(&server, "ada@example.com", Algorithm::Es256, &by_certificate()).await;
    let pushed = by_proxy(&proxy, &certificate, &party.app, PAR, &[]).await.expect(201);
    let code = party.answered(&pushed).await["code"].clone();
    unproven(by_proxy(&proxy, "", &party.app, TOKEN, &Party::redemption(&code)).await);
    let told = by_proxy(&proxy, &certificate, &party.app, TOKEN, &Party::redemption(&code)).await.expect(200);
    let resource = proxy.clone().bearer(&Tokens::of(&told).access).get("/oauth2/userinfo");
    resource.clone().await.refused(401, "invalid_token");
    resource.header(HEADER, &certificate).await.expect(200);
}
