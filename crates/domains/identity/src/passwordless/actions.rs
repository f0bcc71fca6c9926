//! Sending and redeeming, once for both surfaces and the hosted pages.

use edge::{Context, Failure, refuse};
use kernel::{Secret, Timestamp};
use serde_json::json;
use tenancy::{
    messaging::{self, Outgoing, Template},
    settings_of,
};

use super::{
    PasswordlessError,
    event::SignInRequested,
    model::{How, Kept, Request, proves},
};
use crate::{
    auth::{AttemptRefused, guest, takes_sign_up},
    captcha::{self, Door},
    challenges::{self, Challenge, ChallengeError, ChallengeId, ChallengeKind, CodeOutcome, NewChallenge},
    flows::{self, Arrival, Outcome},
    identifiers::Contact,
    links, sessions,
    users::{self, User},
    verification::{self, Proof},
};

/// A message is on its way.
pub struct Sent {
    pub challenge_id: ChallengeId,
    pub expires_at: Timestamp,
    /// What the asking browser must hold when the link is opened.
    pub browser: Option<Secret>,
}

/// Send a link or a code. One message goes out in any case: to who has no account and can't have one, that there is none.
pub async fn send(cx: &Context, request: Request) -> Result<Sent, Failure> {
    cx.answer_evenly();
    let Request { contact, how, locale, browser, captcha } = request;
    let captcha = captcha::require(cx, captcha.as_ref(), Door::SignIn).await?;
    let settings = &settings_of(cx.tenant()).sign_in;
    let method = how.setting(contact.channel());
    if !settings.allows(method) {
        return Err(PasswordlessError::MethodOff.into());
    }
    if let How::Link { landing } = &how {
        links::must_be_registered(cx, landing.as_deref())?;
    }
    messaging::must_be_able(cx, contact.channel()).await?;
    let user = users::find_by_contact(&cx.read(), &contact).await?;
    let lifetime = match how {
        How::Link { .. } => settings.magic_link_lifetime(),
        How::Code => settings.code_lifetime(),
    };
    let browser = match how {
        How::Link { .. } => Some(browser.unwrap_or_else(|| vault::OpaqueToken::generate(&*cx.env().entropy, "pc_br_"))),
        How::Code => None,
    };
    let kept = Kept { contact: contact.clone(), locale: locale.clone(), captcha };
    let challenge = NewChallenge {
        kind: how.kind(),
        user: user.as_ref().map(|user| user.id),
        subject: Some(contact.key()),
        flow: None,
        browser: browser.as_ref(),
        payload: json!(kept),
        lifetime,
    };
    let (challenge_id, facts) = match &how {
        How::Link { landing } => {
            let (id, token) = challenges::link(cx, challenge).await?;
            (id, json!({ "link": links::with_token(cx, "/magic-link", landing.as_deref(), &token) }))
        }
        How::Code => {
            let (id, code) = challenges::code(cx, challenge).await?;
            (id, json!({ "code": code.reveal() }))
        }
    };
    let has_a_use = user.is_some() || (settings.passwordless_sign_up && takes_sign_up(cx, &contact).is_ok());
    let (template, facts) = if has_a_use { (how.template(), facts) } else { (Template::NoAccount, json!({})) };
    let own_locale = user.as_ref().and_then(|user| user.profile.locale.as_deref());
    let expires_at = cx.now() + lifetime;
    let outgoing = Outgoing {
        template,
        to: contact.address(user.as_ref()),
        locale: locale.as_deref().or(own_locale),
        facts,
        expires_at,
    };
    messaging::send(cx, outgoing).await?;
    let tx = cx.tx().await?;
    match &user {
        Some(user) => tx.emit(&SignInRequested { user_id: user.id, method: method.as_str() }),
        None => tx.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: method.as_str() }),
    }
    Ok(Sent { challenge_id, expires_at, browser })
}

/// A link was opened and confirmed: once, in the browser that asked for it unless the application allows another.
pub async fn redeem_link(
    cx: &Context,
    token: &Secret,
    browser: Option<&Secret>,
    device_token: Option<Secret>,
) -> Result<Outcome, Failure> {
    sessions::ready(cx).await?;
    let any_browser = settings_of(cx.tenant()).sign_in.magic_link_other_browser;
    let challenge = challenges::take(cx, ChallengeKind::MagicLink, token, browser, any_browser).await?;
    admit(cx, ChallengeKind::MagicLink, &challenge, device_token).await
}

/// A code was typed in.
pub async fn redeem_code(
    cx: &Context,
    id: ChallengeId,
    code: &Secret,
    device_token: Option<Secret>,
) -> Result<Outcome, Failure> {
    sessions::ready(cx).await?;
    match challenges::take_code(cx, ChallengeKind::SignInCode, id, code).await? {
        CodeOutcome::Right(challenge) => admit(cx, ChallengeKind::SignInCode, &challenge, device_token).await,
        CodeOutcome::Wrong => {
            cx.tx().await?.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "sign_in_code" });
            Err(refuse(ChallengeError::InvalidCode))
        }
    }
}

/// Whoever proved the address: its user, or a new one where the application takes them. The guest whose session is presented becomes
/// the new one, and is left alone where the address has a user.
async fn admit(
    cx: &Context,
    kind: ChallengeKind,
    challenge: &Challenge,
    device_token: Option<Secret>,
) -> Result<Outcome, Failure> {
    let Kept { contact, locale, captcha } =
        serde_json::from_value(challenge.payload.clone()).map_err(|_| ChallengeError::InvalidToken)?;
    let method = proves(kind, &contact);
    let arrival = match flows::by_contact(cx, &contact).await? {
        Some(known) if contact.is_proven_by(&known.user) => Arrival::of_known(known, method),
        // What is known of them may be what a squatter planted, and goes: it is read again.
        Some(known) => Arrival::new(verification::prove(cx, known.user, &contact, Proof::Claims).await?, method),
        // It was this user's when the message went out: it is not a new person's now.
        None if challenge.user_id.is_some() => return Err(ChallengeError::InvalidToken.into()),
        None => Arrival::new(sign_up(cx, &contact, locale).await?, method),
    };
    flows::arrive(cx, Arrival { device_token, captcha, ..arrival }).await
}

async fn sign_up(cx: &Context, contact: &Contact, locale: Option<String>) -> Result<User, Failure> {
    if !settings_of(cx.tenant()).sign_in.passwordless_sign_up {
        return Err(PasswordlessError::SignUpClosed.into());
    }
    takes_sign_up(cx, contact)?;
    let mut changes = contact.as_proven();
    if let Some(locale) = locale {
        changes.locale = kernel::Patch::Value(locale);
    }
    guest::newcomer(cx, changes).await
}
