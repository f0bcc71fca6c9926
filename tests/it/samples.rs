//! For every operation a request that succeeds: what the sweeps bend, and what the reference shows.

use std::sync::atomic::{AtomicU32, Ordering};

use edge::{Access, Endpoint};
use http::Method;
use serde_json::{Value, json};

use crate::kit::{Call, Client, PASSWORD, Person, Server};

const NAMES: [&str; 8] = ["ada", "grace", "alan", "edsger", "barbara", "donald", "frances", "tony"];

/// A server, and as many people as samples need.
pub(crate) struct World {
    pub(crate) server: Server,
    people: AtomicU32,
}

impl World {
    pub(crate) async fn open() -> Self {
        Self { server: Server::start().await, people: AtomicU32::new(0) }
    }

    /// An address that nobody has, and a network that nobody came from: limits are for other tests.
    fn stranger(&self) -> (String, Client) {
        let number = self.people.fetch_add(1, Ordering::SeqCst);
        let name = NAMES[number as usize % NAMES.len()];
        let series = number as usize / NAMES.len();
        let email = if series == 0 { format!("{name}@example.com") } else { format!("{name}.{series}@example.com") };
        (email, self.server.anonymous().from(&format!("198.18.{}.{}", number / 250, number % 250)))
    }

    /// Somebody who is signed in.
    pub(crate) async fn person(&self) -> Person {
        let (email, client) = self.stranger();
        self.server.user_at(&client, &email).await
    }

    /// Who may call the endpoint.
    async fn caller(&self, endpoint: &Endpoint) -> Client {
        match endpoint.access {
            Access::Anyone | Access::Public | Access::Open => self.stranger().1,
            Access::SignedIn { .. } => self.person().await.clone(),
            Access::Can { .. } | Access::CanOrSelf { .. } => self.server.root(),
            Access::Account => self.server.account().await.clone(),
        }
    }

    /// A request that is carried out; of a mutation, one that changes something.
    pub(crate) async fn sample(&self, endpoint: &Endpoint) -> Call {
        let facts = &endpoint.facts;
        let (method, template) = (facts.method.as_str(), facts.path);
        let client = self.caller(endpoint).await;
        let path = self.path(template, &client).await;
        match (method, template) {
            ("POST", "/v1/users/{user_id}/enable" | "/api/v1/users/{user_id}/enable") => {
                client.poke(path.replace("/enable", "/disable")).await.expect(200);
            }
            ("POST", "/api/v1/me/sessions/revoke-others") => {
                let me = client.get("/v1/auth/me").await.expect(200);
                self.server.sign_in_at(&self.stranger().1, &me.text("/user/primary_email")).await;
            }
            ("DELETE", "/v1/sessions") => {
                return client.delete(format!("{path}?user_id={}", self.person().await.id));
            }
            _ => {}
        }
        let call = client.call(Method::from_bytes(method.as_bytes()).unwrap(), path);
        Call { body: self.body(method, template).await, ..call }
    }

    /// The template with the ids of things that are there.
    async fn path(&self, template: &str, client: &Client) -> String {
        let Some((before, rest)) = template.split_once('{') else { return template.to_owned() };
        let (parameter, after) = rest.split_once('}').unwrap();
        let id = match (parameter, before) {
            ("user_id", _) if after.contains("sessions") => self.person().await.id,
            ("user_id", _) => self.server.root().create_user(&self.stranger().0).await.id(),
            ("session_id", "/api/v1/me/sessions/") => client.get("/v1/auth/me").await.expect(200).text("/session/id"),
            ("session_id", _) => self.person().await.session_id,
            ("api_key_id", _) => {
                let body = json!({ "name": "staging backend", "scopes": ["users:read"] });
                self.server.root().post("/v1/api-keys", body).await.expect(201).id()
            }
            ("event_id", _) => {
                let user = self.server.root().create_user(&self.stranger().0).await.id();
                let events = self.server.root().get(format!("/v1/audit/events?target_id={user}")).await.expect(200);
                events.text("/0/id")
            }
            ("application_id", _) => self.server.application_id().to_owned(),
            _ => panic!("{template}: say here what {parameter} is"),
        };
        format!("{before}{id}{after}")
    }

    /// What to send, where something is needed.
    async fn body(&self, method: &str, template: &str) -> Option<Value> {
        let sign_in = |email: &str| json!({ "email": email, "password": PASSWORD });
        Some(match (method, template) {
            ("POST", "/v1/users") => json!({
                "primary_email": self.stranger().0, "email_verified": true, "name": "Ada Lovelace", "locale": "en-GB",
                "public_metadata": { "plan": "pro" }, "private_metadata": { "crm": "A-1815" },
            }),
            ("PATCH", "/v1/users/{user_id}" | "/api/v1/users/{user_id}") => {
                json!({ "given_name": "Ada", "family_name": "Lovelace", "picture": null })
            }
            ("POST", "/v1/users/{user_id}/password") => {
                json!({ "password": "an entirely different phrase", "end_sessions": true })
            }
            ("POST", "/v1/api-keys") => {
                json!({ "name": "production backend", "scopes": ["users:read", "users:write"] })
            }
            ("POST", "/v1/api-keys/{api_key_id}/rotate") => json!({ "overlap_seconds": 3_600 }),
            ("POST", "/v1/auth/sign-up" | "/api/v1/auth/register") => {
                json!({ "email": self.stranger().0, "password": PASSWORD, "name": "Ada Lovelace" })
            }
            ("POST", "/v1/auth/sign-in" | "/api/v1/auth/login") => sign_in(&self.person().await.email),
            ("POST", "/v1/auth/password/change") => {
                json!({ "current_password": PASSWORD, "new_password": "an entirely different phrase", "end_other_sessions": true })
            }
            ("POST", "/v1/sessions/tokens") => json!({ "refresh_token": self.person().await.refresh_token }),
            ("POST", "/v1/sessions/verify") => json!({ "token": self.person().await.access_token }),
            ("PATCH", "/v1/settings") => {
                json!({ "allowed_origins": ["https://app.example.com"], "sessions": { "idle_seconds": 86_400 } })
            }
            ("POST", "/v1/dashboard/sign-up") => {
                json!({ "email": self.stranger().0, "password": PASSWORD, "name": "Ada Lovelace", "team_name": "Analytical Engines" })
            }
            ("POST", "/v1/dashboard/sign-in") => sign_in(&self.server.account().await.email),
            ("POST", "/v1/dashboard/refresh") => json!({ "refresh_token": self.server.account().await.refresh_token }),
            ("PATCH", "/v1/dashboard/account") => json!({ "name": "Charles Babbage" }),
            ("POST", "/v1/dashboard/applications") => json!({ "name": "Shop", "environment": "production" }),
            ("PATCH", "/v1/dashboard/applications/{application_id}") => json!({ "name": "Shop" }),
            ("PATCH", "/api/v1/me/profile") => json!({ "given_name": "Ada", "attributes": { "theme": "dark" } }),
            ("POST", "/api/v1/me/password") => json!({ "current": PASSWORD, "next": "an entirely different phrase" }),
            ("POST", "/api/v1/users") => {
                json!({ "email": self.stranger().0, "email_verified": true, "name": "Ada Lovelace", "attributes": { "team": "blue" } })
            }
            _ => return None,
        })
    }
}
