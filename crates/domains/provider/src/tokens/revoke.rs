//! `POST /oauth2/revoke` (RFC 7009): a client gives back what it was given.

use edge::{ByClient, Context, Endpoint, Failure, Reply, ok};
use kernel::Timestamp;
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    authenticator::AccessTokens,
    error::TokenError,
    event::TokenRevoked,
    live, opaque,
    refresh_token::{self, PresentedRefresh},
    revoked,
};
use crate::{
    clients::{self, Client},
    error::refused,
    grants::{self, GrantEnd},
};

/// The token that is given back (RFC 7009, section 2.1), and the client's credentials where they are not in a header.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "OauthRevocation")]
#[expect(dead_code, reason = "documents the form; the protocol's own rules read it")]
struct RevocationRequest {
    token: String,
    /// `access_token` or `refresh_token`; a token says itself what it is.
    token_type_hint: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

/// Nothing to say.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OauthRevoked")]
pub(super) struct Revoked {}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [revoke()]
}

/// Revoke a token
///
/// A refresh token ends the grant with all its tokens; an access token ends alone (RFC 7009). A token that is unknown, or another
/// client's, is answered like one that was revoked.
#[endpoint(POST "/oauth2/revoke", id = "oauth2.revoke", errors = TokenError)]
async fn revoke(cx: ByClient, form: edge::Parameters<RevocationRequest>) -> Reply<Revoked> {
    let parameters = oauth::Parameters::from_pairs(form.into_pairs()).map_err(refused)?;
    let client = clients::authenticate(&cx, &parameters).await?.client;
    let token = parameters.required("token").map_err(refused)?;
    if token.starts_with(refresh_token::PREFIX) {
        end_grant(&cx, &client, token).await?;
    } else if token.starts_with(opaque::PREFIX) {
        let tx = cx.tx().await?;
        if opaque::revoke(tx, token, client.id, cx.now()).await? {
            tx.emit(&TokenRevoked { client_id: client.id, user_id: None });
        }
    } else {
        end_jwt(&cx, &client, token).await?;
    }
    ok(Revoked {})
}

async fn end_grant(cx: &Context, client: &Client, token: &str) -> Result<(), Failure> {
    let Some(presented) = PresentedRefresh::parse(token) else { return Ok(()) };
    let Some(standing) = live::find(&cx.read(), presented.grant, cx.now()).await? else { return Ok(()) };
    let grant = standing.grant;
    if grant.client_id != client.id || !presented.is_genuine(cx.vault(), cx.tenant_id(), &grant) {
        return Ok(());
    }
    let tx = cx.tx().await?;
    if grants::end(tx, grant.id, GrantEnd::Revoked, cx.now()).await? {
        tx.emit(&TokenRevoked { client_id: client.id, user_id: Some(grant.user_id) });
    }
    Ok(())
}

async fn end_jwt(cx: &Context, client: &Client, token: &str) -> Result<(), Failure> {
    if token.len() > jose::MAX_TOKEN_BYTES {
        return Ok(());
    }
    let digest = vault::digest(token.as_bytes());
    let Some(claims) = cx.part::<AccessTokens>().verified(cx.tenant(), token, &digest, cx.now()).await? else {
        return Ok(());
    };
    if claims.client_id != client.client_id() || claims.has_expired(cx.now()) {
        return Ok(());
    }
    let tx = cx.tx().await?;
    if revoked::revoke(tx, &claims.jti, Timestamp::from_seconds(claims.exp)).await? {
        tx.emit(&TokenRevoked { client_id: client.id, user_id: None });
    }
    Ok(())
}
