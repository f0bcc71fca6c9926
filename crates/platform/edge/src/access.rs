//! Who may call: one function decides for every endpoint of every surface.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use kernel::{
    Actor, ActorKind, ErrorCode, Refusal, Timestamp,
    permission::is_granted,
    ports::{PresentedToken, SessionCaller, TokenCaller},
    tenant::{CONSOLE, TenantFacts, TenantId},
};

use crate::{
    app::App,
    certificate::ClientCertificate,
    context::{Caller, Request},
    cookies,
    endpoint::Surface,
    headers::DPOP,
};

/// The callers that an endpoint admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone, without naming a tenant.
    Anyone,
    /// Everyone, in a tenant.
    Public,
    /// Everyone, at the console: signing up for and in to the dashboard.
    Open,
    /// Everyone, in a tenant; who presents a session must hold a live one.
    MaybeSignedIn,
    /// Everyone with a browser, in a tenant; a session by cookie that is over is none.
    Browser,
    /// An end user with a live session, and, where named, a scope in the token, or the other that serves as well.
    SignedIn { scope: Option<&'static str>, also: Option<&'static str> },
    /// A secret API key, a dashboard account or a token that holds the permission.
    Can { permission: &'static str },
    /// The same, or an end user on what is theirs.
    CanOrSelf { permission: &'static str },
    /// A dashboard account.
    Account,
    /// An OAuth client (RFC 6749, section 2.3). Who it is stands in the body: the handler finds out.
    Client,
    /// An OAuth access token (RFC 6750), in a header or the body: the handler looks at it.
    Token,
}

impl Access {
    /// The permission that the credentials must carry.
    pub const fn scope(self) -> Option<&'static str> {
        match self {
            Self::Can { permission } | Self::CanOrSelf { permission } => Some(permission),
            Self::SignedIn { scope, .. } => scope,
            _ => None,
        }
    }

    /// Is the endpoint served at the console's tenant, whichever tenant the request names?
    pub const fn is_console(self) -> bool {
        matches!(self, Self::Open | Self::Account)
    }
}

/// What a request brings with it that may say who sent it.
#[derive(Clone, Copy)]
pub(crate) struct Arrived<'a> {
    pub(crate) now: Timestamp,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) surface: Surface,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) is_mutation: bool,
    pub(crate) certificate: Option<&'a ClientCertificate>,
}

impl<'a> Arrived<'a> {
    pub(crate) fn by(request: &'a Request) -> Self {
        let facts = &request.endpoint().facts;
        Self {
            now: request.now,
            headers: &request.headers,
            surface: facts.surface(),
            method: facts.method.as_str(),
            path: request.uri.path(),
            is_mutation: facts.method.is_mutation(),
            certificate: request.certificate.as_ref(),
        }
    }
}

/// Who is calling, if this endpoint admits them.
pub(crate) async fn admit(
    app: &App,
    access: Access,
    tenant: &Arc<TenantFacts>,
    arrived: Arrived<'_>,
) -> Result<Caller, Refusal> {
    match access {
        Access::Anyone | Access::Public | Access::Open | Access::Client | Access::Token => Ok(Caller::Anonymous),
        Access::MaybeSignedIn if !presents_session(arrived.headers, tenant)? => Ok(Caller::Anonymous),
        Access::MaybeSignedIn => Ok(Caller::User(session(app, tenant, arrived).await?)),
        Access::Browser => visitor(app, tenant, arrived).await,
        // What a person lets a client do is named by a scope, and nothing else is let.
        Access::SignedIn { scope, also } => {
            let session = match (scope, oauth_token(app, tenant, arrived).await?) {
                (Some(_), Some(TokenCaller::User(session))) => session,
                (Some(_), Some(TokenCaller::Client(_))) => return Err(user_required()),
                (None, Some(_)) => return Err(invalid_token()),
                (_, None) => session(app, tenant, arrived).await?,
            };
            match scope {
                Some(scope) if !std::iter::once(scope).chain(also).any(|name| is_granted(&session.scopes, name)) => {
                    Err(insufficient_scope(scope))
                }
                _ => Ok(Caller::User(session)),
            }
        }
        Access::Account => Ok(Caller::Account(session(app, tenant, arrived).await?)),
        Access::Can { permission } | Access::CanOrSelf { permission } => {
            let is_enough = |caller: &Caller, scopes: &str| match caller {
                // There a person is confined to what is theirs, whatever they hold: what administers comes with a key or an account.
                Caller::User(_) if arrived.surface != Surface::DataPlane => matches!(access, Access::CanOrSelf { .. }),
                // Where clients call for people, what a person lets one do is named by a scope.
                _ => is_granted(scopes, permission),
            };
            let own = credential(app, tenant, arrived).await;
            let (caller, scopes) = match own {
                Ok((caller, scopes)) if is_enough(&caller, &scopes) => return Ok(caller),
                Err(refusal) if refusal.status() >= 500 => return Err(refusal),
                // Of two sessions in one browser the application's own comes first, if it is enough.
                own => match account_by_cookie(app, tenant, arrived).await? {
                    Some(account) => account,
                    None => own?,
                },
            };
            if is_enough(&caller, &scopes) { Ok(caller) } else { Err(insufficient_scope(permission)) }
        }
    }
}

/// Any of the three credentials, with the permissions that it carries in this tenant. An account's cookie is not among them.
async fn credential(app: &App, tenant: &Arc<TenantFacts>, arrived: Arrived<'_>) -> Result<(Caller, Arc<str>), Refusal> {
    match oauth_token(app, tenant, arrived).await? {
        Some(TokenCaller::User(session)) => {
            let scopes = Arc::clone(&session.scopes);
            return Ok((Caller::User(session), scopes));
        }
        Some(TokenCaller::Client(client)) => {
            let scopes = Arc::clone(&client.scopes);
            return Ok((Caller::Client(client), scopes));
        }
        None => {}
    }
    let presented = bearer(arrived.headers)?;
    if let Some(secret) = presented.filter(|token| token.starts_with(vault::ApiKeySecret::PREFIX)) {
        let key = app.ports().api_keys.authenticate(tenant, secret, arrived.now).await?.ok_or_else(invalid_api_key)?;
        let scopes = Arc::clone(&key.scopes);
        return Ok((Caller::ApiKey(key), scopes));
    }
    if let Some(token) =
        presented.filter(|token| tenant.id != CONSOLE && app.ports().sessions.audience(token) == Some(CONSOLE))
    {
        let console = app.ports().tenants.by_id(CONSOLE, arrived.now).await?.ok_or_else(no_tenant)?;
        let account = app.ports().sessions.authenticate(&console, token, arrived.now).await?;
        return in_team(app, account, tenant).await;
    }
    let user = session(app, tenant, arrived).await?;
    let scopes = Arc::clone(&user.scopes);
    Ok((Caller::User(user), scopes))
}

/// The dashboard account whose cookie the browser sends, with its CSRF proof, and its permissions in this tenant; `None` where
/// there is no such cookie, or another credential was meant.
async fn account_by_cookie(
    app: &App,
    tenant: &Arc<TenantFacts>,
    Arrived { headers, is_mutation, now, .. }: Arrived<'_>,
) -> Result<Option<(Caller, Arc<str>)>, Refusal> {
    if headers.contains_key(AUTHORIZATION) {
        return Ok(None);
    }
    let Some(token) = cookies::access_token(headers, CONSOLE) else { return Ok(None) };
    let console = app.ports().tenants.by_id(CONSOLE, now).await?.ok_or_else(no_tenant)?;
    let account = app.ports().sessions.authenticate(&console, &token, now).await?;
    if is_mutation {
        cookies::require_csrf_proof(app.vault(), headers, &console, account.session_id)?;
    }
    in_team(app, account, tenant).await.map(Some)
}

/// What an account may do in a tenant. One of another team answers as one that does not exist.
async fn in_team(app: &App, account: SessionCaller, tenant: &Arc<TenantFacts>) -> Result<(Caller, Arc<str>), Refusal> {
    let permissions = app.ports().teams.permissions(account.user_id, tenant.id).await?.ok_or_else(no_tenant)?;
    Ok((Caller::Account(account), permissions))
}

/// A live session of this tenant, by bearer token or by cookie with its CSRF proof.
async fn session(
    app: &App,
    tenant: &Arc<TenantFacts>,
    Arrived { headers, is_mutation, now, .. }: Arrived<'_>,
) -> Result<SessionCaller, Refusal> {
    if let Some(token) = bearer(headers)? {
        if token.starts_with(vault::ApiKeySecret::PREFIX) {
            return Err(user_required());
        }
        return app.ports().sessions.authenticate(tenant, token, now).await;
    }
    let Some(token) = cookies::access_token(headers, tenant.id) else {
        return Err(missing_credentials());
    };
    let session = app.ports().sessions.authenticate(tenant, &token, now).await?;
    if is_mutation {
        cookies::require_csrf_proof(app.vault(), headers, tenant, session.session_id)?;
    }
    Ok(session)
}

/// Do the caller's credentials carry this permission too?
pub(crate) async fn holds(app: &App, caller: &Caller, tenant: TenantId, permission: &str) -> Result<bool, Refusal> {
    Ok(match caller {
        Caller::Anonymous => false,
        Caller::ApiKey(key) => is_granted(&key.scopes, permission),
        Caller::User(session) => is_granted(&session.scopes, permission),
        Caller::Client(client) => is_granted(&client.scopes, permission),
        Caller::Account(account) => {
            let permissions = app.ports().teams.permissions(account.user_id, tenant).await?;
            permissions.is_some_and(|permissions| is_granted(&permissions, permission))
        }
    })
}

/// The person whose live session the cookies hold, or nobody: a page shows itself to both. That a form was sent by a page of ours
/// is for the guard to check, since its proof is in the body.
async fn visitor(app: &App, tenant: &Arc<TenantFacts>, arrived: Arrived<'_>) -> Result<Caller, Refusal> {
    let Some(token) = cookies::access_token(arrived.headers, tenant.id) else { return Ok(Caller::Anonymous) };
    match app.ports().sessions.authenticate(tenant, &token, arrived.now).await {
        Ok(session) => Ok(Caller::User(session)),
        Err(refusal) if refusal.status() < 500 => Ok(Caller::Anonymous),
        Err(refusal) => Err(refusal),
    }
}

fn presents_session(headers: &HeaderMap, tenant: &TenantFacts) -> Result<bool, Refusal> {
    Ok(bearer(headers)?.is_some() || cookies::access_token(headers, tenant.id).is_some())
}

/// Whom an OAuth access token speaks for, where one is presented. Only the data plane takes them; what is no session token there is
/// one of these or nothing.
async fn oauth_token(app: &App, tenant: &TenantFacts, arrived: Arrived<'_>) -> Result<Option<TokenCaller>, Refusal> {
    // Elsewhere whatever is no session's token is none.
    if arrived.surface != Surface::DataPlane {
        return Ok(None);
    }
    let Some(Presented { token, is_dpop }) = presented(arrived.headers)? else { return Ok(None) };
    if !is_dpop && is_own(app, token) {
        return Ok(None);
    }
    // Only a proof names an address.
    let urls = if is_dpop { app.settings().addresses(&tenant.issuer, arrived.path) } else { Vec::new() };
    let presented = PresentedToken {
        token,
        is_dpop,
        proof: arrived.headers.get(DPOP).and_then(|proof| proof.to_str().ok()),
        certificate: arrived.certificate.map(ClientCertificate::der),
        method: arrived.method,
        urls: &urls,
    };
    app.ports().tokens.authenticate(tenant, presented, arrived.now).await.map(Some)
}

/// A secret API key, or a session's token: whose audience is an application's id, which no OAuth token names.
fn is_own(app: &App, token: &str) -> bool {
    token.starts_with(vault::ApiKeySecret::PREFIX) || app.ports().sessions.audience(token).is_some()
}

/// What stands in `Authorization`.
struct Presented<'a> {
    token: &'a str,
    is_dpop: bool,
}

/// The one `Authorization` header (RFC 6750, section 2.1; RFC 9449, section 7.1).
fn presented(headers: &HeaderMap) -> Result<Option<Presented<'_>>, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Refusal::new(ErrorCode::BadRequest, "duplicate_authorization", "Send one Authorization header."));
    }
    let (scheme, token) = ascii(value).and_then(|text| text.split_once(' ')).ok_or_else(missing_credentials)?;
    let is_dpop = scheme.eq_ignore_ascii_case("dpop");
    if is_dpop || scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(Presented { token: token.trim(), is_dpop }))
    } else {
        Err(missing_credentials())
    }
}

/// The same as [`HeaderValue::to_str`], many bytes at a time: tokens are long.
fn ascii(value: &HeaderValue) -> Option<&str> {
    str::from_utf8(value.as_bytes()).ok().filter(|text| text.is_ascii())
}

/// The token of `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    match presented(headers)? {
        Some(Presented { is_dpop: true, .. }) => Err(missing_credentials()),
        presented => Ok(presented.map(|presented| presented.token)),
    }
}

fn user_required() -> Refusal {
    Refusal::new(
        ErrorCode::Forbidden,
        "user_required",
        "This endpoint is for a signed-in person, not for an API key or a client.",
    )
}

fn invalid_token() -> Refusal {
    Refusal::new(ErrorCode::Unauthorized, "invalid_token", "The access token is not valid here.")
}

pub(crate) fn missing_credentials() -> Refusal {
    Refusal::new(
        ErrorCode::Unauthorized,
        "missing_credentials",
        "Send `Authorization: Bearer` with a secret API key or an access token.",
    )
}

fn invalid_api_key() -> Refusal {
    Refusal::new(ErrorCode::Unauthorized, "invalid_api_key", "This API key is unknown here, expired or revoked.")
}

fn insufficient_scope(scope: &str) -> Refusal {
    Refusal::new(ErrorCode::Forbidden, "insufficient_scope", format!("The credentials do not carry `{scope}`."))
}

pub(crate) fn no_tenant() -> Refusal {
    Refusal::new(ErrorCode::NotFound, "tenant_not_found", "There is no such application.")
}

/// The actor that events name.
pub(crate) fn actor(caller: &Caller) -> Actor {
    match caller {
        Caller::Anonymous => Actor::ANONYMOUS,
        Caller::ApiKey(key) => Actor { kind: ActorKind::ApiKey, id: Some(key.key_id) },
        Caller::User(session) => Actor { kind: ActorKind::User, id: Some(session.user_id) },
        Caller::Client(client) => Actor { kind: ActorKind::Client, id: Some(client.client_id) },
        Caller::Account(session) => Actor { kind: ActorKind::Account, id: Some(session.user_id) },
    }
}
