//! `POST /oauth2/token` (RFC 6749, section 3.2).

use edge::{ByClient, Context, Endpoint, Failure, Reply, ok};
use http::{HeaderValue, header::PRAGMA};
use macros::endpoint;
use oauth::{GrantType, OAuthCode, OAuthError};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    answer::TokenResponse,
    authorization_code, client_credentials,
    error::TokenError,
    exchange, jwt_bearer, refresh,
    sender::{self, DPOP_NONCE, Sender},
};
use crate::{
    clients::{self, Client},
    device,
    error::refused,
};

/// What a client shows for tokens. Which members belong to which grant type, the standards say.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "OauthTokenRequest")]
#[expect(dead_code, reason = "documents the form; the protocol's own rules read it")]
struct TokenRequest {
    grant_type: GrantType,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
    /// `authorization_code`
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    /// `refresh_token`
    refresh_token: Option<String>,
    /// As much as was granted, or less.
    scope: Option<String>,
    /// Where the token is to be used (RFC 8707); may stand more than once.
    resource: Option<String>,
    /// RFC 9396; JSON.
    authorization_details: Option<String>,
    /// `urn:ietf:params:oauth:grant-type:device_code`
    device_code: Option<String>,
    /// `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693)
    subject_token: Option<String>,
    subject_token_type: Option<String>,
    actor_token: Option<String>,
    actor_token_type: Option<String>,
    requested_token_type: Option<String>,
    audience: Option<String>,
    /// `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523)
    assertion: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [get_tokens()]
}

/// Get tokens
///
/// For a code, a refresh token, a device code, another token, or the client's own credentials (RFC 6749, section 3.2). The client proves
/// itself in the way that it is registered for; with a header `DPoP` the tokens are bound to the key of the proof.
#[endpoint(POST "/oauth2/token", id = "oauth2.token", errors = TokenError,
    silent = "what is given out hangs on a grant, whose beginning and end are told")]
async fn get_tokens(cx: ByClient, form: edge::Parameters<TokenRequest>) -> Reply<TokenResponse> {
    let parameters = oauth::Parameters::from_pairs(form.into_pairs()).map_err(refused)?;
    let authenticated = clients::authenticate(&cx, &parameters).await?;
    let grant_type = parameters.required("grant_type").map_err(refused)?;
    let grant_type = grant_type
        .parse()
        .map_err(|_| refused(OAuthError::new(OAuthCode::UnsupportedGrantType, "this grant type is not supported")))?;
    if !authenticated.client.metadata.may(grant_type) {
        return Err(refused(OAuthError::new(
            OAuthCode::UnauthorizedClient,
            "the client is not registered for this grant type",
        )));
    }
    let sender = sender::of(&cx, &authenticated, "/oauth2/token").await?;
    let tokens = tokens(&cx, grant_type, &parameters, &authenticated.client, &sender).await;
    // RFC 6749, section 5.1; `Cache-Control: no-store` is on every reply that does not say otherwise.
    let reply = ok(tokens?)?.header(PRAGMA, HeaderValue::from_static("no-cache"));
    Ok(reply.headers(sender.nonce.map(|nonce| (DPOP_NONCE, nonce))))
}

async fn tokens(
    cx: &Context,
    grant_type: GrantType,
    parameters: &oauth::Parameters,
    client: &Client,
    sender: &Sender,
) -> Result<TokenResponse, Failure> {
    match grant_type {
        GrantType::AuthorizationCode => authorization_code::redeem(cx, parameters, client, sender).await,
        GrantType::RefreshToken => refresh::refresh(cx, parameters, client, sender).await,
        GrantType::ClientCredentials => client_credentials::issue(cx, parameters, client, sender).await,
        GrantType::DeviceCode => device::redeem(cx, parameters, client, sender).await,
        GrantType::TokenExchange => exchange::exchange(cx, parameters, client, sender).await,
        GrantType::JwtBearer => jwt_bearer::issue(cx, parameters, client, sender).await,
    }
}
