//! What a person sees in a browser: the start page, the API reference, the set-up of the first account. And the two
//! OpenAPI documents, which the reference reads.
//!
//! Static files with strict headers; owns no endpoint of the API.

mod document;
mod file;
mod home;
mod hosted;
pub(crate) mod mailbox;
mod reference;
mod setup;
#[cfg(test)]
mod tests;

use axum::{Router, routing::get};

/// Everything that stands beside the endpoints.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(home::page))
        .route("/reference", get(reference::page))
        .route("/reference/", get(reference::page))
        .route("/reference/{*path}", get(reference::file))
        .route(&format!("{}/{{name}}", ::pages::MOUNT), get(hosted::file))
        .route("/setup", get(setup::page))
        .route("/setup/{name}", get(setup::file))
        .merge(document::router())
}
