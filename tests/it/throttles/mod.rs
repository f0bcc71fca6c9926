//! Guessing is slowed down, risky sign-ins are asked for more, and programs are asked to work.

mod captcha;
mod guessing;
mod risk;

use serde_json::{Value, json};

use crate::kit::{Call, Client, PASSWORD, Reply, Server};

pub(crate) fn has_sample(template: &str) -> bool {
    matches!(
        template,
        "/v1/auth/captcha"
            | "/v1/auth/flows/{flow_id}/captcha"
            | "/api/v1/auth/captcha/begin"
            | "/api/v1/auth/captcha/complete"
    )
}

/// At an application of its own, whose settings ask everybody for a captcha.
pub(crate) async fn sample(client: &Client, email: &str, template: &str) -> Call {
    let tenant = client.server.other_tenant(email).await;
    let captcha = json!({ "provider": "proof_of_work", "difficulty_bits": 10 });
    let risk = json!({ "second_factor": 1, "captcha": 1, "refuse": 101 });
    tenant.api_key.put("/v1/settings/sign-in", json!({ "captcha": captcha, "risk": risk })).await.expect(200);
    let client = client.clone().at_application(&tenant.id);
    if matches!(template, "/v1/auth/captcha" | "/api/v1/auth/captcha/begin") {
        return client.poke(template);
    }
    client.sign_up(email).await.expect(202);
    if template.starts_with("/v1") {
        let flow = client.sign_in(email, PASSWORD).await.expect(200).text("/flow/id");
        return client
            .post(format!("/v1/auth/flows/{flow}/captcha"), json!({ "captcha_token": solved(&client).await }));
    }
    let sent = client.post("/v1/auth/otp", json!({ "email": email })).await.expect(202);
    let proof = json!({ "challenge_id": sent.text("/challenge_id"), "code": client.server.mailed_code(email).await });
    let flow = client.post("/v1/auth/otp/verify", proof).await.expect(200).text("/flow/id");
    client.post(template, json!({ "flow_id": flow, "captcha_token": solved(&client).await }))
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
