//! The way back.

use edge::{BrowserCookie, Context, Failure};
use identity::{
    challenges::{self, ChallengeKind},
    sessions::HandOffError,
};
use kernel::{Refusal, Secret};
use tenancy::providers::ProviderSlug;

use super::{
    arrival::{self, Arrived},
    authorization::{is_from, with_parameters},
    authorize::Callback,
    begun::{self, Action, Begun},
    cache::UpstreamCache,
    connection::Connection,
    error::SocialError,
    event::{IdentityPresented, IdentityRefused},
    linking, person,
    upstream::{self, Bound},
};

/// What the provider sent the browser back with (RFC 6749, section 4.1.2; RFC 9207, section 2).
#[derive(Default)]
pub(crate) struct ProviderAnswer {
    pub(crate) state: Option<Secret>,
    pub(crate) code: Option<Secret>,
    pub(crate) issuer: Option<String>,
    pub(crate) error: Option<String>,
    /// The name that Apple sends beside.
    pub(crate) user: Option<String>,
}

/// Where the browser goes on: to the application, with a code or with a reason.
///
/// The state is looked at first and taken last, since no transaction may wait for a provider. Of two that come with one state both
/// may ask the provider, who redeems a code once; one takes the state.
pub(crate) async fn finish(cx: &Context, slug: &str, answer: ProviderAnswer) -> Result<String, Failure> {
    let state = answer.state.clone().ok_or(SocialError::State)?;
    let browser = BrowserCookie::read(cx);
    let begun = look(cx, slug, &state, browser.as_ref()).await?;
    let held = key(&state, answer.code.as_ref());
    let arrived = ask(cx, &begun, &state, answer, held).await;
    challenges::take(cx, ChallengeKind::SocialState, &state, browser.as_ref(), false).await.map_err(unknown_state)?;
    let settled = match (arrived, begun.action) {
        (Ok(arrived), Action::SignIn) => arrival::sign_in(cx, &begun, arrived).await,
        (Ok(arrived), Action::Link { .. }) => linking::prove(cx, &begun, arrived).await,
        (Err(told), _) => Err(told),
    };
    if !matches!(settled, Err(Stop::Failed(_))) {
        cx.part::<UpstreamCache>().let_go(&held);
    }
    let provider = begun.provider.clone();
    let location = match settled {
        Ok(code) => {
            cx.tx().await?.emit(&IdentityPresented { tenant_id: cx.tenant_id(), provider });
            begun.client.with_code(&code)
        }
        Err(Stop::Told(error)) => {
            let refusal = Refusal::from(error);
            cx.tx().await?.emit(&IdentityRefused { tenant_id: cx.tenant_id(), provider, reason: refusal.reason });
            begun.client.with_error(refusal.reason, &refusal.message)
        }
        Err(Stop::Failed(failure)) => return Err(failure),
    };
    Ok(location.ok_or(SocialError::RedirectUri)?)
}

/// The same answer as a query, for the browser to come with once more.
pub(crate) fn by_query(cx: &Context, slug: &str, pairs: &[(&str, Option<&str>)]) -> Result<String, SocialError> {
    const MOST: usize = 8 * 1_024;
    let slug: ProviderSlug = slug.parse().map_err(|_| SocialError::ProviderNotFound)?;
    if pairs.iter().filter_map(|(_, value)| *value).map(str::len).sum::<usize>() > MOST {
        return Err(SocialError::State);
    }
    let callback = Callback::Platform.url(cx, slug.as_str());
    with_parameters(&callback, pairs).ok_or(SocialError::State)
}

/// Why a sign-in stops: the application is told, or the request fails as a whole.
pub(crate) enum Stop {
    Told(SocialError),
    Failed(Failure),
}

impl From<SocialError> for Stop {
    fn from(error: SocialError) -> Self {
        match error {
            SocialError::Store(_) => Self::Failed(error.into()),
            told => Self::Told(told),
        }
    }
}

impl From<HandOffError> for Stop {
    fn from(error: HandOffError) -> Self {
        Self::Told(error.into())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<store::StoreError> for Stop {
    fn from(error: store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

async fn look(cx: &Context, slug: &str, state: &Secret, browser: Option<&Secret>) -> Result<Begun, Failure> {
    let challenge = challenges::look(cx, ChallengeKind::SocialState, state).await.map_err(unknown_state)?;
    let begun: Begun = serde_json::from_value(challenge.payload).map_err(|_| SocialError::State)?;
    // Nothing is used up: a person who is sent another's answer loses nothing, and neither does the other.
    if begun.is_of(slug, browser) { Ok(begun) } else { Err(SocialError::State.into()) }
}

/// Not known, used, too old, of another kind or of another browser: one answer, in the words of this door.
fn unknown_state(failure: Failure) -> Failure {
    match failure.reason() {
        "invalid_token" | "other_browser" => SocialError::State.into(),
        _ => failure,
    }
}

/// Everything that must hold of the answer, and the conversation with the provider. Writes nothing.
async fn ask(
    cx: &Context,
    begun: &Begun,
    state: &Secret,
    answer: ProviderAnswer,
    held: [u8; 32],
) -> Result<Arrived, Stop> {
    // Asked again: the provider may have been switched off, or given to another issuer, while the person was there.
    let connection = Connection::open(cx, &begun.provider).await.map_err(told)?;
    if connection.provider.connection() != begun.connection {
        return Err(SocialError::ProviderNotFound.into());
    }
    if !is_from(connection.issuer(), connection.promises_iss(), answer.issuer.as_deref()) {
        tracing::warn!(provider = begun.provider, "an answer names another issuer than the one that was asked");
        return Err(SocialError::ProviderRefused.into());
    }
    if answer.error.is_some() {
        return Err(SocialError::Denied.into());
    }
    let code = answer.code.ok_or(SocialError::ProviderRefused)?;
    let (verifier, nonce) = (begun::verifier(cx, state), begun::nonce(cx, state));
    let bound = Bound { callback: &begun.callback, verifier: &verifier, nonce: &nonce };
    let cache = cx.part::<UpstreamCache>();
    let redeemed = match cache.redeemed(&held) {
        Some(redeemed) => redeemed,
        None => cache.hold(
            held,
            upstream::redeem(cx, &connection, &code, &bound).await.map_err(|cause| {
                tracing::warn!(provider = begun.provider, %cause, "what a provider answered does not hold");
                SocialError::ProviderRefused
            })?,
        ),
    };
    let person = match answer.user {
        Some(user) if connection.facts.is_form_post => person::with_apple_name(redeemed.0.clone(), &user),
        _ => redeemed.0.clone(),
    };
    Ok(Arrived { connection, person, redeemed })
}

/// One state with one code: what was redeemed for it.
fn key(state: &Secret, code: Option<&Secret>) -> [u8; 32] {
    let code = code.map(Secret::reveal).unwrap_or_default();
    vault::digest(format!("{} {code}", state.reveal()).as_bytes())
}

/// A provider that is gone is told to the application; whatever else failed fails here.
fn told(failure: Failure) -> Stop {
    match failure.reason() {
        "provider_not_found" => SocialError::ProviderNotFound.into(),
        "provider_unavailable" => SocialError::ProviderUnavailable.into(),
        _ => Stop::Failed(failure),
    }
}
