//! `POST /oauth2/device_authorization` (RFC 8628, section 3.1).

use edge::{ByClient, Context, Endpoint, Failure, Reply, ok};
use kernel::{ErrorCode, Refusal, Secret};
use macros::endpoint;
use oauth::{
    AuthorizationDetails, DEVICE_INTERVAL, DeviceState, GrantType, OAuthCode, OAuthError, Scopes, parse_resources,
    scope::OFFLINE_ACCESS, user_code,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::settings_of;
use vault::OpaqueToken;

use super::{
    PREFIX,
    model::{Device, DeviceRequest},
    store,
};
use crate::{
    clients::{self, Client},
    error::refused,
    tokens::TokenError,
};

const PATH: &str = "/activate";
/// Longer than any browser's own.
const MAX_USER_AGENT: usize = 512;
/// Two of 2^34 codes are the same so seldom that a third try is never needed.
const TRIES: usize = 3;

/// What a device asks for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "OauthDeviceRequest")]
#[expect(dead_code, reason = "documents the form; the protocol's own rules read it")]
struct DeviceAuthorizationRequest {
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
    scope: Option<String>,
    /// Where the token is to be used (RFC 8707); may stand more than once.
    resource: Option<String>,
    /// RFC 9396; JSON.
    authorization_details: Option<String>,
}

/// The codes of one device.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OauthDeviceAuthorization")]
struct DeviceAuthorizationResponse {
    /// What the device asks for tokens with.
    device_code: String,
    /// What the person types, for example `WDJB-MJHT`.
    user_code: String,
    /// Where.
    verification_uri: String,
    /// The same with the code, for a picture to scan.
    verification_uri_complete: String,
    /// Seconds.
    expires_in: u64,
    /// Seconds between two questions.
    interval: u64,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [authorize_device()]
}

/// Begin on a device
///
/// Codes for a device without a browser (RFC 8628): it shows one, the person types it at `/activate`, and the device asks for tokens with
/// the other until they have answered.
#[endpoint(POST "/oauth2/device_authorization", id = "oauth2.device_authorization", errors = TokenError,
    silent = "nothing is allowed yet: that a person decides is told")]
async fn authorize_device(
    cx: ByClient,
    form: edge::Parameters<DeviceAuthorizationRequest>,
) -> Reply<DeviceAuthorizationResponse> {
    let parameters = oauth::Parameters::from_pairs(form.into_pairs()).map_err(refused)?;
    let client = clients::authenticate(&cx, &parameters).await?.client;
    if !client.metadata.may(GrantType::DeviceCode) {
        let why = "the client is not registered for the device flow";
        return Err(refused(OAuthError::new(OAuthCode::UnauthorizedClient, why)));
    }
    let request = read(&cx, &parameters, &client).map_err(refused)?;
    let lifetime = settings_of(cx.tenant()).oauth.device_code_lifetime();
    let (device_code, code) = begin(&cx, &client, request).await?;
    let verification_uri = format!("{}{PATH}", cx.tenant().issuer);
    ok(DeviceAuthorizationResponse {
        device_code: device_code.reveal().to_owned(),
        verification_uri_complete: format!("{verification_uri}?user_code={code}"),
        user_code: code,
        verification_uri,
        expires_in: lifetime.as_secs(),
        interval: DEVICE_INTERVAL.as_secs(),
    })
}

fn read(cx: &Context, parameters: &oauth::Parameters, client: &Client) -> Result<DeviceRequest, OAuthError> {
    let metadata = &client.metadata;
    let scopes = match parameters.get("scope") {
        Some(requested) => Scopes::parse(requested)?.narrow(&metadata.allowed_scopes, metadata.scope_mode)?,
        None => Scopes::default_of(metadata),
    };
    // The person is always asked, which is what the scope wants (OpenID Connect Core 1.0, section 11).
    let is_refreshable = metadata.may(GrantType::RefreshToken);
    Ok(DeviceRequest {
        scopes: scopes.only(|scope| scope != OFFLINE_ACCESS || is_refreshable),
        resources: parse_resources(parameters.all("resource"), &clients::resources_of(cx, client))?,
        details: match parameters.get("authorization_details") {
            Some(text) => AuthorizationDetails::parse(text, &metadata.authorization_details_types)?,
            None => AuthorizationDetails::default(),
        },
    })
}

async fn begin(cx: &Context, client: &Client, request: DeviceRequest) -> Result<(Secret, String), Failure> {
    let secret = OpaqueToken::generate(&*cx.env().entropy, PREFIX);
    let user_agent = cx.user_agent().map(|agent| agent.chars().take(MAX_USER_AGENT).collect());
    let mut device = Device {
        hash: vault::digest(secret.reveal().as_bytes()),
        user_code_hash: [0; 32],
        client_id: client.id,
        request,
        state: DeviceState::Pending,
        claimed_by: None,
        grant_id: None,
        ip: cx.ip().map(|ip| ip.to_string()),
        user_agent,
        interval: DEVICE_INTERVAL,
        polled_at: None,
        created_at: cx.now(),
        expires_at: cx.now() + settings_of(cx.tenant()).oauth.device_code_lifetime(),
    };
    for _ in 0..TRIES {
        let code = user_code(u64::from_be_bytes(cx.env().random()));
        device.user_code_hash = super::page::digest(cx, &code);
        if store::insert(cx.tx().await?, &device).await? {
            return Ok((secret, code));
        }
    }
    tracing::error!("no code for a device could be found");
    Err(Refusal::new(ErrorCode::Internal, "server_error", "No code could be made.").into())
}
