//! `/oauth2/register`.

use edge::{At, Body, ByClient, Context, Endpoint, Failure, Nothing, Reply, created, no_content, ok};
use kernel::Secret;
use macros::endpoint;
use oauth::{ClientMetadata, OAuthCode, OAuthError, Registration, RegistrationReply, RegistrationRequest};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use tenancy::settings_of;
use vault::OpaqueToken;

use super::{
    Registered,
    access::{self, Registrar},
    policy,
};
use crate::{
    clients::{self, Client, ClientError, ClientOrigin, ClientState, profile_of},
    error::refused,
};

/// What a client is told of its registration (RFC 7591, section 3.2.1).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClientInformation", with = "ClientMetadata")]
struct Information(Map<String, Value>);

/// Of registration access tokens.
const PREFIX: &str = "pc_ra_";
/// Anybody may fill the table while registration is open.
const MOST: i64 = 10_000;

pub(super) fn endpoints() -> [Endpoint; 4] {
    [register(), get_registration(), update_registration(), delete_registration()]
}

/// Register a client
///
/// Dynamic registration (RFC 7591), where the application's settings allow it: with an initial access token, which is a secret API
/// key or an access token that carries `applications:write`, or by anybody. Members that are not known are left out.
#[endpoint(POST "/oauth2/register", id = "oauth2.register", errors = ClientError)]
async fn register(cx: ByClient, body: Body<RegistrationRequest>) -> Reply<Information> {
    let registrar = access::registrar(&cx).await?;
    if matches!(registrar, Registrar::Anyone) && clients::count_registered(&cx).await? >= MOST {
        let why = "too many clients have registered themselves";
        return Err(refused(OAuthError::new(OAuthCode::TemporarilyUnavailable, why)));
    }
    let profile = settings_of(cx.tenant()).oauth.profile;
    let registration = body.0.read(profile).map_err(refused)?;
    let metadata = policy::admitted(&cx, &registrar, &registration, profile).map_err(refused)?;
    clients::check_sector(&cx, &metadata).await.map_err(refused)?;
    let token = OpaqueToken::generate(&*cx.env().entropy, PREFIX);
    let id = cx.new_id();
    let Registration { name, kind, .. } = registration;
    let client = Client {
        id,
        version: 1,
        document_url: None,
        document_fresh_until: None,
        kind,
        profile: None,
        name: name.unwrap_or_else(|| id.typed().to_string()),
        state: ClientState::Active,
        metadata,
        origin: ClientOrigin::Registered,
        registration_hash: Some(vault::digest(token.reveal().as_bytes())),
        created_by: cx.actor(),
        created_at: cx.now(),
        updated_at: cx.now(),
    };
    let secret = clients::actions::insert(&cx, &client).await?;
    created(information(&cx, &client, secret.as_ref(), &token))
}

/// Get a registration
///
/// With the registration access token (RFC 7592, section 2.1). A secret is not told again.
#[endpoint(GET "/oauth2/register/{client_id}", id = "oauth2.registration.get")]
async fn get_registration(cx: ByClient, id: At<Registered>) -> Reply<Information> {
    let (client, token) = access::own(&cx, *id).await?;
    ok(information(&cx, &client, None, &Secret::new(token)))
}

/// Replace a registration
///
/// With the registration access token (RFC 7592, section 2.2). As a whole: what is absent goes back to its default. A client that
/// begins to authenticate with a secret is told one.
#[endpoint(PUT "/oauth2/register/{client_id}", id = "oauth2.registration.replace", errors = ClientError)]
async fn update_registration(cx: ByClient, id: At<Registered>, body: Body<RegistrationRequest>) -> Reply<Information> {
    let (before, token) = access::own(&cx, *id).await?;
    let profile = profile_of(&cx, &before);
    let registration = body.0.read(profile).map_err(refused)?;
    is_for(&cx, &before, &registration, &body.0).await?;
    let metadata = policy::updated(&cx, &before, &registration, profile).map_err(refused)?;
    clients::check_sector(&cx, &metadata).await.map_err(refused)?;
    let name = registration.name.unwrap_or_else(|| before.name.clone());
    let after = Client { name, kind: registration.kind, metadata, ..Client::clone(&before) };
    let (after, secret) = clients::actions::replace_registered(&cx, &before, after).await?;
    ok(information(&cx, &after, secret.as_ref(), &Secret::new(token)))
}

/// Delete a registration
///
/// With the registration access token (RFC 7592, section 2.3). The client's secrets, grants and tokens go with it.
#[endpoint(DELETE "/oauth2/register/{client_id}", id = "oauth2.registration.delete", errors = ClientError)]
async fn delete_registration(cx: ByClient, id: At<Registered>) -> Reply<Nothing> {
    let (client, _) = access::own(&cx, *id).await?;
    clients::actions::delete(&cx, &client).await?;
    no_content()
}

/// The body names the client that it is for; a secret in it is the client's own (RFC 7592, section 2.2).
async fn is_for(
    cx: &Context,
    client: &Client,
    registration: &Registration,
    request: &RegistrationRequest,
) -> Result<(), Failure> {
    if registration.client_id.as_deref() != Some(&client.client_id()) {
        let why = "client_id is missing, or is not that of the client";
        return Err(refused(OAuthError::invalid_request(why)));
    }
    let Some(secret) = request.0.get("client_secret") else { return Ok(()) };
    let secret = Secret::new(secret.as_str().unwrap_or_default());
    if clients::has_live_secret(cx, client.id, &secret).await? {
        return Ok(());
    }
    Err(refused(OAuthError::invalid_request("client_secret is not that of the client")))
}

fn information(cx: &Context, client: &Client, secret: Option<&Secret>, token: &Secret) -> Information {
    let client_id = client.client_id();
    let uri = format!("{}/oauth2/register/{client_id}", cx.tenant().issuer);
    let reply = RegistrationReply {
        client_id: &client_id,
        name: &client.name,
        kind: client.kind,
        metadata: &client.metadata,
        issued_at: client.created_at,
        secret,
        registration_client_uri: Some(&uri),
        registration_access_token: Some(token),
    };
    Information(reply.to_json())
}
