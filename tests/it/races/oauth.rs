use serde_json::json;

use super::{RACERS, count, patient, race, rounds};
use crate::{
    kit::claims_of,
    oauth::kit::{App, Tokens},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_is_redeemed_once_and_the_rest_end_what_came_of_it() {
    let server = patient().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    for round in 0..rounds(10) {
        let code = app.code(&ada, &[("scope", "openid offline_access")]).await;
        let replies = race((0..RACERS).map(|_| app.redeem(&code))).await;
        assert_eq!(count(&replies, 200), 1, "round {round}");
        assert_eq!(count(&replies, 400), RACERS - 1, "round {round}");
        let won = Tokens::of(replies.iter().find(|reply| reply.status == 200).unwrap());
        assert_eq!(app.introspect(&won.access).await, json!({ "active": false }), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_client_that_refreshes_many_times_gets_one_successor() {
    let server = patient().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    let mut token = app.tokens(&ada, "openid offline_access").await.refresh().to_owned();
    for round in 0..rounds(10) {
        let replies = race((0..RACERS).map(|_| app.refresh(&token))).await;
        let mut successors: Vec<String> =
            replies.into_iter().map(|reply| Tokens::of(&reply.expect(200)).refresh().to_owned()).collect();
        successors.dedup();
        assert_eq!(successors.len(), 1, "round {round}: the line forked");
        token = successors.remove(0);
        server.turn_clock(std::time::Duration::from_secs(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_holders_of_one_refresh_token_one_wins_and_then_nobody_has_anything() {
    let server = patient().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    for round in 0..rounds(5) {
        let tokens = app.tokens(&ada, "openid offline_access").await;
        let calls =
            (0..RACERS).map(|number| app.refresh(tokens.refresh()).header("user-agent", &format!("holder {number}")));
        let replies = race(calls).await;
        assert_eq!(count(&replies, 200), 1, "round {round}");
        let won = Tokens::of(replies.iter().find(|reply| reply.status == 200).unwrap());
        assert_eq!(app.introspect(&won.access).await, json!({ "active": false }), "round {round}");
        app.refresh(won.refresh()).await.refused(400, "invalid_grant");
        assert!(claims_of(&won.access)["sub"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_outlives_a_withdrawal_that_crosses_the_redemption_of_codes() {
    let server = patient().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    for round in 0..rounds(10) {
        let known = app.tokens(&ada, "openid offline_access").await;
        let mut calls = Vec::new();
        for number in 0..10 {
            let code = app.code(&ada, &[("scope", "openid offline_access")]).await;
            calls.push(app.redeem(&code));
            if number == 4 {
                calls.push(ada.delete(format!("/api/v1/me/grants/{}", app.id)));
            }
        }
        let replies = race(calls).await;
        assert_eq!(count(&replies, 204), 1, "round {round}");
        let redeemed = replies.iter().filter(|reply| reply.status == 200).map(Tokens::of).chain([known]);
        for tokens in redeemed {
            assert_eq!(app.introspect(&tokens.access).await, json!({ "active": false }), "round {round}");
        }
        server.turn_clock(std::time::Duration::from_secs(1));
    }
}
