//! For every operation a request that succeeds: what the sweeps bend, and what the reference shows.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use edge::{Access, Endpoint};
use http::Method;
use serde_json::{Value, json};

use crate::kit::{Call, Client, PASSWORD, Person, Server};

const NAMES: [&str; 8] = ["ada", "grace", "alan", "edsger", "barbara", "donald", "frances", "tony"];

/// A server, and as many people as samples need.
pub(crate) struct World {
    pub(crate) server: Server,
    people: AtomicU32,
    /// Does nobody sign up by themselves, since a sample needed a waiting list?
    has_waitlist: AtomicBool,
}

impl World {
    pub(crate) async fn open() -> Self {
        Self { server: Server::start().await, people: AtomicU32::new(0), has_waitlist: AtomicBool::new(false) }
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
        // Not by signing up: another sample may have closed that.
        let body = json!({ "primary_email": email, "password": PASSWORD });
        self.server.root().post("/v1/users", body).await.expect(201);
        self.server.sign_in_at(&client, &email).await
    }

    /// Who may call the endpoint.
    async fn caller(&self, endpoint: &Endpoint) -> Client {
        match endpoint.access {
            Access::Anyone
            | Access::Public
            | Access::MaybeSignedIn
            | Access::Browser
            | Access::Open
            | Access::Client
            | Access::Token => self.stranger().1,
            Access::SignedIn { .. } => self.person().await.clone(),
            Access::Can { .. } | Access::CanOrSelf { .. } => self.server.root(),
            Access::Account => self.server.account().await.clone(),
        }
    }

    async fn open_sign_up(&self) {
        if self.has_waitlist.swap(false, Ordering::SeqCst) {
            self.server.root().patch("/v1/settings", json!({ "sign_up": { "mode": "open" } })).await.expect(200);
        }
    }

    /// A request that is carried out; of a mutation, one that changes something.
    pub(crate) async fn sample(&self, endpoint: &Endpoint) -> Call {
        let facts = &endpoint.facts;
        let (method, template) = (facts.method.as_str(), facts.path);
        self.open_sign_up().await;
        self.has_waitlist.store(
            matches!(template, "/v1/waitlist" | "/v1/waitlist/{entry_id}/decision" | "/v1/invitations/accept"),
            Ordering::SeqCst,
        );
        if crate::mfa::has_sample(template) {
            let (email, client) = self.stranger();
            return crate::mfa::sample(&client, &email, method, template).await;
        }
        if crate::dashboard::has_sample(method, template) {
            return crate::dashboard::sample(&self.server, &self.stranger().0, method, template).await;
        }
        if crate::throttles::has_sample(template) {
            let (email, client) = self.stranger();
            return crate::throttles::sample(&client, &email, template).await;
        }
        if crate::passkeys::has_sample(template) {
            let (email, client) = self.stranger();
            return crate::passkeys::sample(&client, &email, method, template).await;
        }
        if matches!(template, "/api/v1/me/email/change" | "/api/v1/me/email/confirm") {
            return self.email_change(template).await;
        }
        if crate::oauth::samples::has_sample(template) {
            let person = self.person().await;
            let root = (*person).clone().bearer(self.server.root_key());
            return crate::oauth::samples::sample(&root, &person, method, template).await;
        }
        if crate::access::has_sample(template) {
            let email = self.stranger().0;
            return crate::access::sample(&self.server, &email, &self.person().await, method, template).await;
        }
        let client = self.caller(endpoint).await;
        if crate::federation::has_sample(template) {
            return crate::federation::sample(&self.server, &client, &self.stranger().0, method, template).await;
        }
        let path = self.path(template, &client).await;
        match (method, template) {
            ("POST", "/v1/users/{user_id}/enable" | "/api/v1/users/{user_id}/enable") => {
                client.poke(path.replace("/enable", "/disable")).await.expect(200);
            }
            ("POST", "/api/v1/me/sessions/revoke-others") => {
                let me = client.get("/v1/auth/me").await.expect(200);
                self.server.sign_in_at(&self.stranger().1, &me.text("/user/primary_email")).await;
            }
            ("POST", "/v1/profile/progress") => {
                let body = self.body(method, template).await;
                return Call { body, ..self.person().await.call(Method::POST, path) };
            }
            ("DELETE", "/v1/sessions") => {
                return client.delete(format!("{path}?user_id={}", self.person().await.id));
            }
            _ => {}
        }
        let call = client.call(Method::from_bytes(method.as_bytes()).unwrap(), path);
        Call { body: self.body(method, template).await, ..call }
    }

    /// Another address, asked for by somebody with two factors, or about to be confirmed.
    async fn email_change(&self, template: &str) -> Call {
        let (email, client) = self.stranger();
        let ada = crate::mfa::with_app(&self.server, &client, &email).await;
        let (new, anyone) = self.stranger();
        if template == "/api/v1/me/email/change" {
            return ada.post(template, json!({ "email": new }));
        }
        ada.post("/api/v1/me/email/change", json!({ "email": new })).await.expect(202);
        anyone.post(template, json!({ "token": self.server.mailed_token(&new).await }))
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
            ("flow_id", _) => {
                let ada = self.person().await;
                let body = json!({ "must_change": true });
                self.server.root().post(format!("/v1/users/{}/password", ada.id), body).await.expect(200);
                let (_, anyone) = self.stranger();
                anyone.sign_in(&ada.email, PASSWORD).await.expect(200).text("/flow/id")
            }
            ("api_key_id", _) => {
                let body = json!({ "name": "staging backend", "scopes": ["users:read"] });
                self.server.root().post("/v1/api-keys", body).await.expect(201).id()
            }
            ("job_id", _) => {
                let job = self.server.root().post("/api/v1/users/bulk-import", self.import()).await.expect(202);
                self.server.run_jobs().await;
                job.id()
            }
            ("event_id", _) => {
                let user = self.server.root().create_user(&self.stranger().0).await.id();
                let events = self.server.root().get(format!("/v1/audit/events?target_id={user}")).await.expect(200);
                events.text("/0/id")
            }
            ("entry_id", _) => crate::waitlist::entry(&self.server, &self.stranger().0).await,
            ("field_id", _) => {
                let name = format!("field_{}", self.people.fetch_add(1, Ordering::SeqCst));
                crate::profile_fields::field(&self.server, &name, json!({})).await
            }
            ("provider", "/v1/settings/providers/") => {
                let body = json!({ "client_id": "acme", "issuer": "https://login.example.com" });
                self.server.root().put("/v1/settings/providers/staff", body).await.expect(200);
                "staff".to_owned()
            }
            ("template", _) => "magic_link".to_owned(),
            ("application_id", _) => self.server.application_id().to_owned(),
            _ => panic!("{template}: say here what {parameter} is"),
        };
        format!("{before}{id}{after}")
    }

    /// One user as another system kept them.
    fn import(&self) -> Value {
        let hash = "$2b$10$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
        json!({ "users": [{ "primary_email": self.stranger().0, "email_verified": true, "name": "Ada Lovelace", "password_hash": hash }] })
    }

    /// What to send, where something is needed.
    #[expect(clippy::too_many_lines, reason = "one table, an arm an endpoint")]
    async fn body(&self, method: &str, template: &str) -> Option<Value> {
        let sign_in = |email: &str| json!({ "email": email, "password": PASSWORD });
        Some(match (method, template) {
            ("POST", "/v1/users") => json!({
                "primary_email": self.stranger().0, "email_verified": true, "name": "Ada Lovelace", "locale": "en-GB",
                "public_metadata": { "plan": "pro" }, "private_metadata": { "crm": "A-1815" },
            }),
            ("POST", "/v1/users/import" | "/api/v1/users/bulk-import") => self.import(),
            ("POST", "/api/v1/users/bulk-export") => {
                self.server.root().create_user(&self.stranger().0).await;
                json!({ "include_password_hashes": false })
            }
            ("POST", "/v1/users/merge") => {
                let (source, target) = (self.stranger().0, self.stranger().0);
                let root = self.server.root();
                let (source, target) = (root.create_user(&source).await.id(), root.create_user(&target).await.id());
                json!({ "source_user_id": source, "target_user_id": target, "dry_run": false })
            }
            ("PATCH", "/v1/users/{user_id}" | "/api/v1/users/{user_id}") => {
                json!({ "given_name": "Ada", "family_name": "Lovelace", "picture": null })
            }
            ("POST", "/v1/users/{user_id}/password") => {
                json!({ "password": "an entirely different phrase", "end_sessions": true })
            }
            ("POST", "/api/v1/users/{user_id}/reset-password") => {
                json!({ "temporary_password": "an entirely different phrase" })
            }
            ("POST", "/v1/api-keys") => {
                json!({ "name": "production backend", "scopes": ["users:read", "users:write"] })
            }
            ("POST", "/v1/api-keys/{api_key_id}/rotate") => json!({ "overlap_seconds": 3_600 }),
            ("POST", "/v1/auth/sign-up" | "/api/v1/auth/register") => {
                self.server.root().patch("/v1/settings", json!({ "sign_up": null })).await.expect(200);
                json!({ "email": self.stranger().0, "password": PASSWORD, "name": "Ada Lovelace" })
            }
            ("POST", "/v1/auth/sign-in" | "/api/v1/auth/login") => sign_in(&self.person().await.email),
            ("POST", "/v1/auth/password/change") => {
                json!({ "current_password": PASSWORD, "new_password": "an entirely different phrase", "end_other_sessions": true })
            }
            ("POST", "/v1/sessions/tokens") => json!({ "refresh_token": self.person().await.refresh_token }),
            ("POST", "/v1/sessions/verify") => json!({ "token": self.person().await.access_token }),
            ("PUT", "/v1/settings/sign-in") => {
                json!({ "methods": ["password", "passkey", "social", "magic_link", "email_code"], "anonymous": true, "magic_link_other_browser": true })
            }
            ("PUT", "/v1/settings/mfa") => {
                json!({ "policy": "optional", "factors": ["totp", "passkey", "email", "recovery_code"] })
            }
            ("PUT", "/v1/settings/sessions") => json!({ "idle_seconds": 86_400, "max_per_user": 50 }),
            ("PUT", "/v1/settings/branding") => {
                json!({ "display_name": "Acme", "colors": { "light": { "accent": "#1d4ed8" } }, "locales": ["en", "de"] })
            }
            ("PUT", "/v1/settings/providers/{provider}") => {
                json!({ "client_id": "acme", "client_secret": "s3cr3t", "issuer": "https://id.example.com" })
            }
            ("PUT", "/v1/settings/oauth") => json!({
                "registration": "protected", "scopes": [{ "name": "invoices:read", "description": "See your invoices" }],
                "resources": [{ "identifier": "https://api.example.com", "name": "Invoices", "open_to_all_clients": true }],
                "trusted_issuers": [{
                    "issuer": "https://hr.example.com", "jwks_uri": "https://hr.example.com/keys.json",
                    "scopes": ["invoices:read"], "resources": ["https://api.example.com"],
                }],
            }),
            ("PUT", "/v1/settings/messaging") => crate::messaging::sample_senders(),
            ("POST", "/v1/settings/messaging/test") => {
                json!({ "channel": "email", "to": "ada@example.com", "locale": "en" })
            }
            ("PUT", "/v1/settings/templates/{template}") => {
                json!({ "locale": "en", "subject": "Your link to {{ app_name }}", "html": "<p><a href=\"{{ link }}\">Sign in</a></p>" })
            }
            ("POST", "/v1/settings/templates/{template}/preview") => json!({ "locale": "de" }),
            ("PUT", "/v1/consent") => {
                let purpose = json!({ "name": "newsletter", "version": 2, "title": "News by mail", "url": "https://example.com/news" });
                self.server
                    .root()
                    .patch("/v1/settings", json!({ "consent": { "purposes": [purpose] } }))
                    .await
                    .expect(200);
                json!({
                    "user_id": self.person().await.id, "decisions": [{ "purpose": "newsletter", "version": 2, "granted": true }],
                    "proof": { "ip": "203.0.113.7", "evidence": "the box under the sign-up form" },
                })
            }
            ("POST", "/v1/waitlist") => {
                self.server
                    .root()
                    .patch("/v1/settings", json!({ "sign_up": { "mode": "waitlist" } }))
                    .await
                    .expect(200);
                json!({ "email": self.stranger().0, "name": "Ada Lovelace", "locale": "en" })
            }
            ("POST", "/v1/waitlist/{entry_id}/decision") => json!({ "decision": "approve" }),
            ("POST", "/v1/invitations/accept") => {
                json!({ "token": crate::waitlist::invitation(&self.server, &self.stranger().0).await, "name": "Ada Lovelace" })
            }
            ("POST", "/v1/profile-fields") => json!({
                "name": format!("company_{}", self.people.fetch_add(1, Ordering::SeqCst)), "label": "Where do you work?",
                "kind": { "type": "text", "max_length": 100 }, "required": true, "ask": { "when": "sign_up" },
            }),
            ("PATCH", "/v1/profile-fields/{field_id}") => {
                json!({ "label": "Which company?", "ask": { "when": "sign_in", "number": 3 } })
            }
            ("POST", "/v1/profile/progress") => json!({ "answers": {} }),
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
            (
                "POST",
                "/v1/auth/magic-links"
                | "/v1/auth/otp"
                | "/v1/auth/verifications"
                | "/api/v1/auth/verification/begin"
                | "/v1/auth/password/forgot"
                | "/api/v1/auth/password/forgot"
                | "/api/v1/auth/otp/begin"
                | "/v1/dashboard/password/forgot",
            ) => {
                json!({ "email": self.person().await.email })
            }
            ("POST", "/v1/auth/magic-links/verify") => {
                let (email, anyone) = (self.person().await.email, self.server.anonymous());
                let sent = anyone.post("/v1/auth/magic-links", json!({ "email": email })).await.expect(202);
                json!({ "token": self.server.mailed_token(&email).await, "browser_token": sent.data()["browser_token"] })
            }
            ("POST", "/v1/auth/otp/verify" | "/api/v1/auth/otp/complete") => {
                let (email, anyone) = (self.person().await.email, self.server.anonymous());
                let sent = anyone.post("/v1/auth/otp", json!({ "email": email })).await.expect(202);
                json!({ "challenge_id": sent.data()["challenge_id"], "code": self.server.mailed_code(&email).await })
            }
            ("POST", "/v1/auth/password/reset" | "/api/v1/auth/password/reset") => {
                let email = self.person().await.email;
                self.server.anonymous().post("/v1/auth/password/forgot", json!({ "email": email })).await.expect(202);
                json!({ "token": self.server.mailed_token(&email).await, "new_password": "an entirely different phrase" })
            }
            ("POST", "/v1/dashboard/password/reset") => {
                let email = self.server.account().await.email.clone();
                let body = json!({ "email": email });
                self.server.anonymous().post("/v1/dashboard/password/forgot", body).await.expect(202);
                json!({ "token": self.server.mailed_token(&email).await, "new_password": PASSWORD })
            }
            (
                "POST",
                "/v1/auth/verifications/confirm" | "/api/v1/auth/email/verify" | "/api/v1/auth/verification/complete",
            ) => {
                let email = self.person().await.email;
                let body = json!({ "email": email });
                self.server.anonymous().post("/v1/auth/verifications", body).await.expect(202);
                json!({ "token": self.server.mailed_token(&email).await })
            }
            ("POST", "/v1/auth/anonymous") => {
                let body = json!({ "anonymous": true });
                self.server.root().put("/v1/settings/sign-in", body).await.expect(200);
                json!({ "locale": "en" })
            }
            _ => return None,
        })
    }
}
