//! `GET /v1/system`: what anyone may know of this server.

use edge::{Anyone, Module, Reply, ok};
use kernel::Timestamp;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;
use store::StoreKind;

pub(crate) fn module() -> Module {
    Module { name: "system", endpoints: vec![show_system()], ..Module::default() }
}

/// The version of the platform API's paths.
const API_VERSION: &str = "v1";

/// The server's version, time and health. Never a host name, an address or a path.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SystemStatus")]
struct SystemView {
    /// The product's version, for example `0.1.0`.
    version: &'static str,
    /// The version of this API.
    api_version: &'static str,
    /// The server's clock, to compare one's own with.
    server_time: Timestamp,
    store: StoreView,
}

/// The database behind the server.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StoreStatus")]
struct StoreView {
    kind: StoreKindView,
    /// Does it answer?
    healthy: bool,
}

/// Which database the server runs on.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "StoreKind")]
enum StoreKindView {
    Sqlite,
    Postgres,
}

/// Get the server's status
///
/// Version, time, and whether the database answers. Needs no credentials and names no tenant.
#[endpoint(GET "/v1/system", id = "system.get")]
async fn show_system(cx: Anyone) -> Reply<SystemView> {
    let kind = match cx.store_kind() {
        StoreKind::Sqlite => StoreKindView::Sqlite,
        StoreKind::Postgres => StoreKindView::Postgres,
    };
    let healthy = cx.store_health().await.is_ok();
    ok(SystemView {
        version: crate::VERSION,
        api_version: API_VERSION,
        server_time: cx.now(),
        store: StoreView { kind, healthy },
    })
}
