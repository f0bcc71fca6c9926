//! A request that comes as a JWT of the client (RFC 9101; OpenID Connect Core 1.0, section 6): beside the others, or at an address
//! that was registered ahead.

use std::time::Duration;

use deliver::{Call, Outbound};
use edge::Context;
use jose::JwkSet;
use oauth::{
    OAuthCode, OAuthError, ObjectMode, Parameters, Profile, RequestObjectRules, is_registered_request_uri,
    read_request_object, scope::OPENID,
};

use crate::clients::{Client, keys_of, profile_of};

/// Of a request object, as everywhere.
const MAX_OBJECT: usize = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

/// The parameters that count. Before a transaction is open: signatures are verified, addresses may be called.
pub(super) async fn resolved(cx: &Context, client: &Client, parameters: Parameters) -> Result<Parameters, OAuthError> {
    let object = match (parameters.get("request"), parameters.get("request_uri")) {
        (Some(_), Some(_)) => return Err(OAuthError::invalid_request("request and request_uri exclude each other")),
        (Some(object), None) => object.to_owned(),
        (None, Some(uri)) => fetched(cx, client, uri).await?,
        (None, None) if client.metadata.require_signed_request_object => {
            return Err(OAuthError::invalid_request("the client has to send a signed request object"));
        }
        (None, None) => return Ok(parameters),
    };
    let profile = profile_of(cx, client);
    let metadata = &client.metadata;
    let is_strict = profile == Profile::Fapi2 || metadata.require_signed_request_object;
    let is_openid = parameters.get("scope").is_some_and(|scope| scope.split(' ').any(|scope| scope == OPENID));
    let kid = jose::peek_kid(&object).ok();
    // A client without keys may still send what needs no signature.
    let own = keys_of(cx, client, kid.as_deref()).await.ok();
    let none = JwkSet::default();
    let client_id = client.client_id();
    let rules = RequestObjectRules {
        client_id: &client_id,
        keys: own.as_deref().unwrap_or(&none),
        algorithm: metadata.request_object_signing_alg,
        profile,
        issuer: &cx.tenant().issuer,
        mode: if is_openid && !is_strict { ObjectMode::OpenId } else { ObjectMode::Jar },
        is_unsigned_allowed: !is_strict,
    };
    read_request_object(&object, &parameters, &rules, cx.now())
}

/// Only what was registered is called, byte for byte: a request makes the server call no address of its choosing.
async fn fetched(cx: &Context, client: &Client, uri: &str) -> Result<String, OAuthError> {
    let refused = |why| OAuthError::new(OAuthCode::InvalidRequestUri, why);
    if !is_registered_request_uri(uri, &client.metadata) {
        return Err(refused("request_uri is neither a pushed request nor registered for the client"));
    }
    let address = uri.split('#').next().unwrap_or_default();
    let call = Call::get(address).at_most(MAX_OBJECT).within(PATIENCE);
    let answer = cx.part::<Outbound>().send(call).await.and_then(deliver::Answer::success);
    let answer = answer.map_err(|error| {
        tracing::info!(client = %client.id, %error, "a request object can't be fetched");
        refused("what is at request_uri can not be had")
    })?;
    let text = String::from_utf8(answer.body.to_vec()).map_err(|_| refused("what is at request_uri is no text"))?;
    Ok(text.trim().to_owned())
}
