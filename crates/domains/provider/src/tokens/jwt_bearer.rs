//! The grant `jwt-bearer` (RFC 7523, section 2.1): somebody signs that a client may have a token. Either the client itself, with its own
//! keys and for itself, or an issuer that the application trusts, for a person (`vouched`).

use std::time::Duration;

use edge::{Context, Failure};
use jose::JwkSet;
use oauth::{GrantAssertion, OAuthError, Parameters, TrustedIssuer, client_algorithms, peek_issuer, verify_grant};

use super::{answer::TokenResponse, client_credentials::Wanted, sender::Sender, vouched};
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
    let issuer = peek_issuer(assertion).map_err(refused)?;
    let client_id = client.client_id();
    if issuer != client_id {
        return vouched::issue(cx, parameters, client, sender, assertion, &issuer).await;
    }
    let kid = jose::peek_kid(assertion).ok();
    let keys = keys_of(cx, client, kid.as_deref()).await;
    let keys = keys.map_err(|_| refused(OAuthError::invalid_grant("the client has no keys to sign with")))?;
    let granted = verified(cx, client, assertion, &issuer, &keys)?;
    if granted.subject != client_id {
        return Err(refused(OAuthError::invalid_grant("the assertion speaks for somebody else than the client")));
    }
    // Who asks for too much has not used it.
    let wanted = Wanted::of(cx, parameters, client)?;
    take(cx, &issuer, &granted).await?;
    wanted.issue(cx, client, sender).await
}

/// What the issuer says, by these keys of it, to this server alone.
pub(super) fn verified(
    cx: &Context,
    client: &Client,
    assertion: &str,
    issuer: &str,
    keys: &JwkSet,
) -> Result<GrantAssertion, Failure> {
    let trusted = TrustedIssuer { issuer, keys, algorithms: client_algorithms(profile_of(cx, client)) };
    let endpoints = cx.addresses("/oauth2/token");
    let mut audiences = vec![cx.tenant().issuer.as_str()];
    audiences.extend(endpoints.iter().map(String::as_str));
    verify_grant(assertion, &trusted, &audiences, cx.now()).map_err(refused)
}

/// It counts once (RFC 7523, section 3, number 7), whichever client brings it.
pub(super) async fn take(cx: &Context, issuer: &str, granted: &GrantAssertion) -> Result<(), Failure> {
    let jti = granted.jti.as_deref().filter(|jti| !jti.is_empty());
    let jti = jti.ok_or_else(|| refused(OAuthError::invalid_grant("the assertion has no jti")))?;
    // Some seconds beyond `exp`, for as long as a clock that is behind would take it.
    let until = granted.exp + Duration::from_mins(1);
    if replays::remember(cx, replays::ASSERTION, issuer, jti, until).await? {
        Ok(())
    } else {
        Err(refused(OAuthError::invalid_grant("the assertion was used before")))
    }
}
