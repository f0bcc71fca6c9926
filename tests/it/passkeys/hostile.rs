//! What must not be believed, one bend at a time.

use serde_json::{Value, json};
use webauthn::{
    Algorithm,
    soft::{Asked, Created, Got, SoftPasskey, Vouching, Writer, attestation_object},
};

use super::{
    AUTHENTICATION, AUTHENTICATION_VERIFY, ORIGIN, REGISTRATION, REGISTRATION_VERIFY, RP_ID, challenge_of, newest,
    passkey, patient, register, sign_in,
};
use crate::kit::{Client, Reply, Server};

type Bend = fn(&mut Asked<'_>);
type BendGot<'a> = Box<dyn Fn(Got) -> Got + 'a>;
type BendCreated<'a> = Box<dyn Fn(&Created) -> Vec<u8> + 'a>;

/// What the browser and the authenticator are told to do otherwise, and the reason that is written down.
const BENDS: [(&str, Bend, &str); 11] = [
    ("another origin", |asked| asked.origin = "https://evil.example", "origin"),
    ("another port", |asked| asked.origin = "http://localhost:8081", "origin"),
    ("another scheme", |asked| asked.origin = "https://localhost:8080", "origin"),
    ("a host that ends alike", |asked| asked.origin = "http://evil-localhost:8080", "origin"),
    ("an application that is not registered", |asked| asked.origin = "android:apk-key-hash:AAAA", "origin"),
    ("another party", |asked| asked.rp_id = "evil.example", "rp_id"),
    ("another ceremony", |asked| asked.kind = Some("payment.get"), "type"),
    ("a challenge that was never given", |asked| asked.challenge = b"pc_ch_AAAA", "challenge"),
    ("inside another site's frame", |asked| asked.cross_origin = true, "cross_origin"),
    ("nobody present", |asked| asked.user_present = false, "user_presence"),
    ("nobody verified", |asked| asked.user_verified = false, "user_verification"),
];

#[tokio::test]
async fn no_bent_sign_in_is_believed() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    for (name, bend, reason) in BENDS {
        let begun = server.anonymous().poke(AUTHENTICATION).await.expect(200);
        let challenge = challenge_of(&begun);
        let mut asked = Asked::new(&challenge, ORIGIN, RP_ID);
        bend(&mut asked);
        let refused = verify(&server, &passkey.get(&asked)).await;
        refused_for(&server, refused, name, "passkey.authentication_failed", reason, 401).await;
        // One try a challenge: the same one is used up, though its first answer was wrong.
        if reason != "challenge" {
            let right = passkey.get(&Asked::new(&challenge, ORIGIN, RP_ID));
            let refused = verify(&server, &right).await;
            refused_for(&server, refused, name, "passkey.authentication_failed", "challenge", 401).await;
        }
    }
    sign_in(&server.anonymous(), &mut passkey).await.expect(200);
}

#[tokio::test]
async fn no_bent_registration_is_believed() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    for (name, bend, reason) in BENDS {
        let challenge = challenge_of(&ada.poke(REGISTRATION).await.expect(200));
        let mut asked = Asked::new(&challenge, ORIGIN, RP_ID);
        bend(&mut asked);
        let refused = add(&ada, &passkey().create(&asked, &Vouching::None)).await;
        refused_for(&server, refused, name, "passkey.registration_failed", reason, 400).await;
    }
    let own = ada.get("/v1/auth/passkeys").await.expect(200);
    assert_eq!(own.data()["passkeys"], json!([]));
}

#[tokio::test]
async fn a_signature_of_another_key_or_over_other_bytes_is_not_believed() {
    let server = patient().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let (mut adas, mut eves) = (passkey(), passkey());
    register(&ada, &mut adas).await.expect(201);
    register(&eve, &mut eves).await.expect(201);
    let (ada_handle, eve_handle) = (adas.user_handle.clone(), eves.user_handle.clone());
    let ids = (adas.id.clone(), eves.id.clone());
    let bends: [(&str, BendGot<'_>, &str); 8] = [
        (
            "eve's key under ada's id",
            Box::new(|got| Got { id: ids.0.clone(), user_handle: ada_handle.clone(), ..got }),
            "signature",
        ),
        ("eve's key for ada", Box::new(|got| Got { user_handle: ada_handle.clone(), ..got }), "credential_id"),
        ("eve's key for nobody", Box::new(|got| Got { user_handle: Vec::new(), ..got }), "credential_id"),
        (
            "a signature that is cut off",
            Box::new(|got| Got { signature: got.signature[..40].to_vec(), ..got }),
            "signature",
        ),
        ("no signature", Box::new(|got| Got { signature: Vec::new(), ..got }), "signature"),
        (
            "authenticator data that is cut off",
            Box::new(|got| Got { auth_data: got.auth_data[..36].to_vec(), ..got }),
            "authenticator_data",
        ),
        ("no authenticator data", Box::new(|got| Got { auth_data: Vec::new(), ..got }), "authenticator_data"),
        ("client data that is no JSON", Box::new(|got| Got { client_data: b"{".to_vec(), ..got }), "challenge"),
    ];
    for (name, bend, reason) in bends {
        let begun = server.anonymous().poke(AUTHENTICATION).await.expect(200);
        let got = eves.get(&Asked::new(&challenge_of(&begun), ORIGIN, RP_ID));
        let refused = verify(&server, &bend(got)).await;
        refused_for(&server, refused, name, "passkey.authentication_failed", reason, 401).await;
    }
    assert_eq!(eves.user_handle, eve_handle);
    sign_in(&server.anonymous(), &mut eves).await.expect(200);
}

#[tokio::test]
async fn an_attestation_that_is_not_what_it_says_is_not_believed() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let statement = |members: &[(&str, Vec<u8>)]| {
        Writer::map(&members.iter().map(|(name, value)| (Writer::text(name), value.clone())).collect::<Vec<_>>())
    };
    let other_key = SoftPasskey::new(Algorithm::Es256);
    let bends: [(&str, BendCreated<'_>, &str); 8] = [
        ("cut off", Box::new(|made| made.attestation_object[..made.attestation_object.len() - 9].to_vec()), "cbor"),
        ("a byte more", Box::new(|made| [&made.attestation_object[..], &[0]].concat()), "cbor"),
        ("nothing", Box::new(|_| Vec::new()), "cbor"),
        ("a length of four gigabytes", Box::new(|_| vec![0x5a, 0xff, 0xff, 0xff, 0xff]), "cbor"),
        ("a hundred levels", Box::new(|_| vec![0x81; 100]), "cbor"),
        ("too large", Box::new(|_| vec![0x40; 40_000]), "cbor"),
        (
            "a statement that is none",
            Box::new(|made| attestation_object("none", &statement(&[("alg", Writer::integer(-7))]), &made.auth_data)),
            "attestation",
        ),
        (
            "another key's word",
            Box::new(|made| {
                let signature = other_key.sign(&made.auth_data);
                let members = statement(&[("alg", Writer::integer(-7)), ("sig", Writer::bytes(&signature))]);
                attestation_object("packed", &members, &made.auth_data)
            }),
            "attestation",
        ),
    ];
    for (name, bend, reason) in bends {
        let challenge = challenge_of(&ada.poke(REGISTRATION).await.expect(200));
        let made = passkey().create(&Asked::new(&challenge, ORIGIN, RP_ID), &Vouching::None);
        let bent = Created { attestation_object: bend(&made), ..made };
        let refused = add(&ada, &bent).await;
        refused_for(&server, refused, name, "passkey.registration_failed", reason, 400).await;
    }
}

#[tokio::test]
async fn a_body_that_is_no_credential_says_which_field_is_wrong() {
    let server = patient().await;
    let ada = server.user("ada@example.com").await;
    let mut passkey = passkey();
    register(&ada, &mut passkey).await.expect(201);
    let good = super::assertion(&server.anonymous(), &mut passkey).await;
    for (pointer, value) in [
        ("/type", json!("password")),
        ("/rawId", json!("")),
        ("/rawId", json!("not base64url!")),
        ("/rawId", json!("A".repeat(1_400))),
        ("/response/signature", json!("===")),
        ("/response/clientDataJSON", json!("%")),
        ("/response/userHandle", json!("%")),
    ] {
        let mut bent = good.clone();
        *bent.pointer_mut(pointer).unwrap() = value;
        let refused = server.anonymous().post(AUTHENTICATION_VERIFY, json!({ "credential": bent })).await;
        assert_eq!(refused.refused(422, "invalid_fields").fields(), ["credential invalid"], "{pointer}");
    }
    for value in [json!(7), json!({}), json!({ "type": "public-key" }), Value::Null] {
        let refused = server.anonymous().post(AUTHENTICATION_VERIFY, json!({ "credential": value })).await;
        assert!(matches!(refused.status, 400 | 422), "{refused}");
    }
    let huge = json!({ "credential": good, "transport": "x".repeat(1_048_576) });
    server.anonymous().post(AUTHENTICATION_VERIFY, huge).await.refused(413, "body_too_large");
}

async fn verify(server: &Server, got: &Got) -> Reply {
    server.anonymous().post(AUTHENTICATION_VERIFY, json!({ "credential": got.to_json() })).await
}

async fn add(person: &Client, created: &Created) -> Reply {
    person.post(REGISTRATION_VERIFY, json!({ "credential": created.to_json() })).await
}

/// The caller learns only that it did not work; the trail says why.
async fn refused_for(server: &Server, reply: Reply, name: &str, event: &str, reason: &str, status: u16) {
    assert_eq!((reply.status, reply.reason()), (status, "webauthn_failed"), "{name}: {reply}");
    assert!(reply.fields().is_empty(), "{name}: {reply}");
    let event = newest(server, event).await;
    assert_eq!(event["data"]["reason"], reason, "{name}: {event}");
}
