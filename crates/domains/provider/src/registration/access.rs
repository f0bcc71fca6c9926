//! Who may register a client, and who looks after one.

use std::sync::Arc;

use edge::{ClientCertificate, Context, Failure};
use http::{
    HeaderValue,
    header::{AUTHORIZATION, WWW_AUTHENTICATE},
};
use kernel::{
    Actor, ActorKind, Permission,
    permission::is_granted,
    ports::{AccessTokenAuthenticator, ApiKeyAuthenticator, PresentedToken, TokenCaller},
};
use oauth::{Challenge, ChallengeScheme, OAuthCode, OAuthError};
use tenancy::{ApiKeys, settings::RegistrationMode, settings_of};
use vault::ApiKeySecret;

use crate::{
    clients::{ApplicationsWrite, Client, ClientOrigin, Clients},
    error::refused,
    registration::RegisteredId,
    tokens::AccessTokens,
};

/// What whoever registers a client may give it beside what everybody may.
pub(super) enum Registrar {
    /// Anybody.
    Anyone,
    /// Who showed an initial access token, and what they hold: space-separated permissions.
    Holder(Arc<str>),
}

/// An initial access token (RFC 7591, section 3) is a secret API key, or an access token that administers clients.
pub(super) async fn registrar(cx: &Context) -> Result<Registrar, Failure> {
    match settings_of(cx.tenant()).oauth.registration {
        RegistrationMode::Off => Err(refused(OAuthError::new(
            OAuthCode::AccessDenied,
            "clients can not register themselves here: ask whoever runs the application",
        ))),
        RegistrationMode::Open if cx.header(AUTHORIZATION).is_none() => Ok(Registrar::Anyone),
        RegistrationMode::Open | RegistrationMode::Protected => holder(cx).await,
    }
}

async fn holder(cx: &Context) -> Result<Registrar, Failure> {
    let token = bearer(cx).ok_or_else(|| unauthorized(None))?;
    let (actor, scopes) = if token.starts_with(ApiKeySecret::PREFIX) {
        let key = cx.part::<ApiKeys>().authenticate(cx.tenant(), token, cx.now()).await?.ok_or_else(invalid_token)?;
        (Actor { kind: ActorKind::ApiKey, id: Some(key.key_id) }, key.scopes)
    } else {
        let presented = PresentedToken {
            token,
            is_dpop: false,
            proof: None,
            certificate: cx.client_certificate().map(ClientCertificate::der),
            method: "POST",
            urls: &[],
        };
        match cx.part::<AccessTokens>().authenticate(cx.tenant(), presented, cx.now()).await {
            Ok(TokenCaller::User(session)) => {
                (Actor { kind: ActorKind::User, id: Some(session.user_id) }, session.scopes)
            }
            Ok(TokenCaller::Client(client)) => {
                (Actor { kind: ActorKind::Client, id: Some(client.client_id) }, client.scopes)
            }
            Err(refusal) if refusal.status() >= 500 => return Err(refusal.into()),
            Err(_) => return Err(invalid_token()),
        }
    };
    if !is_granted(&scopes, ApplicationsWrite::NAME) {
        let error = OAuthError::new(OAuthCode::InsufficientScope, "the token does not carry applications:write");
        return Err(challenged(error, Some(ApplicationsWrite::NAME)));
    }
    cx.identify(actor);
    Ok(Registrar::Holder(scopes))
}

/// The client that a registration access token (RFC 7592, section 2) belongs to, and that token as it came. Whether there is no such
/// client or the token is another is not told apart.
pub(super) async fn own(cx: &Context, id: RegisteredId) -> Result<(Arc<Client>, String), Failure> {
    let token = bearer(cx).ok_or_else(|| unauthorized(None))?;
    let known = cx.part::<Clients>().find(cx.tenant_id(), kernel::Id::from_uuid(id.uuid()), cx.now()).await?;
    let client = known.map(|known| Arc::clone(&known.client)).ok_or_else(invalid_token)?;
    let digest = vault::digest(token.as_bytes());
    let is_own = client.registration_hash.is_some_and(|hash| vault::constant_time_eq(&hash, &digest));
    if !is_own || !client.is_active() || client.origin != ClientOrigin::Registered {
        return Err(invalid_token());
    }
    cx.identify(Actor { kind: ActorKind::Client, id: Some(client.id.uuid()) });
    Ok((client, token.to_owned()))
}

fn bearer(cx: &Context) -> Option<&str> {
    let (scheme, token) = cx.header(AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

fn invalid_token() -> Failure {
    let error =
        OAuthError::new(OAuthCode::InvalidToken, "the token is not known here, has ended, or is for another client");
    challenged(error, None)
}

/// Nothing was shown: how to come, and no error (RFC 6750, section 3.1).
fn unauthorized(scope: Option<&str>) -> Failure {
    let challenge = Challenge { scope, ..Challenge::new(ChallengeScheme::Bearer) }.to_header();
    with_challenge(OAuthError::new(OAuthCode::InvalidToken, "send a token in the Authorization header"), &challenge)
}

fn challenged(error: OAuthError, scope: Option<&str>) -> Failure {
    let challenge = Challenge { scope, ..Challenge::new(ChallengeScheme::Bearer).with_error(&error) }.to_header();
    with_challenge(error, &challenge)
}

fn with_challenge(error: OAuthError, challenge: &str) -> Failure {
    let failure = refused(error);
    match HeaderValue::from_str(challenge) {
        Ok(value) => failure.header(WWW_AUTHENTICATE, value),
        Err(_) => failure,
    }
}
