//! An authenticator app, a mailbox, and people who have them.

use std::ops::Deref;

use serde_json::{Value, json};

use crate::kit::{Client, PASSWORD, Person, Reply, Server};

/// What shows six digits every half minute.
#[derive(Clone)]
pub(crate) struct App {
    server: Server,
    key: Vec<u8>,
}

impl App {
    /// From the text that a person would type off.
    pub(crate) fn of(server: &Server, base32: &str) -> Self {
        let mut key = Vec::new();
        let (mut pending, mut bits) = (0_u32, 0_u32);
        for digit in base32.bytes() {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == digit).unwrap();
            pending = (pending << 5 | u32::try_from(value).unwrap()) & 0xFFFF;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                key.push(u8::try_from(pending >> bits & 0xFF).unwrap());
            }
        }
        assert_eq!(key.len(), 20, "160 bits");
        Self { server: server.clone(), key }
    }

    /// What it shows now.
    pub(crate) fn code(&self) -> String {
        self.code_in(0)
    }

    /// What it shows so many steps from now.
    pub(crate) fn code_in(&self, steps: i64) -> String {
        otp::totp(&self.key, otp::step_at(self.server.now().as_seconds()) + steps)
    }

    /// Six digits that it shows neither now nor in the steps beside.
    pub(crate) fn wrong_code(&self) -> String {
        let near: Vec<String> = (-1..=1).map(|step| self.code_in(step)).collect();
        (0..1_000_000).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }

    /// Wait until it shows the next one, so that a step that was used is behind us.
    pub(crate) fn next(&self) -> String {
        self.server.turn_clock(std::time::Duration::from_secs(30));
        self.code()
    }
}

/// Somebody with an authenticator app, in a session of two factors.
pub(crate) struct MfaPerson {
    pub(crate) person: Person,
    pub(crate) app: App,
    pub(crate) factor_id: String,
    pub(crate) recovery_codes: Vec<String>,
}

impl Deref for MfaPerson {
    type Target = Person;
    fn deref(&self) -> &Person {
        &self.person
    }
}

/// Enrol an app for whoever calls: the app, its factor's id, and what the activation answered.
pub(crate) async fn enrol_app(server: &Server, client: &Client) -> (App, String, Reply) {
    let begun = client.post("/v1/auth/mfa/factors", json!({ "kind": "totp" })).await.expect(201);
    let app = App::of(server, &begun.text("/set_up/secret"));
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    let activated = client.post(path, json!({ "code": app.code() })).await.expect(200);
    (app, begun.id(), activated)
}

/// A new person with an app, signed in with both.
pub(crate) async fn with_app(server: &Server, client: &Client, email: &str) -> MfaPerson {
    let person = server.user_at(client, email).await;
    let (app, factor_id, activated) = enrol_app(server, &person).await;
    let recovery_codes = texts(&activated.data()["recovery_codes"]);
    let flow = pending(client, email).await;
    let body = json!({ "flow_id": flow, "factor_id": factor_id, "code": app.next() });
    let signed_in = client.post("/v1/auth/mfa/verify", body).await.expect(200);
    MfaPerson { person: Person::of(client.clone(), email, &signed_in), app, factor_id, recovery_codes }
}

/// The flow of a sign-in that waits for a second factor.
pub(crate) async fn pending(client: &Client, email: &str) -> String {
    let reply = client.sign_in(email, PASSWORD).await.expect(200);
    assert_eq!(reply.text("/state"), "mfa_required", "{reply}");
    reply.text("/flow/id")
}

/// The code of the last message to an address.
pub(crate) async fn code_to(server: &Server, address: &str) -> String {
    server.run_jobs().await;
    let letters = server.mailbox().to(address).into_iter().filter(|letter| letter.template == "mfa_code");
    letters.max_by_key(|letter| letter.number).and_then(|letter| letter.code).expect("a message with a code")
}

/// What the messages to an address are about.
pub(crate) async fn mail_to(server: &Server, address: &str) -> Vec<&'static str> {
    server.run_jobs().await;
    server.mailbox().to(address).iter().map(|letter| letter.template).collect()
}

pub(crate) fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// A person whose mailbox is proven, by the application's word.
pub(crate) async fn verified(server: &Server, email: &str) -> Person {
    let body = json!({ "primary_email": email, "email_verified": true, "password": PASSWORD });
    server.root().post("/v1/users", body).await.expect(201);
    server.sign_in_at(&server.anonymous(), email).await
}

/// Which policy the application has from now on.
pub(crate) async fn set_mfa(server: &Server, mfa: Value) {
    server.root().put("/v1/settings/mfa", mfa).await.expect(200);
}

/// A server on which one network may try as often as a test needs: limits by network are for other tests.
pub(crate) async fn patient() -> Server {
    let server = Server::start().await;
    let often = |name: &str| json!({ "name": name, "requests": 1_000_000, "seconds": 60 });
    let limits = json!({ "rate_limits": [often("sign-in"), often("message"), often("self-service")] });
    server.root().patch("/v1/settings", limits).await.expect(200);
    server
}

/// One more factor of a mailbox; its id.
pub(crate) async fn enrol_email(server: &Server, client: &Client, address: &str) -> String {
    let body = json!({ "kind": "email", "address": address });
    let begun = client.post("/v1/auth/mfa/factors", body).await.expect(201);
    let code = code_to(server, address).await;
    let path = format!("/v1/auth/mfa/factors/{}/activate", begun.id());
    client.post(path, json!({ "code": code })).await.expect(200);
    begun.id()
}
