//! From parameters to a request that was checked.

use std::sync::Arc;

use edge::Context;
use oauth::{AuthorizationRequest, ClientMetadata, OAuthCode, OAuthError, Parameters, Refused, ReturnAddress};

use super::{answer::Fault, request_object::resolved};
use crate::{
    clients::{self, Client, profile_of},
    requests::{self, Asked, Kept, PUSHED_LIFETIME},
};

/// What a pushed request is called (RFC 9126, section 2.2).
pub(super) const PUSHED_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// Who asks for what. Until both client and address are known to be good, nobody is sent anywhere.
pub(super) async fn read(cx: &Context, pairs: Vec<(String, String)>) -> Result<(Arc<Client>, Asked), Fault> {
    let parameters = Parameters::from_pairs(pairs)?;
    let client = named(cx, &parameters).await?;
    if let Some(handle) = parameters.get("request_uri").and_then(|uri| uri.strip_prefix(PUSHED_PREFIX)) {
        let asked = pushed(cx, &client, handle).await?;
        return Ok((client, asked));
    }
    let beside = ReturnAddress::beside(&parameters, &client.metadata, client.kind);
    let parameters = match (resolved(cx, &client, parameters).await, beside) {
        (Ok(parameters), _) => parameters,
        (Err(error), Some(to)) => return Err(Fault::Back { client, to, error, is_openid: false }),
        (Err(error), None) => return Err(error.into()),
    };
    match parse(cx, &client, &parameters, false) {
        Ok(request) => Ok((client, Asked::new(request, None))),
        Err(Refused { error, back: Some(to) }) => Err(Fault::Back { client, to, error, is_openid: false }),
        Err(Refused { error, back: None }) => Err(error.into()),
    }
}

/// The request of a client whose rules are the application's or its own.
pub(super) fn parse(
    cx: &Context,
    client: &Client,
    parameters: &Parameters,
    is_pushed: bool,
) -> Result<AuthorizationRequest, Refused> {
    let profile = profile_of(cx, client);
    let is_for_resources = parameters.all("resource").next().is_some();
    // Copied only where a request names any.
    let named = is_for_resources
        .then(|| ClientMetadata { allowed_resources: clients::resources_of(cx, client), ..client.metadata.clone() });
    AuthorizationRequest::parse(parameters, named.as_ref().unwrap_or(&client.metadata), client.kind, profile, is_pushed)
}

async fn named(cx: &Context, parameters: &Parameters) -> Result<Arc<Client>, Fault> {
    let client_id = parameters.required("client_id")?;
    let client = clients::find_public(cx, client_id).await?;
    let unknown = || OAuthError::invalid_client("client_id names no application that is registered here");
    Ok(client.ok_or_else(unknown)?)
}

/// What stands beside the handle does not matter (RFC 9126, section 4). The handle is used up with the answer and not before, so that
/// a page may be loaded again.
async fn pushed(cx: &Context, client: &Client, handle: &str) -> Result<Asked, Fault> {
    let over =
        || OAuthError::new(OAuthCode::InvalidRequestUri, "the pushed request is not known, was used, or is too old");
    let row = requests::find(&cx.read(), handle).await.map_err(edge::Failure::from)?.ok_or_else(over)?;
    let is_open = row.used_at.is_none() && cx.now() < row.created_at + PUSHED_LIFETIME && row.client_id == client.id;
    match row.kept {
        Kept::Pushed(request) if is_open => Ok(Asked::new(*request, Some(row.hash))),
        _ => Err(over().into()),
    }
}
