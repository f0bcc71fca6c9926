//! FAPI 2.0: the keys that codes and tokens are bound to.

use serde_json::{Value, json};

use super::super::kit::{ISSUER, Prover, Tokens};
use super::fapi2::{PAR, Party, TOKEN, USERINFO};
use crate::kit::claims_of;

/// A proof that is so many seconds old, or ahead, is taken by the token endpoint and by the resource.
async fn is_taken(seconds: i64) {
    let mut party = Party::open().await;
    let code = party.code(&[]).await;
    let iat = json!({ "iat": party.server.now().as_seconds() + seconds });
    let proof = party.proof(TOKEN, &iat).await;
    let told = party.send(TOKEN, &Party::redemption(&code)).header("dpop", &proof).await.expect(200);
    party.userinfo_with(&Tokens::of(&told).access, &iat).await.expect(200);
}

/// A clock that is a little behind is forgiven.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_before_succeeds() {
    is_taken(-10).await;
}

/// And one that is a little ahead.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_after_succeeds() {
    is_taken(10).await;
}

/// A request that names one key and shows another is refused.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_mismatched_dpop_jkt_fails() {
    let party = Party::open().await;
    let proof = party.proof(PAR, &json!({})).await;
    let jkt = Prover::new().thumbprint();
    party.push(&[("dpop_jkt", &jkt)]).header("dpop", &proof).await.refused(400, "invalid_dpop_proof");
}

/// Another key than the code's gets no tokens for it, and the code's own does.
async fn is_for_one_key(mut party: Party, code: &str) {
    let own = std::mem::replace(&mut party.prover, Prover::new());
    party.redeem(code).await.refused(400, "invalid_grant");
    party.prover = own;
    party.redeem(code).await.expect(200);
}

/// A code is for the key whose proof came with the pushed request.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt() {
    let mut party = Party::open().await;
    let proof = party.proof(PAR, &json!({})).await;
    let pushed = party.push(&[]).header("dpop", &proof).await.expect(201);
    let code = party.answered(&pushed).await["code"].clone();
    is_for_one_key(party, &code).await;
}

/// A code is for the key that the request named.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_jkt() {
    let mut party = Party::open().await;
    let jkt = party.prover.thumbprint();
    let code = party.code(&[("dpop_jkt", &jkt)]).await;
    is_for_one_key(party, &code).await;
}

/// The key that is shown where the request is pushed gets the tokens, which are bound to it.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_dpopproof_at_par_endpoint_binding_success() {
    let mut party = Party::open().await;
    let proof = party.proof(PAR, &json!({})).await;
    let pushed = party.push(&[]).header("dpop", &proof).await.expect(201);
    let code = party.answered(&pushed).await["code"].clone();
    let tokens = Tokens::of(&party.redeem(&code).await.expect(200));
    assert_eq!(claims_of(&tokens.access)["cnf"], json!({ "jkt": party.prover.thumbprint() }));
}

/// The key that the request names gets the tokens, which are bound to it; it may be shown beside.
#[tokio::test]
async fn fapi2_security_profile_final_ensure_dpop_auth_code_binding_success() {
    let mut party = Party::open().await;
    let jkt = party.prover.thumbprint();
    let proof = party.proof(PAR, &json!({})).await;
    let pushed = party.push(&[("dpop_jkt", &jkt)]).header("dpop", &proof).await.expect(201);
    let code = party.answered(&pushed).await["code"].clone();
    let tokens = Tokens::of(&party.redeem(&code).await.expect(200));
    assert_eq!((&tokens.json["token_type"], &claims_of(&tokens.access)["cnf"]["jkt"]), (&json!("DPoP"), &json!(jkt)));
    party.userinfo(&tokens.access).await.expect(200);
}

/// What is wrong with a proof, wherever it is shown.
fn wrong(party: &Party) -> [Value; 6] {
    let now = party.server.now().as_seconds();
    [
        json!({ "htm": "PUT" }),
        json!({ "htu": format!("{ISSUER}/elsewhere") }),
        json!({ "iat": now - 3_600 }),
        json!({ "iat": now + 3_600 }),
        json!({ "iat": null }),
        json!({ "jti": null }),
    ]
}

/// A proof that is wrong in one thing is refused, by the token endpoint and by the resource; so is one that comes again.
#[tokio::test]
async fn fapi2_security_profile_final_dpop_negative_tests() {
    let mut party = Party::open().await;
    let code = party.code(&[]).await;
    let redeem = |proof: &str| party.send(TOKEN, &Party::redemption(&code)).header("dpop", proof);
    for changes in wrong(&party) {
        redeem(&party.proof(TOKEN, &changes).await).await.refused(400, "invalid_dpop_proof");
    }
    redeem(&party.proof(TOKEN, &json!({ "nonce": "made up" })).await).await.refused(400, "use_dpop_nonce");
    redeem("nonsense").await.refused(400, "invalid_dpop_proof");
    let proof = party.proof(TOKEN, &json!({})).await;
    let token = Tokens::of(&redeem(&proof).await.expect(200)).access;
    redeem(&proof).await.refused(400, "invalid_dpop_proof");
    for changes in wrong(&party).into_iter().chain([json!({ "ath": null }), json!({ "ath": "another" })]) {
        let reply = party.userinfo_with(&token, &changes).await;
        assert_eq!(reply.status, 401, "{changes}: {reply}");
        assert!(reply.header("www-authenticate").starts_with("DPoP"), "{changes}: {reply}");
    }
    party.server.anonymous().bearer(&token).get(USERINFO).await.refused(401, "invalid_token");
    party.userinfo(&token).await.expect(200);
}
