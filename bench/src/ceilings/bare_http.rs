//! A bare axum reply: one route, one body, one header.

use anyhow::Result;
use axum::{Router, routing::get};

use super::http_server::{self, body, json_reply};

pub(super) fn serve(length: usize) -> Result<()> {
    http_server::serve(async move || {
        let body = body(length);
        Ok(Router::new().route("/", get(async move || json_reply(body.clone()))))
    })
}
