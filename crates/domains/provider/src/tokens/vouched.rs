//! Tokens for a person whom an issuer vouches for that the application trusts (RFC 7523, section 2.1).
//!
//! Nobody signs in and nobody is asked, so that such a token has no part of the person's account here: scopes and APIs are those of the
//! application's own that its settings name for the issuer, and that the client has as well. No refresh token comes with it: the issuer
//! is asked again (RFC 7521, section 4.1).

use std::time::Duration;

use edge::{Context, Failure};
use identity::users::{self, User, UserState};
use oauth::{AuthorizationDetails, GrantAssertion, OAuthCode, OAuthError, Parameters, Scopes, narrow_resources};
use serde_json::Value;
use tenancy::{
    settings::{OauthTrustedIssuer, OauthTrustedSubject},
    settings_of,
};

use super::{
    answer::TokenResponse,
    event::AssertionAccepted,
    issue::{self, Issue},
    jwt_bearer,
    sender::Sender,
};
use crate::{
    clients::{self, Client, KnownKeys},
    error::refused,
    grants::{self, Grant, RefreshLine},
};

/// RFC 7521, section 4.1: not much longer than the assertion, which lives five minutes.
const LONGEST: Duration = Duration::from_mins(10);

pub(super) async fn issue(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
    assertion: &str,
    issuer: &str,
) -> Result<TokenResponse, Failure> {
    if client.metadata.is_public() {
        let why = "a client without credentials can not bring the word of another issuer";
        return Err(refused(OAuthError::new(OAuthCode::UnauthorizedClient, why)));
    }
    let trusted = find(cx, issuer).map_err(refused)?;
    let keys = keys(cx, trusted, assertion).await?;
    let granted = jwt_bearer::verified(cx, client, assertion, issuer, &keys)?;
    let scopes = scopes(parameters, client, trusted).map_err(refused)?;
    let resources = resources(cx, parameters, client, trusted).map_err(refused)?;
    jwt_bearer::take(cx, issuer, &granted).await?;
    let user = person(cx, trusted.subject, &granted).await?;
    let grant = grant(cx, client, &user, &scopes, &resources);
    let made = issue::access_token(
        cx,
        &Issue {
            client,
            grant: Some(&grant),
            subject: None,
            scopes: &scopes,
            resources: &resources,
            details: &AuthorizationDetails::default(),
            confirmation: &sender.confirmation,
            actor: None,
            at_most: None,
        },
    )
    .await?;
    let tx = cx.tx().await?;
    grants::insert(tx, &grant).await?;
    made.keep_in(tx);
    tx.emit(&AssertionAccepted { client_id: client.id, user_id: user.id, issuer: issuer.to_owned() });
    Ok(TokenResponse::of(&made, &scopes, &AuthorizationDetails::default()))
}

/// By configuration, and never by what the assertion says of itself. Our own tokens are no assertions of somebody else.
fn find<'a>(cx: &'a Context, issuer: &str) -> Result<&'a OauthTrustedIssuer, OAuthError> {
    let known = &settings_of(cx.tenant()).oauth.trusted_issuers;
    let known = known.iter().find(|known| known.issuer == issuer && cx.tenant().issuer != issuer);
    known.ok_or_else(|| OAuthError::invalid_grant("the assertion is of an issuer that is not trusted"))
}

async fn keys<'a>(cx: &Context, trusted: &'a OauthTrustedIssuer, assertion: &str) -> Result<KnownKeys<'a>, Failure> {
    let kid = jose::peek_kid(assertion).ok();
    let keys = clients::keys_of_issuer(cx, trusted.jwks.as_ref(), trusted.jwks_uri.as_deref(), kid.as_deref()).await;
    keys.ok_or_else(|| refused(OAuthError::invalid_grant("the keys of the issuer can not be had")))
}

/// What the client may have and the issuer may give; all of it where nothing is asked for.
fn scopes(parameters: &Parameters, client: &Client, trusted: &OauthTrustedIssuer) -> Result<Scopes, OAuthError> {
    let both = |scope: &&String| client.metadata.allowed_scopes.contains(scope);
    let allowed: Vec<String> = trusted.scopes.iter().filter(both).cloned().collect();
    let requested = match parameters.get("scope") {
        Some(requested) => Scopes::parse(requested)?,
        None => Scopes::parse(&allowed.join(" "))?,
    };
    requested.narrow(&allowed, client.metadata.scope_mode)
}

/// The same of APIs.
fn resources(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    trusted: &OauthTrustedIssuer,
) -> Result<Vec<String>, OAuthError> {
    let of_client = clients::resources_of(cx, client);
    let allowed: Vec<String> = trusted.resources.iter().filter(|one| of_client.contains(one)).cloned().collect();
    narrow_resources(parameters.all("resource"), &allowed)
}

/// Whom the issuer means. That there is no such person is not told from one who may not sign in.
async fn person(cx: &Context, subject: OauthTrustedSubject, granted: &GrantAssertion) -> Result<User, Failure> {
    let read = cx.committed();
    let found = match subject {
        OauthTrustedSubject::ExternalId => users::find_by_external_id(&read, &granted.subject).await?,
        OauthTrustedSubject::UserId => match granted.subject.parse() {
            Ok(id) => <User as edge::Resource>::find(&read, id).await?,
            Err(_) => None,
        },
    };
    let active = found.filter(|user| user.state == UserState::Active);
    active.ok_or_else(|| refused(OAuthError::invalid_grant("the assertion speaks of nobody who may act here")))
}

/// What the token hangs on, so that it ends with the person, with the client, and when the person takes it back.
fn grant(cx: &Context, client: &Client, user: &User, scopes: &Scopes, resources: &[String]) -> Grant {
    Grant {
        id: cx.new_id(),
        client_id: client.id,
        user_id: user.id,
        session_id: cx.new_id(),
        scope: scopes.to_string(),
        resources: resources.to_vec(),
        details: Value::Array(Vec::new()),
        claims: None,
        auth_time: cx.now(),
        aal: Grant::NO_SIGN_IN,
        amr: String::new(),
        binding: None,
        is_offline: true,
        redeem_by: cx.now(),
        redeemed_at: Some(cx.now()),
        refresh: RefreshLine { generation: 1, nonce: cx.env().random(), rotated_at: None, rotated_by: None },
        created_at: cx.now(),
        expires_at: cx.now() + LONGEST,
        ended: None,
        has_holdings: user.has_holdings,
    }
}
