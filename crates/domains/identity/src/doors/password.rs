//! Signing in and up with a password, and what a browser keeps of it.

use edge::{Context, Failure, SessionCookies, Transport, TrustedDeviceCookie};
use kernel::{Patch, Refusal, Secret};

use crate::{
    auth::{self, Attempt, Identifier, Registration},
    captcha,
    flows::{Completed, FlowId, Outcome},
    identifiers::Contact,
    passwordless::{self, Request, Sent},
    sessions::{self, Opened},
    users::{UserChanges, input},
};

/// A cookie for the reply.
type Cookie = (http::HeaderName, http::HeaderValue);

/// Somebody who wants an account.
pub struct Newcomer {
    pub identifier: String,
    pub password: Secret,
    pub name: Option<String>,
    /// A solved one, where the application asks for it.
    pub captcha: Option<Secret>,
    /// BCP 47.
    pub locale: String,
}

/// Sign in with a password. What is written with an `@` is an email address, what begins with a plus a phone number, and anything
/// else a username.
pub async fn sign_in(
    cx: &Context,
    identifier: &str,
    password: Secret,
    captcha: Option<Secret>,
) -> Result<Outcome, Failure> {
    let attempt = Attempt { identifier: identify(identifier)?, password, device_token: None, captcha };
    auth::sign_in(cx, attempt).await
}

/// Sign up with a password. The answer is the same whether or not the address is taken.
pub async fn sign_up(cx: &Context, newcomer: Newcomer) -> Result<(), Failure> {
    let Newcomer { identifier, password, name, captcha, locale } = newcomer;
    let given = |text: Option<String>| text.map_or(Patch::Absent, Patch::Value);
    let changes = UserChanges {
        name: input::line("name", given(name), 200)?,
        locale: input::locale("locale", Patch::Value(locale))?,
        ..UserChanges::default()
    };
    auth::sign_up(cx, Registration { identifier: identify(&identifier)?, password, changes, captcha }).await?;
    Ok(())
}

/// Have a link or a code sent. One message goes out in any case.
pub async fn send(cx: &Context, request: Request) -> Result<Sent, Failure> {
    passwordless::send(cx, request).await
}

/// The captcha that a pending sign-in waits for is solved.
pub async fn solve_captcha(cx: &Context, flow: FlowId, token: &Secret) -> Result<Outcome, Failure> {
    captcha::solve(cx, flow, token).await
}

/// Where messages for it go; a username has no such place.
pub fn contact(text: &str) -> Result<Contact, Refusal> {
    let text = text.trim().to_owned();
    let (email, phone) = if text.starts_with('+') { (None, Some(text)) } else { (Some(text), None) };
    passwordless::contact(email, phone)
}

/// New tokens for a browser whose access token is too old. `None` where its session is over. No proof of the page is asked for: a
/// refresh that another site causes changes nothing and shows it nothing.
pub async fn resume(cx: &Context) -> Result<Option<Vec<Cookie>>, Failure> {
    let Some(token) = SessionCookies::refresh_token(cx) else { return Ok(None) };
    let opened = sessions::refresh(cx, &token, Transport::Bearer).await?;
    Ok(Some(cookies(cx, &opened)))
}

/// What the browser of somebody who is signed in now keeps.
pub fn session_cookies(cx: &Context, completed: &Completed) -> Vec<Cookie> {
    let mut kept = cookies(cx, &completed.opened);
    kept.extend(completed.device.as_ref().and_then(|(token, lifetime)| TrustedDeviceCookie::set(cx, token, *lifetime)));
    kept
}

fn cookies(cx: &Context, opened: &Opened) -> Vec<Cookie> {
    SessionCookies {
        access_token: &opened.access_token,
        access_lifetime: opened.access_lifetime,
        refresh_token: &opened.refresh_token,
        refresh_lifetime: opened.refresh_lifetime,
        session_id: opened.session.id.uuid(),
        same_site: tenancy::settings_of(cx.tenant()).sessions.cookies.same_site,
    }
    .set(cx)
}

fn identify(text: &str) -> Result<Identifier, Failure> {
    let text = text.trim().to_owned();
    Ok(if text.contains('@') {
        Identifier::one_of(Some(text), None, None)?
    } else if text.starts_with('+') {
        Identifier::one_of(None, Some(text), None)?
    } else {
        Identifier::one_of(None, None, Some(text))?
    })
}
