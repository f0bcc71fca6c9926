//! Who the relying party is, and the challenges of both ceremonies: what each is for and to whom it is bound.

use edge::{Context, Failure};
use kernel::Secret;
use serde::{Deserialize, Serialize};
use tenancy::settings_of;
use url::Url;
use webauthn::{RelyingParty, WebauthnError};

use super::options::LIFETIME;
use crate::{
    challenges::{self, Challenge, ChallengeKind, NewChallenge},
    sessions::SessionId,
    users::UserId,
};

/// The host that credentials are bound to, and whose pages may use them.
pub(super) struct Party {
    pub(super) id: String,
    origins: Vec<String>,
}

impl Party {
    /// From the issuer and the settings, never from a header of the request.
    pub(super) fn of(cx: &Context) -> Self {
        let settings = settings_of(cx.tenant());
        let issuer = Url::parse(&cx.tenant().issuer).ok();
        let mut origins: Vec<String> = issuer.iter().map(|url| url.origin().ascii_serialization()).collect();
        origins.extend(settings.allowed_origins.iter().cloned());
        origins.extend(settings.passkeys.native_origins());
        let id = issuer.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
        Self { id, origins }
    }

    /// The person is always verified: a passkey stands for two factors, and a mere touch would be one.
    pub(super) fn relying_party(&self) -> RelyingParty<'_> {
        RelyingParty { id: &self.id, origins: &self.origins, requires_user_verification: true }
    }

    /// Pages of other hosts that may use these credentials (Web Authentication Level 3, section 5.11).
    pub(super) fn web_origins(&self) -> impl Iterator<Item = &str> {
        self.origins.iter().map(String::as_str).filter(|origin| origin.starts_with("http"))
    }
}

/// What a challenge is good for; of another purpose it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub(super) enum Purpose {
    /// A passkey that a signed-in person adds, in the session that asked.
    Registration { session: SessionId },
    /// A passkey as a new second factor.
    Enrolment,
    /// Whoever holds one of the application's passkeys.
    SignIn,
    /// A second factor of one person.
    SecondFactor,
}

impl Purpose {
    const fn kind(self) -> ChallengeKind {
        match self {
            Self::Registration { .. } | Self::Enrolment => ChallengeKind::PasskeyRegistration,
            Self::SignIn | Self::SecondFactor => ChallengeKind::PasskeyAuthentication,
        }
    }
}

/// A new challenge: 256 random bits, kept as a digest.
pub(super) async fn begin(cx: &Context, purpose: Purpose, user: Option<UserId>) -> Result<Secret, Failure> {
    let new = NewChallenge {
        kind: purpose.kind(),
        user,
        subject: None,
        flow: None,
        browser: None,
        payload: serde_json::to_value(purpose).unwrap_or_default(),
        lifetime: LIFETIME,
    };
    Ok(challenges::link(cx, new).await?.1)
}

/// Redeem the challenge that was signed: once, for this purpose and this person. It is used up either way.
pub(super) async fn redeem(
    cx: &Context,
    purpose: Purpose,
    user: Option<UserId>,
    presented: &[u8],
) -> Result<Result<(), WebauthnError>, Failure> {
    let Ok(text) = str::from_utf8(presented) else { return Ok(Err(WebauthnError::Challenge)) };
    let taken = challenges::take(cx, purpose.kind(), &Secret::new(text), None, true).await;
    match taken {
        Ok(challenge) if is_for(&challenge, purpose, user) => Ok(Ok(())),
        Ok(_) => Ok(Err(WebauthnError::Challenge)),
        Err(failure) if failure.reason() == "invalid_token" => Ok(Err(WebauthnError::Challenge)),
        Err(failure) => Err(failure),
    }
}

fn is_for(challenge: &Challenge, purpose: Purpose, user: Option<UserId>) -> bool {
    let made_for = serde_json::from_value::<Purpose>(challenge.payload.clone());
    made_for.is_ok_and(|made_for| made_for == purpose) && challenge.user_id == user
}
