//! Who is this client? Proven by what the request brings, in the way that the client is registered for.

use std::sync::Arc;

use edge::{Context, Failure, Limit};
use http::{
    HeaderValue,
    header::{AUTHORIZATION, WWW_AUTHENTICATE},
};
use kernel::{Actor, ActorKind};
use oauth::{AuthMethod, Challenge, ChallengeScheme, OAuthCode, OAuthError, Parameters, Presented, Profile, Proof};
use tenancy::{is_development, settings_of};
use x509::Authorities;

use super::{actions::profile_of, cache::Known, keys::keys_of, lookup, model::Client, secrets};
use crate::{error::refused, replays};

/// A client that has proven itself, or has nothing to prove itself by.
pub(crate) struct Authenticated {
    pub(crate) client: Arc<Client>,
    /// Of the certificate of the connection, whatever it was used for: tokens may be bound to it (RFC 8705, section 3).
    pub(crate) thumbprint: Option<String>,
}

/// The client that sent this request, if it is one of this application's and may act. From here on it is the one who acts.
///
/// Before the transaction is open: signatures are verified, keys may be fetched.
pub(crate) async fn authenticate(cx: &Context, parameters: &Parameters) -> Result<Authenticated, Failure> {
    let authorization = cx.header(AUTHORIZATION);
    match prove(cx, authorization, parameters).await {
        Ok(proven) if !proven.client.metadata.is_public() => {
            cx.count_openly(Limit::Client, Some(proven.client.id.uuid()))?;
            Ok(proven)
        }
        // Who has nothing to prove itself by counts like who could not.
        Ok(public) => {
            cx.count_openly(Limit::Token, None)?;
            Ok(public)
        }
        Err(Unproven::Refused(error)) => {
            cx.count_openly(Limit::Token, None)?;
            Err(challenged(error, authorization.is_some()))
        }
        Err(Unproven::Failed(failure)) => Err(failure),
    }
}

enum Unproven {
    Refused(OAuthError),
    Failed(Failure),
}

impl From<OAuthError> for Unproven {
    fn from(error: OAuthError) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for Unproven {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// To a client that came with the header the refusal says so (RFC 6749, section 5.2). Others get no challenge: libraries take one for
/// that of a protected resource.
fn challenged(error: OAuthError, by_header: bool) -> Failure {
    let is_challenge = by_header && error.code == OAuthCode::InvalidClient;
    let failure = refused(error);
    match HeaderValue::from_str(&Challenge::new(ChallengeScheme::Basic).to_header()) {
        Ok(value) if is_challenge => failure.header(WWW_AUTHENTICATE, value),
        _ => failure,
    }
}

async fn prove(cx: &Context, authorization: Option<&str>, parameters: &Parameters) -> Result<Authenticated, Unproven> {
    let certificate = cx.client_certificate();
    let presented = oauth::read_client(authorization, parameters, certificate.is_some())?;
    // Whether there is no such client or its secret is another is not told apart.
    let known = lookup::known(cx, &presented.client_id).await?.ok_or_else(unknown)?;
    if !known.client.is_active() {
        return Err(unknown().into());
    }
    oauth::check_method(&presented, &known.client.metadata)?;
    check(cx, &known, &presented).await?;
    check_profile(cx, &known.client)?;
    let client = Arc::clone(&known.client);
    cx.identify(Actor { kind: ActorKind::Client, id: Some(client.id.uuid()) });
    Ok(Authenticated {
        client,
        thumbprint: certificate.map(|certificate| oauth::certificate_thumbprint(certificate.der())),
    })
}

fn unknown() -> OAuthError {
    OAuthError::invalid_client("the client is not known, or its credentials do not hold")
}

/// The application may be held to stricter rules than when the client was registered.
fn check_profile(cx: &Context, client: &Client) -> Result<(), OAuthError> {
    let profile = profile_of(cx, client);
    if profile != Profile::Fapi2 {
        return Ok(());
    }
    oauth::check_metadata(&client.metadata, client.kind, profile, is_development(cx.tenant())).map_err(|flaws| {
        let flaw = flaws.first().map_or("", |flaw| flaw.field.as_ref());
        OAuthError::invalid_client(format!("the client does not keep the profile fapi2: {flaw}"))
    })
}

async fn check(cx: &Context, known: &Known, presented: &Presented) -> Result<(), Unproven> {
    let client = &known.client;
    match &presented.proof {
        Proof::None => Ok(()),
        Proof::Secret { secret, .. } if secrets::is_one_of(&known.secrets, secret, cx.now()) => Ok(()),
        Proof::Secret { .. } => Err(unknown().into()),
        Proof::Assertion(assertion) => check_assertion(cx, client, assertion).await,
        Proof::Certificate if client.metadata.is_public() => Ok(()),
        Proof::Certificate => check_certificate(cx, client).await,
    }
}

async fn check_assertion(cx: &Context, client: &Client, assertion: &str) -> Result<(), Unproven> {
    let kid = jose::peek_kid(assertion).ok();
    let keys = keys_of(cx, client, kid.as_deref()).await?;
    let client_id = client.client_id();
    let endpoints = ["token", "par", "introspect", "revoke", "device_authorization"];
    let endpoints: Vec<String> = endpoints.iter().flat_map(|name| cx.addresses(&format!("/oauth2/{name}"))).collect();
    let endpoints: Vec<&str> = endpoints.iter().map(String::as_str).collect();
    let rules = oauth::AssertionRules {
        client_id: &client_id,
        keys: &keys,
        algorithm: client.metadata.token_endpoint_auth_signing_alg,
        profile: profile_of(cx, client),
        issuer: &cx.tenant().issuer,
        endpoints: &endpoints,
    };
    let assertion = oauth::verify_assertion(assertion, &rules, cx.now())?;
    // Some seconds beyond `exp`, for as long as a clock that is behind would take it.
    let until = assertion.exp + std::time::Duration::from_mins(1);
    let is_first = replays::remember(cx, replays::ASSERTION, &client.client_id(), &assertion.jti, until).await;
    if is_first.map_err(Failure::from)? {
        Ok(())
    } else {
        Err(OAuthError::invalid_client("the client assertion was used before").into())
    }
}

async fn check_certificate(cx: &Context, client: &Client) -> Result<(), Unproven> {
    let Some(certificate) = cx.client_certificate() else { return Err(unknown().into()) };
    let above: Vec<&[u8]> = certificate.above().collect();
    let shown = oauth::PeerCertificate { der: certificate.der(), above: &above };
    let metadata = &client.metadata;
    let checked = |keys: &jose::JwkSet, authorities: &Authorities| {
        let rules = oauth::CertificateRules { client: metadata, keys, authorities };
        oauth::check_certificate(shown, &rules, cx.now())
    };
    if metadata.token_endpoint_auth_method == AuthMethod::SelfSignedTlsClientAuth {
        checked(&*keys_of(cx, client, None).await?, &Authorities::default())?;
    } else {
        checked(&jose::JwkSet::default(), &settings_of(cx.tenant()).oauth.authorities())?;
    }
    Ok(())
}
