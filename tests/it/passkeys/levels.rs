//! Which passkeys reach the highest level.

use serde_json::{Value, json};
use webauthn::soft::{Asked, Maker, SoftPasskey, Vouching};

use super::{ORIGIN, REGISTRATION, REGISTRATION_VERIFY, RP_ID, challenge_of, decoded, passkey, patient, sign_in};
use crate::kit::{Person, Server, claims_of};

const MODEL: [u8; 16] = [7; 16];
const MODEL_NAME: &str = "07070707-0707-0707-0707-070707070707";

async fn attested(
    server: &Server,
    person: &Person,
    vouching: &Vouching<'_>,
    bend: fn(&mut SoftPasskey),
) -> (Value, Value) {
    let mut passkey = passkey();
    passkey.aaguid = MODEL;
    bend(&mut passkey);
    let begun = person.poke(REGISTRATION).await.expect(200);
    assert_eq!(begun.text("/options/attestation"), "direct");
    passkey.user_handle = decoded(&begun.text("/options/user/id"));
    let created = passkey.create(&Asked::new(&challenge_of(&begun), ORIGIN, RP_ID), vouching);
    let body = json!({ "credential": created.to_json() });
    let added = person.post(REGISTRATION_VERIFY, body).await.expect(201);
    let signed_in = sign_in(&server.anonymous(), &mut passkey).await.expect(200);
    (added.data()["attested"].clone(), claims_of(&signed_in.text("/access_token"))["aal"].clone())
}

#[tokio::test]
async fn hardware_that_its_maker_vouches_for_reaches_level_three_where_the_application_accepts_it() {
    let server = patient().await;
    let (maker, stranger) = (Maker::of(MODEL), Maker::of(MODEL));
    let roots = json!({ "passkeys": { "attestation_roots": [maker.root_pem] } });
    server.root().patch("/v1/settings", roots).await.expect(200);
    let accept = async |attestation: Value| {
        server.root().put("/v1/settings/mfa", json!({ "attestation": attestation })).await.expect(200);
    };
    let mut number = 0;
    let mut level = async |vouching: Vouching<'_>, bend: fn(&mut SoftPasskey)| {
        number += 1;
        let person = server.user(&format!("ada{number}@example.com")).await;
        attested(&server, &person, &vouching, bend).await
    };
    accept(json!({ "mode": "any_attested" })).await;
    assert_eq!(level(maker.vouching(), |_| {}).await, (json!(true), json!(3)));
    assert_eq!(level(stranger.vouching(), |_| {}).await, (json!(false), json!(2)), "no root of ours");
    assert_eq!(level(Vouching::Itself, |_| {}).await, (json!(false), json!(2)), "nobody vouches");
    assert_eq!(level(Vouching::None, |_| {}).await, (json!(false), json!(2)), "nothing is said");
    let copied = level(maker.vouching(), |passkey| passkey.backup_eligible = true).await;
    assert_eq!(copied, (json!(true), json!(2)), "what can be copied is bound to no hardware");
    accept(json!({ "mode": "listed", "aaguids": [MODEL_NAME] })).await;
    assert_eq!(level(maker.vouching(), |_| {}).await, (json!(true), json!(3)));
    accept(json!({ "mode": "listed", "aaguids": ["018f3c4a-7b2e-7c1d-8000-000000000000"] })).await;
    assert_eq!(level(maker.vouching(), |_| {}).await, (json!(true), json!(2)), "another model is asked for");
}
