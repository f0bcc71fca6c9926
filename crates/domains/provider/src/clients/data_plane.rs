//! `/api/v1/applications`: the OAuth clients, which this surface calls applications.

use std::time::Duration;

use edge::{
    Body, Can, CanOn, Endpoint, Listed, Nothing, OptionalBody, Paging, Query, Reply, created, listed, no_content,
    versioned,
};
use kernel::{Patch, Secret, Timestamp, TypedId};
use macros::endpoint;
use oauth::{ClientMetadata, ClientType, Profile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    ApplicationsRead, ApplicationsRotateSecret, ApplicationsWrite, actions,
    error::ClientError,
    input::{ClientChanges, NewClient},
    model::{Client, ClientOrigin, ClientState},
    store::{ClientFilter, ClientKey},
};

/// An OAuth client.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Application")]
pub(crate) struct ApplicationView {
    id: TypedId<Client>,
    /// What requests name it by: the id, or the address of its metadata document.
    client_id: String,
    #[serde(rename = "type")]
    kind: ClientType,
    name: String,
    /// The set of rules it is held to; null for the application's own.
    profile: Option<Profile>,
    state: ClientState,
    origin: ClientOrigin,
    #[serde(flatten)]
    metadata: ClientMetadata,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Client> for ApplicationView {
    fn from(client: Client) -> Self {
        Self {
            id: client.id.typed(),
            client_id: client.client_id(),
            kind: client.kind,
            name: client.name,
            profile: client.profile,
            state: client.state,
            origin: client.origin,
            metadata: client.metadata,
            created_at: client.created_at,
            updated_at: client.updated_at,
        }
    }
}

/// An OAuth client with its secret, which is shown this once.
#[derive(Serialize, JsonSchema)]
struct ApplicationCreated {
    #[serde(flatten)]
    application: ApplicationView,
    /// Keep it where secrets are kept: it can't be read again. Null where the client proves itself otherwise.
    client_secret: Option<String>,
}

/// A new secret of a client, which is shown this once.
#[derive(Serialize, JsonSchema)]
struct ApplicationSecret {
    client_id: String,
    /// Keep it where secrets are kept: it can't be read again.
    client_secret: String,
    /// Until then the secrets before it are good too; null where there are none.
    previous_expires_at: Option<Timestamp>,
}

/// An OAuth client to create. What is absent has the default of its type.
#[derive(Deserialize, JsonSchema)]
struct ApplicationCreate {
    #[serde(rename = "type")]
    kind: ClientType,
    /// People read it when they are asked to allow the client something.
    name: String,
    #[serde(default)]
    profile: Option<Profile>,
    #[serde(flatten)]
    #[schemars(with = "ClientMetadata")]
    metadata: Map<String, Value>,
}

/// What to change about an OAuth client: an absent field stays, `null` brings its default back, lists are replaced as a whole.
#[derive(Deserialize, JsonSchema)]
struct ApplicationUpdate {
    /// Never changes; it may be sent as it was read.
    #[serde(rename = "type", default)]
    kind: Option<ClientType>,
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    profile: Patch<Profile>,
    #[serde(flatten)]
    #[schemars(with = "ClientMetadata")]
    metadata: Map<String, Value>,
}

/// How to rotate a secret.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ApplicationRotateSecret {
    /// For so long the old secrets work beside the new one: 0 (they end now) to 2592000 (30 days); 259200 (72 hours) unless said.
    overlap_seconds: Option<u32>,
}

/// Which clients to list; all that are given must hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ApplicationListQuery {
    #[serde(rename = "type")]
    kind: Option<ClientType>,
    /// Only those that may ask for tokens, or only those that may not.
    state: Option<ClientState>,
}

pub(super) fn endpoints() -> [Endpoint; 8] {
    [
        list_applications(),
        create_application(),
        get_application(),
        update_application(),
        delete_application(),
        rotate_application_secret(),
        disable_application(),
        enable_application(),
    ]
}

/// List OAuth clients
///
/// Newest first, however they came: made here, registered by themselves, or known by their metadata document. Never a secret.
#[endpoint(GET "/api/v1/applications", id = "applications.list")]
async fn list_applications(
    cx: Can<ApplicationsRead>,
    query: Query<ApplicationListQuery>,
    page: Paging<ClientKey>,
) -> Reply<Listed<ApplicationView>> {
    let filter = ClientFilter { kind: query.0.kind, state: query.0.state };
    listed(&cx, actions::list(&cx, &filter, &page.0).await?)
}

/// Create an OAuth client
///
/// The type decides the defaults: `spa` and `native` hold no secret and use PKCE, `web` signs people in from a server, `m2m` speaks
/// for itself. The secret, where there is one, is shown this once. A client can't be given permissions that you don't hold yourself.
#[endpoint(POST "/api/v1/applications", id = "applications.create", errors = ClientError)]
async fn create_application(cx: Can<ApplicationsWrite>, body: Body<ApplicationCreate>) -> Reply<ApplicationCreated> {
    let ApplicationCreate { kind, name, profile, metadata } = body.0;
    let (client, secret) = actions::create(&cx, NewClient { kind, name, profile, metadata }).await?;
    let (version, path) = (client.version, format!("/api/v1/applications/{}", client.id.typed()));
    let body = ApplicationCreated { application: client.into(), client_secret: secret.as_ref().map(revealed) };
    Ok(created(body)?.version(version).location(&path))
}

/// Get an OAuth client
///
/// By either spelling of the id. The ETag is the client's version: send it in `If-Match` when you change the client.
#[endpoint(GET "/api/v1/applications/{application_id}", id = "applications.get")]
async fn get_application(cx: CanOn<ApplicationsRead, Client>) -> Reply<ApplicationView> {
    versioned(cx.target.version, cx.target.clone())
}

/// Update an OAuth client
///
/// A merge patch (RFC 7396): absent fields stay, `null` brings the default back. Holds at once, on every node within a second.
/// A client that no longer authenticates with a secret loses those it had; one that begins to gets its first by rotating.
#[endpoint(PATCH "/api/v1/applications/{application_id}", id = "applications.update", errors = ClientError)]
async fn update_application(
    cx: CanOn<ApplicationsWrite, Client>,
    body: Body<ApplicationUpdate>,
) -> Reply<ApplicationView> {
    let ApplicationUpdate { kind, name, profile, metadata } = body.0;
    let changes = ClientChanges { kind, name, profile, metadata };
    let client = actions::update(&cx, cx.target.clone(), changes).await?;
    versioned(client.version, client)
}

/// Delete an OAuth client
///
/// With its secrets, what people allowed it, and its tokens.
#[endpoint(DELETE "/api/v1/applications/{application_id}", id = "applications.delete", errors = ClientError)]
async fn delete_application(cx: CanOn<ApplicationsWrite, Client>) -> Reply<Nothing> {
    actions::delete(&cx, &cx.target).await?;
    no_content()
}

/// Rotate a client's secret
///
/// The new secret is shown this once. The old ones work for the overlap, so that it can be exchanged without an interruption; a
/// secret that leaked is rotated with an overlap of 0.
#[endpoint(POST "/api/v1/applications/{application_id}/rotate-secret", id = "applications.rotate_secret", errors = ClientError)]
async fn rotate_application_secret(
    cx: CanOn<ApplicationsRotateSecret, Client>,
    body: OptionalBody<ApplicationRotateSecret>,
) -> Reply<ApplicationSecret> {
    let overlap = body.0.overlap_seconds.map(|seconds| Duration::from_secs(seconds.into()));
    let (client, secret, previous_expires_at) = actions::rotate_secret(&cx, &cx.target, overlap).await?;
    let body =
        ApplicationSecret { client_id: client.client_id(), client_secret: revealed(&secret), previous_expires_at };
    versioned(client.version, body)
}

/// Disable an OAuth client
///
/// It gets no tokens, those it has are refused, and what people allowed it ends.
#[endpoint(POST "/api/v1/applications/{application_id}/disable", id = "applications.disable", errors = ClientError)]
async fn disable_application(cx: CanOn<ApplicationsWrite, Client>) -> Reply<ApplicationView> {
    let client = actions::disable(&cx, cx.target.clone()).await?;
    versioned(client.version, client)
}

/// Enable an OAuth client
///
/// It may ask for tokens again. What people allowed it before stays ended.
#[endpoint(POST "/api/v1/applications/{application_id}/enable", id = "applications.enable", errors = ClientError)]
async fn enable_application(cx: CanOn<ApplicationsWrite, Client>) -> Reply<ApplicationView> {
    let client = actions::enable(&cx, cx.target.clone()).await?;
    versioned(client.version, client)
}

fn revealed(secret: &Secret) -> String {
    secret.reveal().to_owned()
}
