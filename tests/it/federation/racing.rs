//! Fifty at once with one state, one hand-off code, one proof: one goes on.

use serde_json::json;

use super::{
    linking::{follow, ticket},
    stage::{Stage, VERIFIER},
    upstream::Upstream,
};
use crate::races::{Came, RACERS, one_wins, patient, race, rounds};

async fn stage() -> Stage {
    Stage::at(patient().await, Upstream::start().await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_that_come_back_with_one_state_one_gets_a_code() {
    let stage = stage().await;
    stage.sign_in().await.expect(200);
    for round in 0..rounds(3) {
        let mut browser = stage.browser();
        let request = browser.authorize().await;
        let calls = (0..RACERS).map(|_| browser.answer_to(&request, &[("code", &stage.upstream.consent(&request))]));
        let replies = race(calls).await;
        let with_code = replies.iter().filter(|reply| reply.header("location").contains("code="));
        assert_eq!(
            with_code.count(),
            1,
            "round {round}: {:?}",
            replies.iter().map(ToString::to_string).collect::<Vec<_>>()
        );
        for reply in &replies {
            assert!(matches!(reply.status, 303 | 400 | 401), "round {round}: {reply}");
        }
    }
    assert_eq!(stage.count_users().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_that_exchange_one_code_one_gets_a_session() {
    let stage = stage().await;
    let user = stage.sign_in().await.expect(200).text("/user/id");
    for round in 0..rounds(3) {
        let body = json!({ "code": stage.arrive().await["code"], "code_verifier": VERIFIER });
        let calls = (0..RACERS).map(|_| stage.server.anonymous().post("/v1/auth/handoff", body.clone()));
        let won = one_wins(&stage.server, &format!("round {round}"), calls, Came::SESSION).await;
        assert_eq!(won.text("/user/id"), user);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_that_redeem_one_proof_one_links_an_account() {
    let stage = stage().await;
    let person = stage.server.user("grace@example.com").await;
    let path = format!("/v1/users/{}/identities", person.id);
    for round in 0..rounds(3) {
        stage.upstream.say(json!({ "sub": format!("upstream-{round}") }));
        let url = ticket(&person).await;
        let back = follow(&stage, &mut stage.browser(), &url).await;
        let body = json!({ "code": back["code"], "code_verifier": VERIFIER });
        let calls = (0..RACERS).map(|_| person.post(&path, body.clone()));
        let came = Came { identities: 1, ..Came::NOTHING };
        let linked = one_wins(&stage.server, &format!("round {round}"), calls, came).await;
        // Nobody has more than some of them.
        person.delete(format!("{path}/{}", linked.text("/identity/id"))).await.expect(200);
    }
}
