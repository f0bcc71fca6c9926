//! An application with a provider, browsers that go there and back, and the application's own last step.

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicU32, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Url;
use serde_json::{Value, json};

use super::upstream::{CLIENT_ID, CLIENT_SECRET, Script, Upstream};
use crate::kit::{Call, Client, Reply, Server};

pub(super) const APP: &str = "https://app.example.com/callback";
pub(super) const VERIFIER: &str = "a-verifier-that-only-the-application-knows-0";
pub(super) const SLUG: &str = "acme";

pub(super) struct Stage {
    pub(super) server: Server,
    pub(super) upstream: Upstream,
    browsers: AtomicU32,
}

impl Stage {
    /// The provider `acme`, which is trusted for addresses at `example.com`.
    pub(super) async fn open() -> Self {
        Self::open_at(Upstream::start().await).await
    }

    pub(super) async fn open_at(upstream: Upstream) -> Self {
        Self::at(Server::start().await, upstream).await
    }

    pub(super) async fn at(server: Server, upstream: Upstream) -> Self {
        server.root().patch("/v1/settings", json!({ "redirect_uris": [APP] })).await.expect(200);
        let stage = Self { server, upstream, browsers: AtomicU32::new(0) };
        stage.configure(json!({})).await;
        stage
    }

    /// The provider's settings, with these over the usual ones.
    pub(super) async fn configure(&self, over: Value) {
        let mut body = json!({
            "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "issuer": self.upstream.issuer(),
            "trusts_email": true, "trusted_domains": ["example.com"],
        });
        body.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
        self.server.root().put(format!("/v1/settings/providers/{SLUG}"), body).await.expect(200);
    }

    /// A browser that was never here.
    pub(super) fn browser(&self) -> Browser {
        let number = self.browsers.fetch_add(1, Ordering::SeqCst);
        let client = self.server.anonymous().from(&format!("198.51.{}.{}", number / 250, number % 250));
        Browser { client, jar: BTreeMap::new() }
    }

    /// There and back with a new browser: where the application's page was called.
    pub(super) async fn arrive(&self) -> HashMap<String, String> {
        let mut browser = self.browser();
        let request = browser.authorize().await;
        let code = self.upstream.consent(&request);
        browser.come_back(&request, &code).await
    }

    /// The same, and the session.
    pub(super) async fn sign_in(&self) -> Reply {
        let back = self.arrive().await;
        let code = back.get("code").unwrap_or_else(|| panic!("no code: {back:?}"));
        self.exchange(code).await
    }

    pub(super) async fn exchange(&self, code: &str) -> Reply {
        let body = json!({ "code": code, "code_verifier": VERIFIER });
        self.browser().client.post("/v1/auth/handoff", body).await
    }

    /// From now on the provider knows these people and no address of theirs.
    #[expect(clippy::needless_pass_by_value, reason = "called with literals")]
    pub(super) fn without_address(&self, subject: &str, email: Value) {
        let claims = json!({ "sub": subject, "email": email, "name": "Ada" });
        let user_info = Some(json!({ "sub": subject }));
        self.upstream.lie(Script { claims, user_info, ..Script::default() });
    }

    /// The identities of a user, as an administrator sees them.
    pub(super) async fn identities(&self, user: &str) -> Vec<Value> {
        let reply = self.server.root().get(format!("/v1/users/{user}/identities")).await.expect(200);
        reply.items().to_vec()
    }

    pub(super) async fn count_users(&self) -> usize {
        self.server.root().get("/v1/users?limit=200").await.expect(200).items().len()
    }
}

/// What keeps cookies.
#[derive(Clone)]
pub(super) struct Browser {
    pub(super) client: Client,
    jar: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn call(&self, path: &str) -> Call {
        let call = self.client.get(path);
        let cookies: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { call } else { call.header("cookie", &cookies.join("; ")) }
    }

    pub(super) async fn get(&mut self, path: &str) -> Reply {
        let reply = self.call(path).await;
        for (pair, _) in reply.cookies() {
            let (name, value) = pair.split_once('=').unwrap();
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        reply
    }

    /// Where the browser is sent to sign in.
    pub(super) async fn authorize(&mut self) -> Url {
        let reply = self.get(&authorize_path(&[])).await.expect(303);
        location(&reply)
    }

    /// The provider's answer to this request, before it is sent.
    pub(super) fn answer_to(&self, request: &Url, answer: &[(&str, &str)]) -> Call {
        let state = parameters(request)["state"].clone();
        let callback = Url::parse(&parameters(request)["redirect_uri"]).unwrap();
        let mut url = Url::parse("http://localhost").unwrap();
        url.set_path(callback.path());
        url.query_pairs_mut().extend_pairs([("state", state.as_str())]).extend_pairs(answer);
        self.call(&format!("{}?{}", url.path(), url.query().unwrap()))
    }

    /// The provider's answer to this request.
    pub(super) async fn answer(&mut self, request: &Url, answer: &[(&str, &str)]) -> Reply {
        let call = self.answer_to(request, answer);
        self.get(&call.path).await
    }

    /// The same with a code: where the application's page was called.
    pub(super) async fn come_back(&mut self, request: &Url, code: &str) -> HashMap<String, String> {
        let reply = self.answer(request, &[("code", code)]).await.expect(303);
        let url = location(&reply);
        assert!(url.as_str().starts_with(APP), "{url}");
        parameters(&url)
    }
}

/// What begins a sign-in, with these parameters over the usual ones; an empty value takes one away.
pub(super) fn authorize_path(over: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let mut parameters = BTreeMap::from([
        ("redirect_uri", APP),
        ("state", "the application's own"),
        ("code_challenge", challenge.as_str()),
    ]);
    parameters.extend(over.iter().copied());
    let mut url = Url::parse("http://localhost").unwrap();
    url.query_pairs_mut().extend_pairs(parameters.into_iter().filter(|(_, value)| !value.is_empty()));
    format!("/v1/auth/social/{SLUG}/authorize?{}", url.query().unwrap_or_default())
}

pub(super) fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(vault::digest(VERIFIER.as_bytes()))
}

pub(super) fn location(reply: &Reply) -> Url {
    reply.header("location").parse().unwrap_or_else(|_| panic!("no location: {reply}"))
}

pub(super) fn parameters(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}
