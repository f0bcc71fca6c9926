//! The way there.

use std::time::Duration;

use edge::{BrowserCookie, Context, Failure, Redirect, Reply, redirect};
use identity::challenges::{self, ChallengeError, ChallengeKind, NewChallenge};
use kernel::Secret;
use serde_json::json;

use super::{
    authorization::{AuthorizationRequest, code_challenge},
    begun::{self, Action, Begun, Client},
    connection::Connection,
    error::SocialError,
    linking::LinkTicket,
};

/// How long a person may take at the provider.
const LIFETIME: Duration = Duration::from_mins(10);
const MAX_HINT: usize = 254;

/// Where the provider answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callback {
    Platform,
    DataPlane,
}

impl Callback {
    /// One address for each connection (RFC 9700, section 4.4), at the tenant's own origin.
    pub(super) fn url(self, cx: &Context, slug: &str) -> String {
        let origin = &cx.tenant().issuer;
        match self {
            Self::Platform => format!("{origin}/v1/auth/social/{slug}/callback"),
            Self::DataPlane => format!("{origin}/auth/callback/{slug}"),
        }
    }
}

/// What a browser comes with.
pub(crate) struct Start {
    pub(crate) slug: String,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) code_challenge: Option<String>,
    /// Of a signed-in person who links.
    pub(crate) ticket: Option<Secret>,
    pub(crate) login_hint: Option<String>,
    pub(crate) callback: Callback,
}

pub(crate) async fn authorize(cx: &Context, start: Start) -> Reply<Redirect> {
    let connection = Connection::open(cx, &start.slug).await?;
    let (client, action) = match &start.ticket {
        None => (Client::checked(cx, start.redirect_uri, start.state, start.code_challenge)?, Action::SignIn),
        Some(ticket) => take_ticket(cx, &start.slug, ticket).await?,
    };
    let browser = BrowserCookie::read(cx).unwrap_or_else(|| vault::OpaqueToken::generate(&*cx.env().entropy, "pc_br_"));
    let callback = start.callback.url(cx, connection.provider.slug.as_str());
    let begun = Begun {
        provider: connection.provider.slug.to_string(),
        connection: connection.provider.connection(),
        callback,
        client,
        browser: begun::digest_of(&browser),
        action,
    };
    let state = new_state(cx, &begun, &browser).await?;
    let hint = start.login_hint.filter(|hint| hint.len() <= MAX_HINT);
    let url = request(cx, &connection, &begun, &state, hint.as_deref()).ok_or(SocialError::ProviderUnavailable)?;
    Ok(redirect(&url)?.headers(BrowserCookie::set(cx, &browser, LIFETIME)))
}

async fn new_state(cx: &Context, begun: &Begun, browser: &Secret) -> Result<Secret, Failure> {
    let challenge = NewChallenge {
        kind: ChallengeKind::SocialState,
        user: begun.action.user(),
        subject: None,
        flow: None,
        browser: Some(browser),
        payload: json!(begun),
        lifetime: LIFETIME,
    };
    let (_, state) = challenges::link(cx, challenge).await?;
    Ok(state)
}

fn request(
    cx: &Context,
    connection: &Connection,
    begun: &Begun,
    state: &Secret,
    login_hint: Option<&str>,
) -> Option<String> {
    let challenge = code_challenge(&begun::verifier(cx, state));
    let nonce = begun::nonce(cx, state);
    let request = AuthorizationRequest {
        endpoint: &connection.authorization,
        client_id: &connection.provider.client_id,
        callback: &begun.callback,
        scopes: &connection.scopes(),
        state: state.reveal(),
        nonce: connection.echoes_nonce().then_some(nonce.as_str()),
        code_challenge: connection.facts.takes_pkce.then_some(challenge.as_str()),
        is_form_post: connection.facts.is_form_post,
        extra: connection.facts.extra,
        login_hint,
    };
    request.url().map(String::from)
}

/// The ticket of a person who links is good for one way there.
async fn take_ticket(cx: &Context, slug: &str, ticket: &Secret) -> Result<(Client, Action), Failure> {
    let challenge = challenges::take(cx, ChallengeKind::LinkStart, ticket, None, true).await?;
    let ticket: LinkTicket = serde_json::from_value(challenge.payload).map_err(|_| ChallengeError::InvalidToken)?;
    if ticket.provider != slug {
        return Err(ChallengeError::InvalidToken.into());
    }
    Ok((ticket.client, Action::Link { user_id: ticket.user_id, session_id: ticket.session_id }))
}
