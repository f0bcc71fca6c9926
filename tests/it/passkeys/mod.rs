//! Passkeys, by an authenticator and a browser in software.

mod hostile;
mod levels;
mod managing;
mod racing;
mod registering;
mod samples;
mod second_factor;
mod signing_in;
mod well_known;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use webauthn::{
    Algorithm,
    soft::{Asked, SoftPasskey, Vouching},
};

pub(crate) use self::samples::{has_sample, sample};
use crate::kit::{Client, Reply, Server};

/// Where the product is reached in these tests, and the host that its passkeys are bound to.
pub(crate) const ORIGIN: &str = "http://localhost:8080";
pub(crate) const RP_ID: &str = "localhost";

pub(crate) const REGISTRATION: &str = "/v1/auth/passkeys/registration";
pub(crate) const REGISTRATION_VERIFY: &str = "/v1/auth/passkeys/registration/verify";
pub(crate) const AUTHENTICATION: &str = "/v1/auth/passkeys/authentication";
pub(crate) const AUTHENTICATION_VERIFY: &str = "/v1/auth/passkeys/authentication/verify";

/// The bytes of a text in base64url.
#[track_caller]
pub(crate) fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

#[track_caller]
fn challenge_of(begun: &Reply) -> Vec<u8> {
    decoded(&begun.text("/options/challenge"))
}

fn passkey() -> SoftPasskey {
    SoftPasskey::new(Algorithm::Es256)
}

/// What the person's browser sends to add this passkey.
pub(crate) async fn new_credential(person: &Client, passkey: &mut SoftPasskey) -> Value {
    let begun = person.poke(REGISTRATION).await.expect(200);
    passkey.user_handle = decoded(&begun.text("/options/user/id"));
    let challenge = challenge_of(&begun);
    passkey.create(&Asked::new(&challenge, ORIGIN, RP_ID), &Vouching::None).to_json()
}

/// Add this passkey to the person's account.
pub(crate) async fn register(person: &Client, passkey: &mut SoftPasskey) -> Reply {
    let credential = new_credential(person, passkey).await;
    person.post(REGISTRATION_VERIFY, json!({ "credential": credential })).await
}

/// What a browser sends to sign in with this passkey.
pub(crate) async fn assertion(client: &Client, passkey: &mut SoftPasskey) -> Value {
    let begun = client.poke(AUTHENTICATION).await.expect(200);
    passkey.get(&Asked::new(&challenge_of(&begun), ORIGIN, RP_ID)).to_json()
}

async fn sign_in(client: &Client, passkey: &mut SoftPasskey) -> Reply {
    let credential = assertion(client, passkey).await;
    client.post(AUTHENTICATION_VERIFY, json!({ "credential": credential })).await
}

/// Its person in a session of two factors, which may add further ones.
async fn strong(server: &Server, passkey: &mut SoftPasskey) -> Client {
    let signed_in = sign_in(&server.anonymous(), passkey).await.expect(200);
    server.anonymous().bearer(&signed_in.text("/access_token"))
}

/// A server on which nobody is refused for asking often.
async fn patient() -> Server {
    let server = Server::start().await;
    let limits = json!({ "rate_limits": [
        { "name": "sign-in", "requests": 1_000_000, "seconds": 60 },
        { "name": "self-service", "requests": 1_000_000, "seconds": 60 },
    ] });
    server.root().patch("/v1/settings", limits).await.expect(200);
    server
}

/// The newest event of a type.
async fn newest(server: &Server, kind: &str) -> Value {
    let events = server.root().get(format!("/v1/audit/events?type={kind}")).await.expect(200);
    events.items().first().cloned().unwrap_or_else(|| panic!("no {kind}: {events}"))
}
