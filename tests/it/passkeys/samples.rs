//! Requests that succeed, of every operation of passkeys.

use http::Method;
use serde_json::{Value, json};
use webauthn::soft::{Asked, SoftPasskey};

use super::{ORIGIN, RP_ID, assertion, decoded, new_credential, register};
use crate::kit::{Call, Client, Person};

pub(crate) fn has_sample(template: &str) -> bool {
    template.starts_with("/v1/auth/passkeys") || template.starts_with("/api/v1/auth/webauthn")
}

/// Of a person who signed up with `email` where `client` is.
pub(crate) async fn sample(client: &Client, email: &str, method: &str, template: &str) -> Call {
    let person = client.server.user_at(client, email).await;
    let mut passkey = of(email);
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let (caller, path, body) = match template.rsplit_once("/auth/").map_or(template, |(_, path)| path) {
        "passkeys/registration/verify" => {
            let credential = new_credential(&person, &mut passkey).await;
            (of_person(&person), template.to_owned(), Some(json!({ "credential": credential, "name": "my phone" })))
        }
        "passkeys/authentication" | "webauthn/begin" => (client.clone(), template.to_owned(), None),
        "passkeys/authentication/verify" => {
            register(&person, &mut passkey).await.expect(201);
            let credential = assertion(client, &mut passkey).await;
            (client.clone(), template.to_owned(), Some(json!({ "credential": credential })))
        }
        "webauthn/complete" => {
            register(&person, &mut passkey).await.expect(201);
            let credential = on_the_data_plane(client, &mut passkey).await;
            (client.clone(), template.to_owned(), Some(json!({ "credential": credential })))
        }
        "passkeys/{passkey_id}" => {
            let id = register(&person, &mut passkey).await.expect(201).id();
            let body = (method == Method::PATCH).then(|| json!({ "name": "my phone" }));
            (of_person(&person), template.replace("{passkey_id}", &id), body)
        }
        _ => {
            if method == Method::GET {
                register(&person, &mut passkey).await.expect(201);
            }
            (of_person(&person), template.to_owned(), None)
        }
    };
    Call { body, ..caller.call(method, path) }
}

/// The same keys and ids in every run, so that what is shown of them stays as it is.
fn of(email: &str) -> SoftPasskey {
    let mut seed = [0; 32];
    for (byte, letter) in seed.iter_mut().zip(email.bytes()) {
        *byte = letter;
    }
    SoftPasskey::seeded(seed)
}

fn of_person(person: &Person) -> Client {
    (**person).clone()
}

async fn on_the_data_plane(client: &Client, passkey: &mut SoftPasskey) -> Value {
    let begun = client.poke("/api/v1/auth/webauthn/begin").await.expect(200);
    let challenge = decoded(&begun.text("/options/challenge"));
    passkey.get(&Asked::new(&challenge, ORIGIN, RP_ID)).to_json()
}
