//! Which scopes whoever registers a client may let it have: those that exist, and no permission that they don't hold themselves. And
//! which APIs a client may ask tokens for.

use edge::{Context, Failure};
use oauth::{OAuthCode, OAuthError, scope::OPENID_SCOPES};
use tenancy::{Permissions, settings_of};

use super::{
    error::ClientError,
    model::{Client, ClientOrigin},
};
use crate::tokens::OWN_SCOPES;

/// Are these scopes that may be given? `before` are those that the client has: what is gone from the settings since may stay.
///
/// Permissions are asked for again, also those that it has: who may change a client's keys or addresses may act as the client.
pub(super) async fn check(cx: &Context, scopes: &[String], before: &[String]) -> Result<(), Failure> {
    let permissions = cx.part::<Permissions>();
    for (index, scope) in scopes.iter().enumerate() {
        if permissions.contains(scope) {
            if !cx.may(scope).await? {
                return Err(ClientError::ScopeNotHeld { scope: scope.clone() }.into());
            }
        } else if !is_own(cx, scope) && !before.contains(scope) {
            return Err(ClientError::UnknownScope { index }.into());
        }
    }
    Ok(())
}

/// A scope that holds no permission: of OpenID Connect, of a person on what is theirs, or the application's.
pub(crate) fn is_own(cx: &Context, scope: &str) -> bool {
    OPENID_SCOPES.contains(&scope)
        || OWN_SCOPES.contains(&scope)
        || settings_of(cx.tenant()).oauth.scopes.iter().any(|own| own.name == scope)
}

/// What a client gets that names no scope and acts for people, who are asked about each.
pub(crate) fn all_own(cx: &Context) -> Vec<String> {
    let own = settings_of(cx.tenant()).oauth.scopes.iter().map(|scope| scope.name.clone());
    OPENID_SCOPES.into_iter().map(str::to_owned).chain(own).collect()
}

/// The resources that a client may name: this server's own API, those it is registered for, and of the application's those that are open
/// to all, where nobody is there to say which, since the client came by itself. People are asked about each.
pub(crate) fn resources(cx: &Context, client: &Client) -> Vec<String> {
    let mut allowed = client.metadata.allowed_resources.clone();
    allowed.push(cx.tenant().issuer.clone());
    if client.origin != ClientOrigin::Managed {
        let known = settings_of(cx.tenant()).oauth.resources.iter();
        allowed.extend(known.filter(|known| known.open_to_all_clients).map(|known| known.identifier.clone()));
    }
    allowed
}

/// What of a grant's resources the client may still name. One that was closed to it gets no more tokens; a grant for nothing else gets
/// none at all, since without a resource a token would be for this server.
pub(crate) fn live_resources(cx: &Context, client: &Client, granted: &[String]) -> Result<Vec<String>, OAuthError> {
    if granted.is_empty() {
        return Ok(Vec::new());
    }
    let allowed = resources(cx, client);
    let live: Vec<String> = granted.iter().filter(|one| allowed.contains(one)).cloned().collect();
    if live.is_empty() {
        return Err(OAuthError::new(OAuthCode::InvalidTarget, "the client may no longer ask for what was granted"));
    }
    Ok(live)
}
