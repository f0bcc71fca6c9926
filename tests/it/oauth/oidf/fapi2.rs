//! A client that keeps FAPI 2.0, with its keys and the browser of somebody who is signed in.

use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::super::{
    client::{assertion, claims, form},
    kit::{Prover, Tokens, once},
    stage::{App, BACK, CHALLENGE, ISSUER, VERIFIER, answer},
};
use crate::{
    hosted::{Browser, encoded, signed_in},
    kit::{Call, Reply, Server},
};

pub(super) const PAR: &str = "/oauth2/par";
pub(super) const TOKEN: &str = "/oauth2/token";
pub(super) const USERINFO: &str = "/oauth2/userinfo";

pub(super) struct Party {
    pub(super) server: Server,
    pub(super) app: App,
    pub(super) key: SigningKey,
    pub(super) prover: Prover,
    pub(super) ada: Browser,
}

impl Party {
    /// On a server of its own, whose tenant is held to the profile.
    pub(super) async fn open() -> Self {
        Self::open_with(&json!({})).await
    }

    /// With these members of its registration.
    pub(super) async fn open_with(changes: &Value) -> Self {
        let server = Server::start().await;
        server.root().put("/v1/settings/oauth", json!({ "profile": "fapi2" })).await.expect(200);
        Self::at(&server, "ada@example.com", Algorithm::Es256, changes).await
    }

    /// One that signs its requests (FAPI 2.0 Message Signing).
    pub(super) async fn that_signs() -> Self {
        Self::open_with(&json!({ "require_signed_request_object": true })).await
    }

    pub(super) async fn at(server: &Server, email: &str, algorithm: Algorithm, changes: &Value) -> Self {
        let key = SigningKey::generate(algorithm).unwrap();
        let mut body = json!({
            "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] },
            "dpop_bound_access_tokens": true, "skip_consent": true,
        });
        replace(&mut body, changes);
        let app = App::create(server, body).await;
        Self { server: server.clone(), app, key, prover: Prover::new(), ada: signed_in(server, email).await }
    }

    /// Another client of the same tenant.
    pub(super) async fn other(&self) -> Self {
        Self::at(&self.server, "grace@example.com", Algorithm::Es256, &json!({})).await
    }

    /// The claims of its assertion with these instead; `null` leaves one out.
    pub(super) fn claims(&self, changes: &Value) -> Value {
        let mut claims = claims(&self.server, &self.app.id, ISSUER, &once());
        replace(&mut claims, changes);
        claims
    }

    pub(super) fn assert(&self, changes: &Value) -> String {
        self.key.sign("JWT", &self.claims(changes)).unwrap()
    }

    /// A form to one of the endpoints, with an assertion.
    pub(super) fn send(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        self.send_with(path, fields, &self.assert(&json!({})))
    }

    pub(super) fn send_with(&self, path: &str, fields: &[(&str, &str)], token: &str) -> Call {
        form(&self.server.anonymous(), path, &[fields, &assertion(token)[..]].concat())
    }

    /// A good request with these changes, pushed.
    pub(super) fn push(&self, changes: &[(&str, &str)]) -> Call {
        self.push_with(changes, &self.assert(&json!({})))
    }

    pub(super) fn push_with(&self, changes: &[(&str, &str)], token: &str) -> Call {
        let pairs = self.app.pairs(changes);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.send_with(PAR, &pairs, token)
    }

    /// A request object with these members over a good one's.
    pub(super) fn object(&self, changes: &Value) -> Value {
        let now = self.server.now().as_seconds();
        let mut claims = json!({
            "iss": self.app.id, "aud": ISSUER, "client_id": self.app.id, "response_type": "code", "redirect_uri": BACK,
            "scope": "openid email", "state": "signed-state", "nonce": "signed-nonce", "code_challenge": CHALLENGE,
            "code_challenge_method": "S256", "nbf": now, "exp": now + 300,
        });
        replace(&mut claims, changes);
        claims
    }

    /// Such an object, signed and pushed, with these fields beside it.
    pub(super) fn push_object(&self, changes: &Value, beside: &[(&str, &str)]) -> Call {
        let object = self.key.sign("oauth-authz-req+jwt", &self.object(changes)).unwrap();
        self.push_text(&object, beside)
    }

    pub(super) fn push_text(&self, object: &str, beside: &[(&str, &str)]) -> Call {
        self.send(PAR, &[&[("client_id", self.app.id.as_str()), ("request", object)], beside].concat())
    }

    /// Where the browser is sent with a pushed request.
    #[track_caller]
    pub(super) fn address(&self, pushed: &Reply) -> String {
        let uri = pushed.json["request_uri"].as_str().unwrap_or_else(|| panic!("not pushed: {pushed}"));
        let pairs = [("client_id", self.app.id.as_str()), ("request_uri", uri)];
        format!("/oauth2/authorize?{}", encoded(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))))
    }

    /// What the browser brings back for it.
    pub(super) async fn answered(&mut self, pushed: &Reply) -> super::super::stage::Answer {
        let address = self.address(pushed);
        self.ada.open(&address).await;
        answer(&self.ada)
    }

    pub(super) async fn code(&mut self, changes: &[(&str, &str)]) -> String {
        let pushed = self.push(changes).await.expect(201);
        self.answered(&pushed).await["code"].clone()
    }

    /// The page says that the request is none, and nobody is sent anywhere.
    pub(super) async fn is_shown_a_refusal(&mut self, address: &str) {
        self.ada.open(address).await;
        assert_eq!((self.ada.status, self.ada.at.starts_with('/')), (400, true), "{}", self.ada.at);
    }

    /// The server's nonce, which it tells to whoever came without.
    pub(super) async fn nonce(&self) -> String {
        let bare = self.prover.proof(&self.server, "POST", PAR, None);
        let refused = self.push(&[]).header("dpop", &bare).await.refused(400, "use_dpop_nonce");
        refused.header("dpop-nonce").to_owned()
    }

    /// A proof for a POST to this endpoint with these claims over a good one's.
    pub(super) async fn proof(&self, path: &str, changes: &Value) -> String {
        let mut all = json!({ "nonce": self.nonce().await });
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        self.prover.proof_with(&self.server, "POST", path, None, &all)
    }

    /// What is sent for a code, without a proof.
    pub(super) fn redemption(code: &str) -> [(&'static str, &str); 4] {
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)]
    }

    pub(super) async fn redeem(&self, code: &str) -> Reply {
        self.prove(&Self::redemption(code)).await
    }

    /// A token request with a good proof.
    pub(super) async fn prove(&self, fields: &[(&str, &str)]) -> Reply {
        let proof = self.proof(TOKEN, &json!({})).await;
        self.send(TOKEN, fields).header("dpop", &proof).await
    }

    pub(super) async fn tokens(&mut self, changes: &[(&str, &str)]) -> Tokens {
        let code = self.code(changes).await;
        Tokens::of(&self.redeem(&code).await.expect(200))
    }

    /// The protected resource, with the token and a proof for it.
    pub(super) async fn userinfo(&self, token: &str) -> Reply {
        self.userinfo_with(token, &json!({})).await
    }

    pub(super) async fn userinfo_with(&self, token: &str, changes: &Value) -> Reply {
        let proof = self.prover.proof_with(&self.server, "GET", USERINFO, Some(token), changes);
        let call = self.server.anonymous().get(USERINFO).header("authorization", &format!("DPoP {token}"));
        call.header("dpop", &proof).await
    }
}

/// These members instead; `null` leaves one out.
pub(super) fn replace(claims: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
}
