//! Guessing is slowed down, risky sign-ins are asked for more, and programs are asked to work.

mod captcha;
mod guessing;
mod risk;

use serde_json::{Value, json};

use crate::kit::{Call, Client, PASSWORD, Reply, Server};

pub(crate) fn has_sample(template: &str) -> bool {
    matches!(template, "/v1/auth/captcha" | "/v1/auth/flows/{flow_id}/captcha")
}

/// At an application of its own, whose settings ask everybody for a captcha.
pub(crate) async fn sample(client: &Client, email: &str, template: &str) -> Call {
    let tenant = client.server.other_tenant(email).await;
    let captcha = json!({ "provider": "proof_of_work", "difficulty_bits": 10 });
    let risk = json!({ "second_factor": 1, "captcha": 1, "refuse": 101 });
    tenant.api_key.put("/v1/settings/sign-in", json!({ "captcha": captcha, "risk": risk })).await.expect(200);
    let client = client.clone().at_application(&tenant.id);
    if template == "/v1/auth/captcha" {
        return client.poke(template);
    }
    client.sign_up(email).await.expect(202);
    let flow = client.sign_in(email, PASSWORD).await.expect(200).text("/flow/id");
    let token = solved(&client).await;
    client.post(format!("/v1/auth/flows/{flow}/captcha"), json!({ "captcha_token": token }))
}

/// A sum, worked out.
pub(crate) async fn solved(client: &Client) -> String {
    let sum = client.poke("/v1/auth/captcha").await.expect(201);
    let (challenge, bits) = (sum.text("/challenge"), sum.data()["difficulty_bits"].as_u64().unwrap());
    let is_solution = |token: &String| {
        let digest = vault::digest(token.as_bytes());
        u64::from(u32::from_be_bytes(digest[..4].try_into().unwrap()).leading_zeros()) >= bits
    };
    (0_u64..1 << 32).map(|number| format!("{challenge}:{number}")).find(is_solution).unwrap()
}

async fn wrong(client: &Client, email: &str) -> Reply {
    client.sign_in(email, "not the right one").await
}

/// The data of the events of this type, oldest first.
async fn events(server: &Server, kind: &str) -> Vec<Value> {
    server.run_jobs().await;
    let mut events =
        server.root().get(format!("/v1/audit/events?type={kind}&limit=100")).await.expect(200).items().to_vec();
    events.reverse();
    events.into_iter().map(|event| event["data"].clone()).collect()
}
