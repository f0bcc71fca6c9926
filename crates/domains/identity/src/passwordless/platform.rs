//! `/v1/auth/magic-links` and `/v1/auth/otp`.

use edge::{Body, BrowserCookie, Context, Endpoint, MaybeSignedIn, Public, Reply, Transport, accepted};
use kernel::{Refusal, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{How, PasswordlessError, Request, Sent, actions};
use crate::{
    challenges::ChallengeId,
    flows::{SignInResult, reply_platform},
    identifiers::Contact,
    users::input,
};

/// How long a browser keeps what a link is bound to; longer than any link lives.
const BROWSER_COOKIE: std::time::Duration = std::time::Duration::from_hours(24);

/// A link to be sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MagicLinkRequest {
    email: String,
    /// One of the application's `redirect_uris`, where the link leads with `token` in its query; without it, the hosted page.
    #[serde(default)]
    redirect_url: Option<String>,
    /// The language of the message (BCP 47).
    #[serde(default)]
    locale: kernel::Patch<String>,
    /// A solved captcha, where the application asks for one.
    #[serde(default)]
    captcha_token: Option<Secret>,
}

/// A code to be sent.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct OtpRequest {
    /// Either email or phone.
    email: Option<String>,
    /// E.164.
    phone: Option<String>,
    /// The language of the message (BCP 47).
    locale: kernel::Patch<String>,
    /// A solved captcha, where the application asks for one.
    captcha_token: Option<Secret>,
}

/// A message is on its way. The same whether or not there is an account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MessageSent")]
pub(crate) struct SentView {
    /// `sent`.
    state: &'static str,
    /// Redeems the code together with it.
    challenge_id: ChallengeId,
    expires_at: Timestamp,
    /// For clients without cookies: hand it in with the link's token. Browsers have it in a cookie as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    browser_token: Option<String>,
}

impl From<&Sent> for SentView {
    fn from(sent: &Sent) -> Self {
        Self {
            state: "sent",
            challenge_id: sent.challenge_id,
            expires_at: sent.expires_at,
            browser_token: sent.browser.as_ref().map(|token| token.reveal().to_owned()),
        }
    }
}

/// What a link holds.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MagicLinkRedemption {
    token: Secret,
    /// From the answer to the request, where the browser's cookie does not come along.
    #[serde(default)]
    browser_token: Option<Secret>,
    #[serde(default)]
    device_token: Option<Secret>,
    #[serde(default)]
    transport: Transport,
}

/// What a message holds.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OtpRedemption {
    challenge_id: ChallengeId,
    code: Secret,
    #[serde(default)]
    device_token: Option<Secret>,
    #[serde(default)]
    transport: Transport,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [send_magic_link(), verify_magic_link(), send_otp(), verify_otp()]
}

/// Send a sign-in link
///
/// The answer is the same, and one message goes out, whether or not there is an account. Where the application takes sign-ups, the
/// link signs up.
#[endpoint(POST "/v1/auth/magic-links", id = "auth.magic_links.create", errors = PasswordlessError, limit = SignIn)]
async fn send_magic_link(cx: Public, body: Body<MagicLinkRequest>) -> Reply<SentView> {
    let request = Request {
        contact: contact(Some(body.0.email), None)?,
        how: How::Link { landing: body.0.redirect_url },
        locale: input::locale("locale", body.0.locale)?.apply(None),
        browser: BrowserCookie::read(&cx),
        captcha: body.0.captcha_token,
    };
    reply_sent(&cx, &actions::send(&cx, request).await?)
}

/// Redeem a sign-in link
///
/// Once, in the browser that asked for it unless the application allows another. A page that opens the link must do this on a
/// click, not by itself: mail scanners open links too. With the session of a guest, the guest becomes this person and keeps their id,
/// where the address is nobody's yet.
#[endpoint(POST "/v1/auth/magic-links/verify", id = "auth.magic_links.verify", errors = PasswordlessError, limit = SignIn)]
async fn verify_magic_link(cx: MaybeSignedIn, body: Body<MagicLinkRedemption>) -> Reply<SignInResult> {
    let MagicLinkRedemption { token, browser_token, device_token, transport } = body.0;
    let browser = browser_token.or_else(|| BrowserCookie::read(&cx));
    let outcome = actions::redeem_link(&cx, &token, browser.as_ref(), device_token).await?;
    reply_platform(&cx, outcome, transport)
}

/// Send a one-time code
///
/// By mail or text message. The answer is the same, and one message goes out, whether or not there is an account.
#[endpoint(POST "/v1/auth/otp", id = "auth.otp.create", errors = PasswordlessError, limit = SignIn)]
async fn send_otp(cx: Public, body: Body<OtpRequest>) -> Reply<SentView> {
    let request = Request {
        contact: contact(body.0.email, body.0.phone)?,
        how: How::Code,
        locale: input::locale("locale", body.0.locale)?.apply(None),
        browser: None,
        captcha: body.0.captcha_token,
    };
    reply_sent(&cx, &actions::send(&cx, request).await?)
}

/// Redeem a one-time code
///
/// A code dies after five wrong tries. With the session of a guest, the guest becomes this person and keeps their id, where the address
/// is nobody's yet.
#[endpoint(POST "/v1/auth/otp/verify", id = "auth.otp.verify", errors = PasswordlessError, limit = SignIn)]
async fn verify_otp(cx: MaybeSignedIn, body: Body<OtpRedemption>) -> Reply<SignInResult> {
    let OtpRedemption { challenge_id, code, device_token, transport } = body.0;
    let outcome = actions::redeem_code(&cx, challenge_id, &code, device_token).await?;
    reply_platform(&cx, outcome, transport)
}

/// The answer, and the cookie that binds a link to the browser that asked.
pub(super) fn reply_sent(cx: &Context, sent: &Sent) -> Reply<SentView> {
    let cookie = sent.browser.as_ref().and_then(|browser| BrowserCookie::set(cx, browser, BROWSER_COOKIE));
    Ok(accepted(SentView::from(sent))?.headers(cookie))
}

/// Either of the two, read strictly.
pub(crate) fn contact(email: Option<String>, phone: Option<String>) -> Result<Contact, Refusal> {
    let invalid =
        |field, error: crate::identifiers::IdentifierError| Refusal::validation(field, "invalid", error.to_string());
    match (email, phone) {
        (Some(email), None) => email.parse().map(Contact::Email).map_err(|error| invalid("email", error)),
        (None, Some(phone)) => phone.parse().map(Contact::Phone).map_err(|error| invalid("phone", error)),
        _ => Err(PasswordlessError::OneAddress.into()),
    }
}
