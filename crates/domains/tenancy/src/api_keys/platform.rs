//! `/v1/api-keys`.

use std::time::Duration;

use edge::{
    Body, Can, CanOn, Endpoint, Listed, Nothing, OptionalBody, Paging, Reply, created, listed, no_content, versioned,
};
use kernel::{ActorKind, Id, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ApiKey, ApiKeyError, ApiKeysRead, ApiKeysWrite, actions, store::ApiKeyKey};

/// A secret API key, without its secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiKey")]
struct ApiKeyView {
    id: Id<ApiKey>,
    name: String,
    /// The beginning of the secret, to recognise it by.
    prefix: String,
    /// What the key may do.
    scopes: Vec<String>,
    /// Null: never.
    expires_at: Option<Timestamp>,
    /// Exact to about a minute.
    last_used_at: Option<Timestamp>,
    /// Until then the secret before the last rotation works too.
    previous_expires_at: Option<Timestamp>,
    created_by: ApiKeyCreator,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Who created an API key.
#[derive(Serialize, JsonSchema)]
struct ApiKeyCreator {
    kind: ActorKind,
    #[schemars(with = "Option<String>")]
    id: Option<Uuid>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            scopes: key.scopes.split(' ').map(str::to_owned).collect(),
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            previous_expires_at: key.previous_expires_at,
            created_by: ApiKeyCreator { kind: key.created_by.kind, id: key.created_by.id },
            created_at: key.created_at,
            updated_at: key.updated_at,
        }
    }
}

/// A secret API key with its secret, which is shown this once.
#[derive(Serialize, JsonSchema)]
struct ApiKeyWithSecret {
    #[serde(flatten)]
    key: ApiKeyView,
    /// Keep it where secrets are kept: it can't be read again.
    secret: String,
}

impl From<(ApiKey, Secret)> for ApiKeyWithSecret {
    fn from((key, secret): (ApiKey, Secret)) -> Self {
        Self { key: key.into(), secret: secret.reveal().to_owned() }
    }
}

/// A secret API key to create.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ApiKeyCreate {
    /// For people, for example `production backend`.
    name: String,
    /// What the key may do: permissions that you hold yourself.
    scopes: Vec<String>,
    /// When it stops working by itself; absent: never.
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// How to rotate a secret.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ApiKeyRotate {
    /// For so long the old secret works beside the new one: 0 (it ends now) to 604800 (7 days).
    overlap_seconds: u32,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [list_api_keys(), create_api_key(), rotate_api_key(), revoke_api_key()]
}

/// List API keys
///
/// Newest first, those that have expired among them, those that were revoked not. Never a secret.
#[endpoint(GET "/v1/api-keys", id = "api_keys.list")]
async fn list_api_keys(cx: Can<ApiKeysRead>, page: Paging<ApiKeyKey>) -> Reply<Listed<ApiKeyView>> {
    listed(&cx, actions::list(&cx, &page.0).await?)
}

/// Create an API key
///
/// The secret is shown this once. A key can't be granted more than its creator has.
#[endpoint(POST "/v1/api-keys", id = "api_keys.create", errors = ApiKeyError)]
async fn create_api_key(cx: Can<ApiKeysWrite>, body: Body<ApiKeyCreate>) -> Reply<ApiKeyWithSecret> {
    let ApiKeyCreate { name, scopes, expires_at } = body.0;
    let issued = actions::create(&cx, &name, &scopes, expires_at).await?;
    let version = issued.0.version;
    Ok(created(issued)?.version(version))
}

/// Rotate an API key
///
/// The new secret is shown this once. The old one works for the overlap, so that it can be exchanged without an interruption; a
/// secret that leaked is rotated with an overlap of 0.
#[endpoint(POST "/v1/api-keys/{api_key_id}/rotate", id = "api_keys.rotate", errors = ApiKeyError)]
async fn rotate_api_key(cx: CanOn<ApiKeysWrite, ApiKey>, body: OptionalBody<ApiKeyRotate>) -> Reply<ApiKeyWithSecret> {
    let overlap = Duration::from_secs(body.0.overlap_seconds.into());
    let rotated = actions::rotate(&cx, &cx.target, overlap).await?;
    versioned(rotated.0.version, rotated)
}

/// Revoke an API key
///
/// Its secrets are refused from now on, on every node.
#[endpoint(DELETE "/v1/api-keys/{api_key_id}", id = "api_keys.delete", errors = ApiKeyError)]
async fn revoke_api_key(cx: CanOn<ApiKeysWrite, ApiKey>) -> Reply<Nothing> {
    actions::revoke(&cx, &cx.target).await?;
    no_content()
}
