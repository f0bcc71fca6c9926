//! Making tokens. Everything here is signed before a transaction is open; what has to be kept is handed back.

use std::{borrow::Cow, fmt::Display, sync::Arc, time::Duration};

use edge::{Context, Failure};
use identity::{holdings, users::User};
use jose::{Algorithm, SigningKey};
use kernel::{ErrorCode, Refusal, Secret};
use oauth::{
    ACCESS_TOKEN_TYPE, AccessToken, AccessTokenFormat, AuthorizationDetails, ClaimsRequest, Confirmation, GrantType,
    ID_TOKEN_TYPE, IdToken, Scopes, acr_among, acr_of,
};
use serde::Serialize;
use serde_json::{Map, Value};
use store::{StoreError, Tx};
use tenancy::{keys::KeyRing, settings_of};

use super::{
    claims,
    opaque::{self, Handle},
    person::person,
    subject::{session_name, subject},
};
use crate::{clients::Client, grants::Grant};

/// What an access token is made of.
pub(crate) struct Issue<'a> {
    pub(crate) client: &'a Client,
    /// Whose it is; absent, the client speaks for itself.
    pub(crate) grant: Option<&'a Grant>,
    /// The subject where it is neither the grant's person nor the client.
    pub(crate) subject: Option<&'a str>,
    pub(crate) scopes: &'a Scopes,
    /// Empty for this server itself.
    pub(crate) resources: &'a [String],
    pub(crate) details: &'a AuthorizationDetails,
    pub(crate) confirmation: &'a Confirmation,
    /// RFC 8693, section 4.1.
    pub(crate) actor: Option<&'a Value>,
    /// Where it must not live as long as usual.
    pub(crate) at_most: Option<Duration>,
}

/// An access token, and the row that a handle needs.
pub(crate) struct Made {
    pub(crate) token: Secret,
    pub(crate) token_type: &'static str,
    pub(crate) lifetime: Duration,
    row: Option<Handle>,
}

impl Made {
    /// Writes what has to be there before the token is used. Nothing for a JWT.
    pub(crate) async fn keep(&self, cx: &Context) -> Result<(), StoreError> {
        if self.row.is_some() {
            self.keep_in(cx.tx().await?);
        }
        Ok(())
    }

    /// [`Made::keep`] in a transaction that is open.
    pub(crate) fn keep_in(&self, tx: &Tx) {
        if let Some(row) = &self.row {
            opaque::insert(tx, row);
        }
    }
}

/// An access token (RFC 9068), in the form that the client is registered for.
pub(crate) async fn access_token(cx: &Context, issue: &Issue<'_>) -> Result<Made, Failure> {
    let Issue { client, grant, .. } = issue;
    let lifetime = lifetime(cx, issue);
    let client_id = client.client_id();
    let subject: Cow<'_, str> = match (issue.subject, grant) {
        (Some(subject), _) => subject.into(),
        (None, Some(grant)) => subject(cx, client, grant.user_id)?.into(),
        (None, None) => client_id.as_str().into(),
    };
    let audience = oauth::audience(issue.resources, &cx.tenant().issuer);
    let signed_in = grant.filter(|grant| grant.is_of_sign_in());
    let session = signed_in.map(|grant| session_name(cx, client, grant.session_id));
    let id = kernel::encoding::base62(&cx.env().random::<16>());
    let amr: Vec<&str> = signed_in.map(|grant| grant.amr.split(' ').collect()).unwrap_or_default();
    let wishes = signed_in.map(wishes).unwrap_or_default();
    let (wanted, _) = wishes.acr().unwrap_or_default();
    let mut extra = Map::new();
    if let Some(grant) = grant {
        extra.insert(claims::GRANT.to_owned(), Value::String(grant.id.to_string()));
        // RFC 9068, section 2.2.3.1.
        let held = holdings::of(cx, grant.user_id, grant.has_holdings).await?;
        for (name, words) in [("roles", held.roles()), ("groups", held.groups())] {
            if !words.is_empty() {
                extra.insert(name.to_owned(), words.into());
            }
        }
    }
    let token = AccessToken {
        issuer: &cx.tenant().issuer,
        subject: &subject,
        audience: &audience,
        client_id: &client_id,
        issued_at: cx.now(),
        expires_at: cx.now() + lifetime,
        id: &id,
        scopes: issue.scopes,
        auth_time: signed_in.map(|grant| grant.auth_time.as_seconds()),
        acr: signed_in.map(|grant| acr_of(grant.aal, wanted)),
        amr: &amr,
        confirmation: issue.confirmation,
        actor: issue.actor,
        authorization_details: issue.details,
        session_id: session.as_deref(),
        extra: &extra,
    };
    let (secret, row) = match client.metadata.access_token_format {
        AccessTokenFormat::Jwt => {
            let key = signer(cx, client.metadata.access_token_signed_response_alg).await?;
            (Secret::new(signed(&key, ACCESS_TOKEN_TYPE, &token)?), None)
        }
        AccessTokenFormat::Opaque => {
            let id = opaque::id_until(cx, token.expires_at);
            let secret = opaque::new_token(cx, id);
            let row = Handle {
                id,
                digest: vault::digest(secret.reveal().as_bytes()),
                client: client.id,
                grant: grant.map(|grant| grant.id),
                claims: serde_json::to_string(&token).map_err(unwritten)?,
                expires_at: token.expires_at,
            };
            (secret, Some(row))
        }
    };
    Ok(Made { token: secret, token_type: token.token_type(), lifetime, row })
}

/// Never beyond the end of the grant.
fn lifetime(cx: &Context, issue: &Issue<'_>) -> Duration {
    let own = issue.client.metadata.access_token_lifetime.map(|seconds| Duration::from_secs(seconds.into()));
    let usual = own.unwrap_or_else(|| settings_of(cx.tenant()).oauth.access_token_lifetime());
    let left = issue.grant.map(|grant| grant.expires_at.since(cx.now()));
    [left, issue.at_most].into_iter().flatten().fold(usual, Duration::min)
}

/// What the client is told about the sign-in (OpenID Connect Core 1.0, section 2).
pub(crate) async fn id_token(
    cx: &Context,
    client: &Client,
    grant: &Grant,
    nonce: Option<&str>,
    access_token: &Secret,
) -> Result<String, Failure> {
    let algorithm = client.metadata.id_token_signed_response_alg;
    let wishes = wishes(grant);
    let amr: Vec<&str> = grant.amr.split(' ').collect();
    let (wanted, _) = wishes.acr().unwrap_or_default();
    let subject = subject(cx, client, grant.user_id)?;
    let session = session_name(cx, client, grant.session_id);
    let token = IdToken {
        issuer: &cx.tenant().issuer,
        subject: &subject,
        client_id: &client.client_id(),
        issued_at: cx.now(),
        expires_at: cx.now() + settings_of(cx.tenant()).oauth.id_token_lifetime(),
        auth_time: grant.auth_time,
        nonce,
        acr: Some(acr_among(grant.aal, &wanted)),
        amr: &amr,
        access_token: Some((access_token.reveal(), algorithm)),
        session_id: Some(&session),
        person: &person_claims(cx, grant, &wishes).await?,
    };
    let key = signer(cx, algorithm).await?;
    signed(&key, ID_TOKEN_TYPE, &token)
}

/// The single claims that were asked for in the ID token; scopes speak of the userinfo endpoint (section 5.4).
async fn person_claims(cx: &Context, grant: &Grant, wishes: &ClaimsRequest) -> Result<Map<String, Value>, Failure> {
    if wishes.id_token.keys().all(|name| oauth::scope_of_claim(name).is_none()) {
        return Ok(Map::new());
    }
    let user = <User as edge::Resource>::find(&cx.committed(), grant.user_id).await?;
    Ok(user.map(|user| person(&user).released(&Scopes::default(), &wishes.id_token)).unwrap_or_default())
}

/// The `claims` parameter of the request that the grant came of.
pub(crate) fn wishes(grant: &Grant) -> ClaimsRequest {
    let claims = grant.claims.as_ref();
    claims.and_then(|claims| serde_json::from_value(claims.clone()).ok()).unwrap_or_default()
}

/// Does a refresh token belong to what this client is given? With `offline_access` it goes on when the session is over; without, it
/// ends with it, as OpenID Connect Core 1.0, section 11, leaves to the server.
pub(crate) fn is_refreshable(client: &Client) -> bool {
    client.metadata.may(GrantType::RefreshToken)
}

/// The key that signs now. Asked before a transaction is open: it may have to be made.
pub(crate) async fn signer(cx: &Context, algorithm: Algorithm) -> Result<Arc<SigningKey>, Failure> {
    Ok(cx.part::<KeyRing>().signer(cx.tenant_id(), algorithm, cx.now()).await?)
}

pub(crate) fn signed(key: &SigningKey, kind: &str, claims: &impl Serialize) -> Result<String, Failure> {
    key.sign(kind, claims).map_err(unwritten)
}

pub(crate) fn unwritten(error: impl Display) -> Failure {
    tracing::error!(%error, "a token could not be written");
    Refusal::new(ErrorCode::Internal, "server_error", "No token could be made.").into()
}
