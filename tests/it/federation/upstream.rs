//! A provider on this machine: honest unless told otherwise.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, Jwk, JwkSet, SigningKey};
use parking_lot::Mutex;
use reqwest::Url;
use serde_json::{Map, Value, json};

/// When the servers of this suite are started.
pub(super) const NOW: i64 = 1_768_469_400;
pub(super) const CLIENT_ID: &str = "portcullis";
pub(super) const CLIENT_SECRET: &str = "upstream client secret";

/// The provider. Clones are the same one.
#[derive(Clone)]
pub(super) struct Upstream(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    key: SigningKey,
    codes: AtomicU32,
    grants: Mutex<HashMap<String, Grant>>,
    script: Mutex<Script>,
    /// How often each endpoint was asked.
    asked: Mutex<HashMap<&'static str, u32>>,
}

/// What a code was given for.
#[derive(Clone)]
struct Grant {
    nonce: Option<String>,
    challenge: Option<String>,
    redirect_uri: String,
}

/// How an ID token is made out of the honest claims.
type Forge = Box<dyn Fn(&SigningKey, Value) -> Option<String> + Send>;

/// What it says and how.
pub(super) struct Script {
    /// Over the honest claims; `null` takes one away.
    pub(super) claims: Value,
    /// Over the honest metadata.
    pub(super) metadata: Value,
    pub(super) user_info: Option<Value>,
    /// The published keys, instead of its own.
    pub(super) keys: Option<JwkSet>,
    pub(super) forge: Forge,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            claims: json!({}),
            metadata: json!({}),
            user_info: None,
            keys: None,
            forge: Box::new(|key, claims| key.sign("JWT", &claims).ok()),
        }
    }
}

impl Upstream {
    pub(super) async fn start() -> Self {
        Self::start_with(SigningKey::generate(Algorithm::EdDsa).unwrap()).await
    }

    #[expect(clippy::disallowed_methods, reason = "the provider lives as long as the test's runtime")]
    pub(super) async fn start_with(key: SigningKey) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = Self(Arc::new(Inner {
            address,
            key,
            codes: AtomicU32::new(0),
            grants: Mutex::default(),
            script: Mutex::default(),
            asked: Mutex::default(),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(upstream.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        upstream
    }

    pub(super) fn issuer(&self) -> String {
        format!("http://{}", self.0.address)
    }

    pub(super) fn key(&self) -> &SigningKey {
        &self.0.key
    }

    /// From now on it lies so.
    pub(super) fn lie(&self, script: Script) {
        *self.0.script.lock() = script;
    }

    /// It says these claims over the honest ones.
    pub(super) fn say(&self, claims: Value) {
        self.lie(Script { claims, ..Script::default() });
    }

    /// The person consents: a code for this request.
    pub(super) fn consent(&self, request: &Url) -> String {
        let found: HashMap<String, String> = request.query_pairs().into_owned().collect();
        let code = format!("code-{}", self.0.codes.fetch_add(1, Ordering::SeqCst));
        let grant = Grant {
            nonce: found.get("nonce").cloned(),
            challenge: found.get("code_challenge").cloned(),
            redirect_uri: found["redirect_uri"].clone(),
        };
        self.0.grants.lock().insert(code.clone(), grant);
        code
    }

    pub(super) fn asked(&self, what: &str) -> u32 {
        self.0.asked.lock().get(what).copied().unwrap_or(0)
    }

    fn note(&self, what: &'static str) {
        *self.0.asked.lock().entry(what).or_default() += 1;
    }
}

async fn metadata(State(upstream): State<Upstream>) -> Json<Value> {
    upstream.note("metadata");
    let issuer = upstream.issuer();
    let honest = json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
    });
    Json(over(honest, &upstream.0.script.lock().metadata))
}

async fn keys(State(upstream): State<Upstream>) -> Json<JwkSet> {
    upstream.note("keys");
    let own = JwkSet { keys: vec![upstream.key().public_jwk()] };
    Json(upstream.0.script.lock().keys.clone().unwrap_or(own))
}

async fn token(State(upstream): State<Upstream>, Form(form): Form<HashMap<String, String>>) -> Response {
    upstream.note("token");
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if (field("client_id"), field("client_secret")) != (CLIENT_ID, CLIENT_SECRET) {
        return refused("invalid_client");
    }
    let Some(grant) = upstream.0.grants.lock().remove(field("code")) else { return refused("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(vault::digest(field("code_verifier").as_bytes()));
    if grant.challenge.as_deref() != Some(&challenge) || grant.redirect_uri != field("redirect_uri") {
        return refused("invalid_grant");
    }
    let script = upstream.0.script.lock();
    let honest = json!({
        "iss": upstream.issuer(), "aud": CLIENT_ID, "sub": "upstream-1815", "nonce": grant.nonce,
        "iat": NOW, "exp": NOW + 3_600, "email": "ada@example.com", "email_verified": true, "name": "Ada Lovelace",
        "given_name": "Ada", "picture": "https://img.example.com/ada.png", "locale": "en-GB",
    });
    let id_token = (script.forge)(upstream.key(), over(honest, &script.claims));
    Json(json!({
        "access_token": "upstream access token", "refresh_token": "upstream refresh token", "token_type": "Bearer",
        "expires_in": 3_600, "scope": "openid email", "id_token": id_token,
    }))
    .into_response()
}

async fn user_info(State(upstream): State<Upstream>, headers: HeaderMap) -> Response {
    upstream.note("userinfo");
    let is_theirs = headers.get("authorization").is_some_and(|value| value == "Bearer upstream access token");
    match &upstream.0.script.lock().user_info {
        Some(claims) if is_theirs => Json(claims.clone()).into_response(),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

fn over(honest: Value, lies: &Value) -> Value {
    let Value::Object(mut claims) = honest else { return honest };
    for (name, value) in lies.as_object().unwrap_or(&Map::new()) {
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.clone(), value.clone());
        }
    }
    claims.into()
}

/// A token put together by hand: whatever header, signed with the provider's key.
pub(super) fn signed_with_header(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign_bytes(signed.as_bytes()).unwrap()))
}

/// A key set with one key.
pub(super) fn only(key: Jwk) -> JwkSet {
    JwkSet { keys: vec![key] }
}
