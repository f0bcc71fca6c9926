//! `/livez` and `/readyz`, as orchestrators ask them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{Router, response::IntoResponse, routing::get};
use http::{StatusCode, header::CACHE_CONTROL};
use store::Db;

/// Does this node want requests?
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// The schema is in place and the listener is open.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// A stop was asked for: a load balancer should turn elsewhere.
    pub fn end(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// `/livez` says that the process runs, `/readyz` that it can serve: started, not stopping, and the database answers.
pub(crate) fn router(readiness: Readiness, db: Db) -> Router {
    Router::new().route("/livez", get(async || answer(StatusCode::OK, "alive\n"))).route(
        "/readyz",
        get(async move || {
            if !readiness.0.load(Ordering::Relaxed) {
                return answer(StatusCode::SERVICE_UNAVAILABLE, "stopping or not started\n");
            }
            match db.health().await {
                Ok(()) => answer(StatusCode::OK, "ready\n"),
                Err(error) => {
                    tracing::warn!(%error, "not ready: the database does not answer");
                    answer(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
                }
            }
        }),
    )
}

fn answer(status: StatusCode, text: &'static str) -> impl IntoResponse + use<> {
    (status, [(CACHE_CONTROL, "no-store")], text)
}
