//! `/api/v1/auth/otp`: the same with the data plane's names.

use edge::{Body, BrowserCookie, Endpoint, MaybeSignedIn, Public, Reply};
use kernel::Secret;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    How, PasswordlessError, Request, actions,
    platform::{SentView, contact, reply_sent},
};
use crate::{
    challenges::ChallengeId,
    flows::{LoginResult, reply_data_plane},
    users::input,
};

/// A link or a code to be sent.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct OtpBegin {
    /// Either email or phone.
    email: Option<String>,
    /// E.164.
    phone: Option<String>,
    /// By what the message signs in.
    method: OtpMethod,
    /// For links: one of the application's `redirect_uris`; without it, the hosted page.
    redirect_uri: Option<String>,
    /// The language of the message (BCP 47).
    locale: kernel::Patch<String>,
    /// A solved captcha, where the application asks for one.
    captcha_token: Option<Secret>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OtpMethod {
    #[default]
    Code,
    MagicLink,
}

/// What the message holds: `challenge_id` and `code`, or `token`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct OtpComplete {
    challenge_id: Option<ChallengeId>,
    code: Option<Secret>,
    /// Of a link.
    token: Option<Secret>,
    /// From the answer to the request, where the browser's cookie does not come along.
    browser_token: Option<Secret>,
    device_token: Option<Secret>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [otp_begin(), otp_complete()]
}

/// Send a one-time code or a sign-in link
///
/// The answer is the same, and one message goes out, whether or not there is an account.
#[endpoint(POST "/api/v1/auth/otp/begin", id = "auth.otp.begin", errors = PasswordlessError, limit = SignIn)]
async fn otp_begin(cx: Public, body: Body<OtpBegin>) -> Reply<SentView> {
    let OtpBegin { email, phone, method, redirect_uri, locale, captcha_token } = body.0;
    let contact = contact(email, phone)?;
    let how = match method {
        OtpMethod::Code => How::Code,
        OtpMethod::MagicLink => How::Link { landing: redirect_uri },
    };
    let locale = input::locale("locale", locale)?.apply(None);
    let request = Request { contact, how, locale, browser: BrowserCookie::read(&cx), captcha: captcha_token };
    reply_sent(&cx, &actions::send(&cx, request).await?)
}

/// Redeem a one-time code or a sign-in link
///
/// The same outcomes as a sign-in with a password. With the session of a guest, the guest becomes this person and keeps their id, where
/// the address is nobody's yet.
#[endpoint(POST "/api/v1/auth/otp/complete", id = "auth.otp.complete", errors = PasswordlessError, limit = SignIn)]
async fn otp_complete(cx: MaybeSignedIn, body: Body<OtpComplete>) -> Reply<LoginResult> {
    let OtpComplete { challenge_id, code, token, browser_token, device_token } = body.0;
    let outcome = match (token, challenge_id, code) {
        (Some(token), None, None) => {
            let browser = browser_token.or_else(|| BrowserCookie::read(&cx));
            actions::redeem_link(&cx, &token, browser.as_ref(), device_token).await?
        }
        (None, Some(id), Some(code)) => actions::redeem_code(&cx, id, &code, device_token).await?,
        _ => return Err(PasswordlessError::ProofRequired.into()),
    };
    reply_data_plane(&cx, outcome)
}
