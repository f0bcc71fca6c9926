//! Pushed authorization requests (RFC 9126): the client brings its request itself, before the browser comes.

use edge::{ByClient, Endpoint, Parameters, Reply, created};
use http::{HeaderValue, header::CACHE_CONTROL};
use macros::endpoint;
use oauth::{AuthorizationRequest, OAuthCode, OAuthError};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    endpoint::AuthorizationParameters,
    read::{PUSHED_PREFIX, parse},
    request_object::resolved,
};
use crate::{
    clients::{self, profile_of},
    error::refused,
    requests::{self, ASK_LIFETIME, Kept, PUSHED_LIFETIME, Waiting},
    tokens,
};

/// By what the browser names the request.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PushedRequest")]
struct PushedView {
    request_uri: String,
    /// Seconds in which the browser has to come.
    expires_in: u64,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [push()]
}

/// Push an authorization request
///
/// The parameters of the authorization endpoint, with the client's credentials. They are checked at once, and the browser is sent with
/// `client_id` and the `request_uri` of the answer alone (RFC 9126).
#[endpoint(POST "/oauth2/par", id = "oauth2.par", silent = "a request that waits for its browser is no event yet")]
async fn push(cx: ByClient, parameters: Parameters<AuthorizationParameters>) -> Reply<PushedView> {
    let parameters = oauth::Parameters::from_pairs(parameters.into_pairs()).map_err(refused)?;
    let client = clients::authenticate(&cx, &parameters).await?.client;
    let profile = profile_of(&cx, &client);
    let proof = tokens::proof(&cx, "/oauth2/par", profile).await?;
    // A handle of another request is none (section 2.1).
    if parameters.get("request_uri").is_some() {
        return Err(refused(OAuthError::invalid_request("request_uri can not be pushed")));
    }
    let named = resolved(&cx, &client, with_client(parameters, &client.client_id())).await.map_err(refused)?;
    let request = parse(&cx, &client, &named, true).map_err(|fault| refused(fault.error))?;
    let request = bound(request, proof.map(|proof| proof.jkt)).map_err(refused)?;
    let handle = requests::handle(&cx);
    let row = Waiting {
        hash: vault::digest(handle.reveal().as_bytes()),
        client_id: client.id,
        kept: Kept::Pushed(Box::new(request)),
        browser: None,
        created_at: cx.now(),
        // As long as a person who came in time may take.
        expires_at: cx.now() + PUSHED_LIFETIME + ASK_LIFETIME,
        used_at: None,
    };
    requests::insert(cx.tx().await?, &row).await?;
    let view = PushedView {
        request_uri: format!("{PUSHED_PREFIX}{}", handle.reveal()),
        expires_in: PUSHED_LIFETIME.as_secs(),
    };
    Ok(created(view)?.header(CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

/// The key of a proof that came along is the one that the code will be bound to (RFC 9449, section 10.1).
fn bound(request: AuthorizationRequest, shown: Option<String>) -> Result<AuthorizationRequest, OAuthError> {
    match (&request.dpop_jkt, shown) {
        (Some(named), Some(shown)) if *named != shown => {
            Err(OAuthError::new(OAuthCode::InvalidDpopProof, "dpop_jkt names another key than the proof's"))
        }
        (_, None) => Ok(request),
        (_, shown) => Ok(AuthorizationRequest { dpop_jkt: shown, ..request }),
    }
}

/// The credentials may name the client where the request does not (section 2.1).
fn with_client(parameters: oauth::Parameters, client_id: &str) -> oauth::Parameters {
    if parameters.get("client_id").is_some() {
        return parameters;
    }
    let mut pairs = parameters.pairs().to_vec();
    pairs.push(("client_id".to_owned(), client_id.to_owned()));
    oauth::Parameters::from_pairs(pairs).unwrap_or(parameters)
}
