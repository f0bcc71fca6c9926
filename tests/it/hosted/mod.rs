//! The pages, as a browser without a script uses them.

mod account;
mod addresses;
mod browser;
mod captcha;
mod doors;
mod forgery;
mod going_back;
mod invitations;
mod messages;
mod questions;
mod second_factor;
mod surface;
mod widget;

pub(crate) use browser::{Browser, encoded};

use crate::kit::{PASSWORD, Server};

/// Somebody with a password, at the door.
pub(crate) async fn known(server: &Server, email: &str) -> Browser {
    let body = serde_json::json!({ "primary_email": email, "email_verified": true, "name": "Ada Lovelace", "password": PASSWORD });
    server.root().post("/v1/users", body).await.expect(201);
    Browser::new(server)
}

/// Somebody signed in.
pub(crate) async fn signed_in(server: &Server, email: &str) -> Browser {
    let mut browser = known(server, email).await;
    browser.open("/sign-in").await;
    browser.submit("/sign-in", &[("identifier", email), ("password", PASSWORD), ("how", "password")]).await;
    browser.is_at("/account");
    browser
}

/// How often something happened, by the audit trail.
pub(crate) async fn events(server: &Server, kind: &str) -> usize {
    server.root().get(format!("/v1/audit/events?type={kind}")).await.expect(200).items().len()
}
