//! OAuth clients of tests, and what they send.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::kit::{Call, Client, Person, Reply, Server};

pub(crate) const ISSUER: &str = "http://localhost:8080";
pub(crate) const REDIRECT: &str = "https://app.example/callback";
/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An OAuth client with its credentials.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) caller: Client,
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
}

/// A form's body.
pub(crate) fn encoded(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

impl App {
    /// A client, as whoever runs the application makes it.
    pub(crate) async fn create(server: &Server, body: Value) -> Self {
        Self::create_at(&server.root(), body).await
    }

    pub(crate) async fn create_at(root: &Client, body: Value) -> Self {
        let created = root.post("/api/v1/applications", body).await.expect(201);
        let secret = created.data()["client_secret"].as_str().map(str::to_owned);
        Self { caller: root.clone().without("authorization"), id: created.text("/client_id"), secret }
    }

    /// A server that signs people in, with everything on: the tenant's own, so that nobody is asked.
    pub(crate) async fn web(server: &Server) -> Self {
        Self::create(server, Self::web_body()).await
    }

    pub(crate) fn web_body() -> Value {
        json!({
            "type": "web", "name": "Web", "redirect_uris": [REDIRECT], "skip_consent": true,
            "allowed_scopes": ["openid", "profile", "email", "phone", "offline_access", "me:read"],
        })
    }

    /// A single-page app.
    pub(crate) async fn spa(server: &Server) -> Self {
        let body = json!({
            "type": "spa", "name": "Spa", "redirect_uris": [REDIRECT], "skip_consent": true,
            "allowed_scopes": ["openid", "profile", "email", "offline_access", "me:read"],
        });
        Self::create(server, body).await
    }

    /// A machine that may read users.
    pub(crate) async fn machine(server: &Server) -> Self {
        let body = json!({ "type": "m2m", "name": "Machine", "allowed_scopes": ["users:read"] });
        Self::create(server, body).await
    }

    /// A form of this client to one of the endpoints, with its credentials.
    pub(crate) fn send(&self, path: &str, pairs: &[(&str, &str)]) -> Call {
        let call = self.caller.poke(path).header("content-type", "application/x-www-form-urlencoded");
        if let Some(secret) = &self.secret {
            let basic = STANDARD.encode(format!("{}:{secret}", self.id));
            call.header("authorization", &format!("Basic {basic}")).raw(encoded(pairs))
        } else {
            let mut pairs = pairs.to_vec();
            pairs.push(("client_id", &self.id));
            call.raw(encoded(&pairs))
        }
    }

    pub(crate) fn token(&self, pairs: &[(&str, &str)]) -> Call {
        self.send("/oauth2/token", pairs)
    }

    /// The code that this person's browser brings back.
    pub(crate) async fn code(&self, person: &Person, more: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("client_id", self.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", "xyz"),
        ];
        pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        let answer = browser(person).get(format!("/oauth2/authorize?{}", encoded(&pairs))).await;
        let location = answer.header("location").to_owned();
        let query = location.split_once('?').unwrap_or_else(|| panic!("no code: {answer}")).1;
        let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
        code.unwrap_or_else(|| panic!("no code: {location}")).to_owned()
    }

    pub(crate) fn redeem(&self, code: &str) -> Call {
        self.token(&Self::redemption(code))
    }

    pub(crate) fn redemption(code: &str) -> [(&'static str, &str); 4] {
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)]
    }

    /// Tokens of this person for these scopes.
    pub(crate) async fn tokens(&self, person: &Person, scope: &str) -> Tokens {
        let code = self.code(person, &[("scope", scope)]).await;
        Tokens::of(&self.redeem(&code).await.expect(200))
    }

    pub(crate) fn refresh(&self, token: &str) -> Call {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    pub(crate) async fn own_token(&self) -> String {
        Tokens::of(&self.token(&[("grant_type", "client_credentials")]).await.expect(200)).access
    }

    /// What is said of a token.
    pub(crate) async fn introspect(&self, token: &str) -> Value {
        self.send("/oauth2/introspect", &[("token", token)]).await.expect(200).json
    }
}

/// An answer of the token endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) json: Value,
}

impl Tokens {
    #[track_caller]
    pub(crate) fn of(reply: &Reply) -> Self {
        let text = |name: &str| reply.json[name].as_str().map(str::to_owned);
        Self {
            access: text("access_token").unwrap_or_else(|| panic!("no token: {reply}")),
            refresh: text("refresh_token"),
            id: text("id_token"),
            json: reply.json.clone(),
        }
    }

    #[track_caller]
    pub(crate) fn refresh(&self) -> &str {
        self.refresh.as_deref().unwrap()
    }
}

/// This person with a browser: the session's token is in a cookie.
pub(crate) fn browser(person: &Person) -> Client {
    let tenant = person.server.application_id().replace('-', "");
    (**person).clone().without("authorization").with("cookie", &format!("pc_at_{tenant}={}", person.access_token))
}

/// Verify a token as anybody would, with the published keys.
pub(crate) async fn verified(server: &Server, token: &str, typ: &str) -> Value {
    let keys: jose::JwkSet =
        serde_json::from_value(server.anonymous().get("/.well-known/jwks.json").await.expect(200).json).unwrap();
    let key = |kid: &str| {
        let jwk = keys.keys.iter().find(|key| key.kid.as_deref() == Some(kid))?;
        jose::VerifyingKey::from_jwk(jwk).ok()
    };
    jose::verify(token, typ, key).unwrap().claims().unwrap()
}

pub(crate) fn header_of(token: &str) -> Value {
    let header = token.split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

/// Somebody who makes DPoP proofs.
pub(crate) struct Prover(SigningKey);

impl Prover {
    pub(crate) fn new() -> Self {
        Self(SigningKey::generate(Algorithm::Es256).unwrap())
    }

    pub(crate) fn thumbprint(&self) -> String {
        self.0.public_jwk().thumbprint().unwrap()
    }

    /// A proof for this request.
    pub(crate) fn proof(&self, server: &Server, method: &str, path: &str, token: Option<&str>) -> String {
        self.proof_with(server, method, path, token, &json!({}))
    }

    /// With these claims instead or beside; `null` leaves one out.
    pub(crate) fn proof_with(
        &self,
        server: &Server,
        method: &str,
        path: &str,
        token: Option<&str>,
        changes: &Value,
    ) -> String {
        let mut claims = json!({
            "jti": once(), "htm": method, "htu": format!("{ISSUER}{path}"),
            "iat": server.now().as_seconds(),
        });
        if let Some(token) = token {
            claims["ath"] = json!(URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())));
        }
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                drop(claims.as_object_mut().unwrap().remove(name));
            } else {
                claims[name] = value.clone();
            }
        }
        let mut jwk = serde_json::to_value(self.0.public_jwk()).unwrap();
        for name in ["kid", "alg", "use"] {
            jwk.as_object_mut().unwrap().remove(name);
        }
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.0.sign_bytes(signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A name that was never said before.
pub(crate) fn once() -> String {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    format!("once-{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
}
