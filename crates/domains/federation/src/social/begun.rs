//! What was begun: kept under the state while the person is at the provider, and brought back to the application.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge::Context;
use identity::users::User;
use kernel::{Id, Secret};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{authorization::with_parameters, error::SocialError};

/// The payload of a state. Holds nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begun {
    pub(crate) provider: String,
    /// The issuer may have been replaced while the person was away.
    pub(crate) connection: String,
    /// Where the provider answers, as it was told.
    pub(crate) callback: String,
    pub(crate) client: Client,
    /// Digest of what the browser holds.
    pub(crate) browser: String,
    pub(crate) action: Action,
}

/// The application's client and what it wants back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) redirect_uri: String,
    /// Its own state, brought back as it came.
    pub(crate) state: Option<String>,
    /// S256 of what only it knows: whoever exchanges the code must show it.
    pub(crate) code_challenge: String,
}

/// What the answer is good for, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    SignIn,
    /// For this user, in this very session.
    Link {
        user_id: Uuid,
        session_id: Uuid,
    },
}

impl Action {
    pub(crate) fn user(self) -> Option<Id<User>> {
        match self {
            Self::SignIn => None,
            Self::Link { user_id, .. } => Some(Id::from_uuid(user_id)),
        }
    }
}

impl Begun {
    /// Is this the provider that was asked, and the browser that began?
    pub(crate) fn is_of(&self, provider: &str, browser: Option<&Secret>) -> bool {
        let found = browser.map(digest_of).unwrap_or_default();
        self.provider == provider && vault::constant_time_eq(found.as_bytes(), self.browser.as_bytes())
    }
}

impl Client {
    const MAX_STATE: usize = 1_024;

    /// `redirect_uri` is one of the application's own byte for byte, or one of the hosted pages' own.
    pub(crate) fn checked(
        cx: &Context,
        redirect_uri: Option<String>,
        state: Option<String>,
        code_challenge: Option<String>,
    ) -> Result<Self, SocialError> {
        let is_registered = |uri: &str| {
            let own = &tenancy::settings_of(cx.tenant()).redirect_uris;
            own.iter().any(|known| known == uri) || is_hosted_page(cx, uri)
        };
        let redirect_uri = redirect_uri.filter(|uri| is_registered(uri)).ok_or(SocialError::RedirectUri)?;
        let code_challenge = code_challenge
            .filter(|challenge| super::authorization::is_code_challenge(challenge))
            .ok_or(SocialError::PkceRequired)?;
        if state.as_ref().is_some_and(|state| state.len() > Self::MAX_STATE) {
            return Err(SocialError::State);
        }
        Ok(Self { redirect_uri, state, code_challenge })
    }

    pub(crate) fn with_code(&self, code: &Secret) -> Option<String> {
        let state = self.state.as_deref();
        with_parameters(&self.redirect_uri, &[("code", Some(code.reveal())), ("state", state)])
    }

    pub(crate) fn with_error(&self, reason: &str, message: &str) -> Option<String> {
        let parameters =
            [("error", Some(reason)), ("error_description", Some(message)), ("state", self.state.as_deref())];
        with_parameters(&self.redirect_uri, &parameters)
    }
}

/// The hosted pages that finish a sign-in at a provider, and a link.
fn is_hosted_page(cx: &Context, uri: &str) -> bool {
    let page = uri.strip_prefix(&*cx.tenant().issuer);
    matches!(page, Some("/sign-in/social" | "/account/identities/back"))
}

pub(crate) fn digest_of(browser: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(vault::digest(browser.reveal().as_bytes()))
}

/// The PKCE verifier of a state (RFC 7636, section 4.1).
pub(crate) fn verifier(cx: &Context, state: &Secret) -> String {
    derived(cx, "social pkce", state)
}

/// The nonce of a state (OpenID Connect Core 1.0, section 3.1.2.1).
pub(crate) fn nonce(cx: &Context, state: &Secret) -> String {
    derived(cx, "social nonce", state)
}

fn derived(cx: &Context, purpose: &'static str, state: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(cx.vault().mac(purpose, &[cx.tenant_id().as_bytes(), state.reveal().as_bytes()]))
}
