//! Whom a request means: by an ID token of theirs, or by their name at the client.

use edge::{Context, Failure};
use identity::users::UserId;
use jose::JwkSet;
use oauth::{AuthorizationRequest, HintVerdict, OAuthError, read_hint};
use tenancy::KeyRing;

use crate::{clients::Client, tokens};

/// What an ID token says that may have expired long ago; the keys that are published are those that it may be signed with.
pub(crate) async fn hinted(cx: &Context, token: Option<&str>) -> Result<HintVerdict, Failure> {
    if token.is_none() {
        return Ok(HintVerdict::Absent);
    }
    let published = cx.part::<KeyRing>().published(cx.tenant_id(), cx.now()).await?;
    let keys: JwkSet = serde_json::from_slice(&published.bytes).unwrap_or_default();
    Ok(read_hint(token, &cx.tenant().issuer, &keys))
}

/// Is it this person whom the request means? Inside, that nobody can tell whom it means.
pub(super) async fn is_meant(
    cx: &Context,
    client: &Client,
    request: &AuthorizationRequest,
    user: UserId,
) -> Result<Result<bool, OAuthError>, Failure> {
    let hinted = match hinted(cx, request.id_token_hint.as_deref()).await? {
        HintVerdict::Absent => None,
        HintVerdict::Good(hint) => Some(hint.sub),
        HintVerdict::Bad => {
            return Ok(Err(OAuthError::invalid_request("id_token_hint is no ID token of this issuer")));
        }
    };
    let wanted = [hinted.as_deref(), request.claims.subject()];
    if wanted.iter().all(Option::is_none) {
        return Ok(Ok(true));
    }
    let own = tokens::subject(cx, client, user)?;
    Ok(Ok(wanted.into_iter().flatten().all(|wanted| wanted == own)))
}
