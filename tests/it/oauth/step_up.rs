//! How surely a person was recognised: what clients may ask for, and what tokens say of it (OpenID Connect Core 1.0, sections 3.1.2.1 and
//! 5.5.1.1; RFC 9470).

use serde_json::{Value, json};

use super::stage::{App, answer};
use crate::{
    hosted::Browser,
    kit::{PASSWORD, Person, Server, claims_of},
    mfa,
};

const ADA: &str = "ada@example.com";
const AAL1: &str = "urn:portcullis:aal:1";
const AAL2: &str = "urn:portcullis:aal:2";

/// Ada, who signed in by her password alone, in a browser.
struct Stage {
    server: Server,
    app: App,
    person: Person,
    ada: Browser,
}

impl Stage {
    async fn with(client: Value) -> Self {
        let server = Server::start().await;
        let mut members = json!({ "skip_consent": true });
        members.as_object_mut().unwrap().extend(client.as_object().unwrap().clone());
        let app = App::create(&server, members).await;
        let person = server.user(ADA).await;
        let mut ada = Browser::new(&server);
        let body = json!({ "email": ADA, "password": PASSWORD, "transport": "cookie" });
        ada.keep(&server.anonymous().post("/v1/auth/sign-in", body).await.expect(200));
        Self { server, app, person, ada }
    }

    async fn enrol(&self) -> mfa::App {
        mfa::enrol_app(&self.server, &self.person).await.0
    }

    /// Ada shows what her authenticator app shows, at the page that asks for it.
    async fn prove(&mut self, app: &mfa::App) {
        assert!(self.ada.at.starts_with("/sign-in/continue?return_to="), "{} {}", self.ada.at, self.ada.page);
        self.ada.submit("/sign-in/factor", &[("code", &app.next())]).await;
    }

    async fn tokens(&self) -> Value {
        self.app.redeem(&answer(&self.ada)["code"]).await.expect(200).json
    }
}

fn id_claims(tokens: &Value) -> Value {
    claims_of(tokens["id_token"].as_str().unwrap())
}

fn acrs(tokens: &Value) -> [String; 2] {
    ["id_token", "access_token"]
        .map(|name| claims_of(tokens[name].as_str().unwrap())["acr"].as_str().unwrap().to_owned())
}

fn essential(class: &str) -> String {
    json!({ "id_token": { "acr": { "essential": true, "values": [class] } } }).to_string()
}

#[tokio::test]
async fn a_wish_asks_for_the_second_factor_and_tokens_say_that_it_was_proven() {
    let mut stage = Stage::with(json!({})).await;
    let totp = stage.enrol().await;
    stage.ada.open(&stage.app.address(&[])).await;
    let before = stage.tokens().await;
    assert_eq!(acrs(&before), [AAL1, AAL1]);
    assert_eq!(id_claims(&before)["amr"], json!(["pwd"]));

    let scope = ("scope", "openid offline_access");
    stage.ada.open(&stage.app.address(&[("acr_values", AAL2), scope])).await;
    stage.prove(&totp).await;
    let raised = stage.tokens().await;
    assert_eq!(acrs(&raised), [AAL2, AAL2]);
    let (old, new) = (id_claims(&before), id_claims(&raised));
    assert!(new["amr"].as_array().unwrap().contains(&json!("otp")), "{new}");
    assert!(new["auth_time"].as_i64() > old["auth_time"].as_i64() && new["sid"] == old["sid"], "{new}");
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", raised["refresh_token"].as_str().unwrap())];
    assert_eq!(acrs(&stage.app.post("/oauth2/token", &pairs).await.expect(200).json), [AAL2, AAL2]);

    // The session is what it is, whoever asks for what.
    for asked in [&[][..], &[("acr_values", AAL1)], &[("acr_values", "phr")], &[("acr_values", "urn:nobody:knows")]] {
        stage.ada.open(&stage.app.address(asked)).await;
        assert_eq!(acrs(&stage.tokens().await), [AAL2, AAL2], "{asked:?}");
    }
}

#[tokio::test]
async fn an_essential_class_is_proven_or_refused_and_never_passed_over() {
    let mut stage = Stage::with(json!({})).await;
    let totp = stage.enrol().await;
    let claims = essential(AAL2);
    stage.ada.open(&stage.app.address(&[("claims", &claims), ("prompt", "none")])).await;
    assert_eq!(answer(&stage.ada)["error"], "interaction_required");
    stage.ada.open(&stage.app.address(&[("claims", &claims)])).await;
    // Looking away does not help: the request waits for the proof.
    let waiting =
        stage.ada.at.split("return_to=").nth(1).unwrap().replace("%2F", "/").replace("%3F", "?").replace("%3D", "=");
    stage.ada.open(&waiting).await;
    assert!(!stage.ada.page.contains("code="), "{}", stage.ada.page);
    stage.ada.open(&stage.app.address(&[("claims", &claims)])).await;
    stage.prove(&totp).await;
    assert_eq!(acrs(&stage.tokens().await), [AAL2, AAL2]);
    // A class that is asked for by the claim itself is told by its name, where the level is higher.
    stage.ada.open(&stage.app.address(&[("claims", &essential(AAL1))])).await;
    assert_eq!(acrs(&stage.tokens().await), [AAL1, AAL2]);
}

#[tokio::test]
async fn where_no_factor_can_be_had_a_wish_is_let_go_and_an_essential_class_is_refused() {
    let mut stage = Stage::with(json!({})).await;
    stage.server.root().put("/v1/settings/mfa", json!({ "policy": "off" })).await.expect(200);
    stage.ada.open(&stage.app.address(&[("acr_values", AAL2)])).await;
    assert_eq!(acrs(&stage.tokens().await), [AAL1, AAL1]);
    stage.ada.open(&stage.app.address(&[("claims", &essential(AAL2))])).await;
    assert_eq!(answer(&stage.ada)["error"], "unmet_authentication_requirements");
}

#[tokio::test]
async fn a_client_may_always_ask_for_a_class() {
    let mut stage = Stage::with(json!({ "default_acr_values": [AAL2] })).await;
    let totp = stage.enrol().await;
    stage.ada.open(&stage.app.address(&[])).await;
    stage.prove(&totp).await;
    assert_eq!(acrs(&stage.tokens().await), [AAL2, AAL2]);
}
