//! Who calls: nobody, a person, an API key, a dashboard account, another tenant.

use std::{
    net::{IpAddr, Ipv4Addr},
    ops::Deref,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use super::{Call, Reply, Server};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// One caller with its headers.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) server: Server,
    headers: HeaderMap,
    peer: IpAddr,
}

impl Client {
    pub(crate) fn new(server: Server) -> Self {
        let peer = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
        let client = Self { headers: HeaderMap::new(), peer, server };
        let application = client.server.application_id().to_owned();
        client
            .with("host", "localhost:8080")
            .with("x-application-id", &application)
            .with("user-agent", "example-client/1.0")
    }

    /// The same caller with this header on every request.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same caller at another application.
    pub(crate) fn at_application(self, id: &str) -> Self {
        self.with("x-application-id", id)
    }

    /// The same caller from another address.
    pub(crate) fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    pub(crate) fn call(&self, method: Method, path: impl Into<String>) -> Call {
        Call {
            server: self.server.clone(),
            method,
            path: path.into(),
            headers: self.headers.clone(),
            body: None,
            raw: None,
            peer: self.peer,
        }
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Call {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: impl Into<String>, body: Value) -> Call {
        Call { body: Some(body), ..self.call(Method::POST, path) }
    }

    /// A POST without a body.
    pub(crate) fn poke(&self, path: impl Into<String>) -> Call {
        self.call(Method::POST, path)
    }

    pub(crate) fn put(&self, path: impl Into<String>, body: Value) -> Call {
        Call { body: Some(body), ..self.call(Method::PUT, path) }
    }

    pub(crate) fn patch(&self, path: impl Into<String>, body: Value) -> Call {
        Call { body: Some(body), ..self.call(Method::PATCH, path) }
    }

    pub(crate) fn delete(&self, path: impl Into<String>) -> Call {
        self.call(Method::DELETE, path)
    }

    /// All items of a list, page by page.
    pub(crate) async fn walk(&self, path: &str, limit: u32) -> Vec<Value> {
        let join = if path.contains('?') { '&' } else { '?' };
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(format!("{path}{join}limit={limit}&cursor={cursor}")).await.expect(200);
            assert!(page.items().len() <= limit as usize, "{page}");
            items.extend_from_slice(page.items());
            match page.meta("next_cursor").as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return items,
            }
        }
    }

    pub(crate) async fn sign_up(&self, email: &str) -> Reply {
        self.post("/v1/auth/sign-up", json!({ "email": email, "password": PASSWORD })).await
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Reply {
        self.post("/v1/auth/sign-in", json!({ "email": email, "password": password })).await
    }

    /// A user made by the application; without a password.
    pub(crate) async fn create_user(&self, email: &str) -> Reply {
        self.post("/v1/users", json!({ "primary_email": email })).await.expect(201)
    }
}

/// Somebody with a session: an end user, or a dashboard account.
pub(crate) struct Person {
    client: Client,
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) session_id: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

impl Person {
    /// Whom a sign-in let in.
    #[track_caller]
    pub(crate) fn of(client: Client, email: &str, signed_in: &Reply) -> Self {
        let access_token = signed_in.text("/access_token");
        Self {
            client: client.bearer(&access_token),
            id: signed_in.text("/user/id"),
            email: email.to_owned(),
            session_id: signed_in.text("/session/id"),
            access_token,
            refresh_token: signed_in.text("/refresh_token"),
        }
    }
}

impl Deref for Person {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Another application of the deployment, and its first API key.
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) api_key: Client,
}

impl Server {
    /// The first API key, which may do everything.
    pub(crate) fn root(&self) -> Client {
        self.anonymous().bearer(self.root_key())
    }

    /// An API key with these permissions and no other.
    pub(crate) async fn api_key(&self, scopes: &[&str]) -> Client {
        let body = json!({ "name": "of a test", "scopes": scopes });
        let created = self.root().post("/v1/api-keys", body).await.expect(201);
        self.anonymous().bearer(&created.text("/secret"))
    }

    /// A person who signed up and in at the first application.
    pub(crate) async fn user(&self, email: &str) -> Person {
        self.user_at(&self.anonymous(), email).await
    }

    /// A person who signed up and in where this client is.
    pub(crate) async fn user_at(&self, client: &Client, email: &str) -> Person {
        client.sign_up(email).await.expect(202);
        self.sign_in_at(client, email).await
    }

    /// One more session of a person.
    pub(crate) async fn sign_in_at(&self, client: &Client, email: &str) -> Person {
        let client = client.clone().without("authorization");
        let signed_in = client.sign_in(email, PASSWORD).await.expect(200);
        Person::of(client, email, &signed_in)
    }

    /// The owner of the first team, in a session of its own. The first call claims the deployment.
    pub(crate) async fn account(&self) -> Person {
        let email = "owner@example.com";
        let body = json!({ "email": email, "password": PASSWORD, "claim_token": self.claim_token() });
        let signed_up = self.anonymous().post("/v1/dashboard/sign-up", body).await;
        assert!(signed_up.status == 202 || signed_up.reason() == "claim_refused", "{signed_up}");
        self.account_sign_in(email).await
    }

    /// An account with a team of its own, which owns nothing here.
    pub(crate) async fn other_account(&self, email: &str) -> Person {
        let body = json!({ "email": email, "password": PASSWORD });
        self.anonymous().post("/v1/dashboard/sign-up", body).await.expect(202);
        self.account_sign_in(email).await
    }

    async fn account_sign_in(&self, email: &str) -> Person {
        let body = json!({ "email": email, "password": PASSWORD });
        let signed_in = self.anonymous().post("/v1/dashboard/sign-in", body).await.expect(200);
        Person::of(self.anonymous(), email, &signed_in)
    }

    /// Another application of the same team.
    pub(crate) async fn other_tenant(&self, name: &str) -> Tenant {
        let account = self.account().await;
        let created = account.post("/v1/dashboard/applications", json!({ "name": name })).await.expect(201);
        let (id, slug) = (created.id(), created.text("/slug"));
        let api_key = self.anonymous().at_application(&id).bearer(&created.text("/api_key"));
        Tenant { id, slug, api_key }
    }
}

/// What a JWT claims, believed without a look at its signature.
pub(crate) fn claims_of(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
