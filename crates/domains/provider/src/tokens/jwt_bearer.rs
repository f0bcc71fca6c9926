//! The grant `jwt-bearer` (RFC 7523, section 2.1), in its smallest form: a client that signs for itself with its own keys. For a person
//! nobody signs here but the person: an assertion that names one is refused.

use std::time::Duration;

use edge::{Context, Failure};
use oauth::{OAuthError, Parameters, TrustedIssuer, client_algorithms, peek_issuer, verify_grant};

use super::{answer::TokenResponse, client_credentials, sender::Sender};
use crate::{
    clients::{Client, keys_of, profile_of},
    error::refused,
    replays,
};

pub(super) async fn issue(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
) -> Result<TokenResponse, Failure> {
    let assertion = parameters.required("assertion").map_err(refused)?;
    let client_id = client.client_id();
    if peek_issuer(assertion).map_err(refused)? != client_id {
        return Err(refused(OAuthError::invalid_grant("the assertion is of an issuer that is not trusted")));
    }
    let kid = jose::peek_kid(assertion).ok();
    let keys = keys_of(cx, client, kid.as_deref()).await;
    let keys = keys.map_err(|_| refused(OAuthError::invalid_grant("the client has no keys to sign with")))?;
    let profile = profile_of(cx, client);
    let trusted = TrustedIssuer { issuer: &client_id, keys: &keys, algorithms: client_algorithms(profile) };
    let issuer = cx.tenant().issuer.as_str();
    let endpoint = format!("{issuer}/oauth2/token");
    let granted = verify_grant(assertion, &trusted, &[issuer, &endpoint], cx.now()).map_err(refused)?;
    if granted.subject != client_id {
        return Err(refused(OAuthError::invalid_grant("the assertion speaks for somebody else than the client")));
    }
    let jti = granted.jti.ok_or_else(|| refused(OAuthError::invalid_grant("the assertion has no jti")))?;
    let until = granted.exp + Duration::from_mins(1);
    if !replays::remember(cx, "jwt_bearer", &client.id.to_string(), &jti, until).await? {
        return Err(refused(OAuthError::invalid_grant("the assertion was used before")));
    }
    client_credentials::issue(cx, parameters, client, sender).await
}
