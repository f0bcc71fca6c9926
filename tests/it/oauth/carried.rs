//! What becomes of a code that carries its grant, of which the server keeps nothing until it is redeemed.

use std::time::Duration;

use serde_json::json;

use super::kit::{App, Tokens};
use crate::{
    hosted::events,
    kit::{Person, Server},
};

const ADA: &str = "ada@example.com";
const OFFLINE: [(&str, &str); 1] = [("scope", "openid offline_access")];

async fn said(app: &App, code: &str) -> String {
    let refused = app.redeem(code).await.refused(400, "invalid_grant");
    refused.json["error_description"].as_str().unwrap().to_owned()
}

/// The code of somebody who has used the application before.
async fn on_its_way(app: &App, ada: &Person) -> String {
    let known = app.code(ada, &OFFLINE).await;
    app.redeem(&known).await.expect(200);
    app.code(ada, &OFFLINE).await
}

#[tokio::test]
async fn a_code_that_is_shown_again_ends_what_it_brought_whatever_else_is_wrong_with_it() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user(ADA).await);
    for (index, what) in ["verifier", "late", "nothing"].into_iter().enumerate() {
        let code = app.code(&ada, &OFFLINE).await;
        let tokens = Tokens::of(&app.redeem(&code).await.expect(200));
        let mut pairs = App::redemption(&code);
        match what {
            "verifier" => pairs[3].1 = "a-verifier-that-is-long-enough-and-not-the-one-that-was-meant",
            "late" => server.turn_clock(Duration::from_mins(5)),
            _ => {}
        }
        let refused = app.token(&pairs).await.refused(400, "invalid_grant");
        assert_eq!(refused.json["error_description"], "the code was used before", "{what}");
        app.refresh(tokens.refresh()).await.refused(400, "invalid_grant");
        assert_eq!(events(&server, "application.code_reused").await, index + 1, "{what}");
    }
}

#[tokio::test]
async fn a_code_of_before_a_withdrawal_is_worth_nothing_and_one_of_after_is() {
    let server = Server::start().await;
    let (app, other) = (App::web(&server).await, App::web(&server).await);
    let (ada, eve) = (server.user(ADA).await, server.user("eve@example.com").await);
    let (code, elsewhere, hers) =
        (on_its_way(&app, &ada).await, on_its_way(&other, &ada).await, on_its_way(&app, &eve).await);
    ada.delete(format!("/api/v1/me/grants/{}", app.id)).await.expect(204);
    assert_eq!(said(&app, &code).await, "the authorization was withdrawn or has ended");
    assert!(
        ada.get("/api/v1/me/grants").await.expect(200).items().iter().all(|it| it["application_id"] != json!(app.id))
    );
    other.redeem(&elsewhere).await.expect(200);
    app.redeem(&hers).await.expect(200);
    server.turn_clock(Duration::from_secs(6));
    let anew = app.code(&ada, &OFFLINE).await;
    app.redeem(&anew).await.expect(200);
}

#[tokio::test]
async fn a_code_does_not_outlive_what_it_came_of() {
    let server = Server::start().await;
    let (app, root) = (App::web(&server).await, server.root());
    let ends = [
        ("client", "the authorization was withdrawn or has ended"),
        ("user", "the session of the authorization is over"),
        ("session", "the session of the authorization is over"),
    ];
    for (what, why) in ends {
        let ada = server.user(&format!("{what}@example.com")).await;
        let code = on_its_way(&app, &ada).await;
        match what {
            "client" => {
                root.poke(format!("/api/v1/applications/{}/disable", app.id)).await.expect(200);
                root.poke(format!("/api/v1/applications/{}/enable", app.id)).await.expect(200);
            }
            "user" => {
                root.poke(format!("/v1/users/{}/disable", ada.id)).await.expect(200);
                root.poke(format!("/v1/users/{}/enable", ada.id)).await.expect(200);
            }
            _ => drop(ada.poke("/v1/auth/sign-out").await.expect(200)),
        }
        assert_eq!(said(&app, &code).await, why, "{what}");
    }
}

#[tokio::test]
async fn a_grant_that_is_too_long_for_an_address_is_kept_ahead() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user(ADA).await);
    let nonce = "n".repeat(1_200);
    let long = [("scope", "openid offline_access"), ("nonce", nonce.as_str())];
    let code = app.code(&ada, &long).await;
    assert_eq!(code.len(), 70);
    assert_eq!(events(&server, "application.authorized").await, 1);
    let reply = app.redeem(&code).await.expect(200);
    let tokens = Tokens::of(&reply);
    let claims = crate::kit::claims_of(reply.json["id_token"].as_str().unwrap());
    assert_eq!(claims["nonce"], json!(nonce));
    assert_eq!(said(&app, &code).await, "the code was used before");
    app.refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    let late = app.code(&ada, &long).await;
    server.turn_clock(Duration::from_hours(2));
    server.run_jobs().await;
    assert_eq!(said(&app, &late).await, "the code is not known");
}

#[tokio::test]
async fn what_the_code_says_nobody_reads() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user(ADA).await);
    let code = app.code(&ada, &OFFLINE).await;
    assert!(code.len() <= 1_000, "an address has room for it: {}", code.len());
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &code[6..]).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("openid") && !text.contains("https"), "{text}");
}
