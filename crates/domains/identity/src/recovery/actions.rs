//! Forgetting and resetting, once for every door.

use edge::{Context, Failure, refuse};
use kernel::{Secret, Timestamp};
use serde_json::json;
use tenancy::{
    messaging::{self, Channel, Outgoing, Template},
    settings::SignInMethod,
    settings_of,
};

use super::{
    RecoveryError,
    event::{ResetCompleted, ResetRequested},
};
use crate::{
    auth::AttemptRefused,
    captcha::{self, Door},
    challenges::{self, Challenge, ChallengeError, ChallengeId, ChallengeKind, CodeOutcome, NewChallenge},
    factors,
    flows::{self, Arrival, FlowError, FlowId, Method, Outcome, Step},
    identifiers::Contact,
    links, notices, passwords,
    sessions::{self, EndReason},
    users::{self, Delegations, User},
    verification::{self, Proof},
};

const LINK_LIFETIME: std::time::Duration = std::time::Duration::from_hours(1);

/// A message is on its way.
pub struct Forgotten {
    /// Redeems a code together with it.
    pub challenge_id: ChallengeId,
    pub expires_at: Timestamp,
}

/// Who has forgotten their password.
pub struct Forgetful {
    pub contact: Contact,
    /// Where a link leads, instead of the application's own page or the hosted one.
    pub landing: Option<String>,
    /// The language of the message (BCP 47).
    pub locale: Option<String>,
    /// A solved captcha, where the application asks for one.
    pub captcha: Option<Secret>,
}

/// Send a link by mail, or a code by text message. One message goes out in any case.
pub async fn forgot(cx: &Context, forgetful: Forgetful) -> Result<Forgotten, Failure> {
    cx.answer_evenly();
    let Forgetful { contact, landing, locale, captcha } = forgetful;
    captcha::require(cx, captcha.as_ref(), Door::SignIn).await?;
    links::must_be_registered(cx, landing.as_deref())?;
    let owner = users::find_by_contact(&cx.read(), &contact).await?;
    message(cx, &contact, owner.as_ref(), landing, locale).await
}

/// An administrator has one sent to where its person is reached.
pub(crate) async fn mail_reset(cx: &Context, user: &User) -> Result<Forgotten, Failure> {
    let email = user.primary_email.as_ref().and_then(|email| email.address.parse().ok()).map(Contact::Email);
    let phone = user.primary_phone.as_ref().and_then(|phone| phone.number.parse().ok()).map(Contact::Phone);
    let contact = email.or(phone).ok_or(RecoveryError::Unreachable)?;
    message(cx, &contact, Some(user), None, None).await
}

async fn message(
    cx: &Context,
    contact: &Contact,
    owner: Option<&User>,
    landing: Option<String>,
    locale: Option<String>,
) -> Result<Forgotten, Failure> {
    if !settings_of(cx.tenant()).sign_in.allows(SignInMethod::Password) {
        return Err(RecoveryError::MethodOff.into());
    }
    messaging::must_be_able(cx, contact.channel()).await?;
    let lifetime = match contact.channel() {
        Channel::Email => LINK_LIFETIME,
        Channel::Sms => settings_of(cx.tenant()).sign_in.code_lifetime(),
    };
    let challenge = NewChallenge {
        kind: ChallengeKind::ResetPassword,
        user: owner.map(|user| user.id),
        subject: Some(contact.key()),
        flow: None,
        browser: None,
        payload: json!({ "contact": contact }),
        lifetime,
    };
    let own_page = landing.or_else(|| settings_of(cx.tenant()).urls.reset_password_url.clone());
    let (challenge_id, facts) = match contact.channel() {
        Channel::Email => {
            let (id, token) = challenges::link(cx, challenge).await?;
            (id, json!({ "link": links::with_token(cx, "/recover", own_page.as_deref(), &token) }))
        }
        Channel::Sms => {
            let (id, code) = challenges::code(cx, challenge).await?;
            (id, json!({ "code": code.reveal() }))
        }
    };
    let (template, facts) =
        if owner.is_some() { (Template::ResetPassword, facts) } else { (Template::NoAccount, json!({})) };
    let expires_at = cx.now() + lifetime;
    let own_locale = owner.and_then(|user| user.profile.locale.as_deref());
    let to = contact.address(owner);
    let outgoing = Outgoing { template, to, locale: locale.as_deref().or(own_locale), facts, expires_at };
    messaging::send(cx, outgoing).await?;
    let tx = cx.tx().await?;
    match owner {
        Some(user) => tx.emit(&ResetRequested { user_id: user.id }),
        None => tx.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "password_reset" }),
    }
    Ok(Forgotten { challenge_id, expires_at })
}

/// By what a new password may be set without the old one.
pub enum ResetProof {
    /// Of the link in the message.
    Token(Secret),
    /// Of the message.
    Code(ChallengeId, Secret),
    /// A sign-in that waits for another password.
    Flow(FlowId),
}

/// Set a new password, end what the old one opened, and go on as after any first proof: a second factor is still asked for.
pub async fn reset(
    cx: &Context,
    proof: ResetProof,
    password: &Secret,
    device_token: Option<Secret>,
) -> Result<Outcome, Failure> {
    passwords::ensure_room(cx)?;
    sessions::ready(cx).await?;
    match proof {
        ResetProof::Flow(id) => in_flow(cx, id, password).await,
        ResetProof::Token(token) => {
            // Looked at first, so that a token that is worth nothing does not cost a hash.
            let seen = challenges::look(cx, ChallengeKind::ResetPassword, &token).await?;
            let user = owner(cx, &seen).await?;
            let phc = passwords::hash_new(cx, password, &user).await.map_err(RecoveryError::from)?;
            let challenge = challenges::take(cx, ChallengeKind::ResetPassword, &token, None, true).await?;
            by_message(cx, &challenge, user, &phc, device_token).await
        }
        ResetProof::Code(id, code) => {
            // Hashed before the transaction opens: nobody waits for the writer behind a hash.
            let hashed = match challenges::look_code(cx, ChallengeKind::ResetPassword, id, &code).await? {
                Some(seen) => {
                    let user = owner(cx, &seen).await?;
                    let phc = passwords::hash_new(cx, password, &user).await.map_err(RecoveryError::from)?;
                    Some((user, phc))
                }
                None => None,
            };
            let outcome = challenges::take_code(cx, ChallengeKind::ResetPassword, id, &code).await?;
            match (outcome, hashed) {
                (CodeOutcome::Right(challenge), Some((user, phc))) => {
                    by_message(cx, &challenge, user, &phc, device_token).await
                }
                (CodeOutcome::Right(_) | CodeOutcome::Wrong, _) => {
                    cx.tx().await?.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "password_reset" });
                    Err(refuse(ChallengeError::InvalidCode))
                }
            }
        }
    }
}

async fn owner(cx: &Context, challenge: &Challenge) -> Result<User, Failure> {
    let id = challenge.user_id.ok_or(ChallengeError::InvalidToken)?;
    Ok(users::store::find(&cx.read(), id).await?.ok_or(ChallengeError::InvalidToken)?)
}

async fn by_message(
    cx: &Context,
    challenge: &Challenge,
    user: User,
    phc: &str,
    device_token: Option<Secret>,
) -> Result<Outcome, Failure> {
    let contact: Contact =
        serde_json::from_value(challenge.payload["contact"].clone()).map_err(|_| ChallengeError::InvalidToken)?;
    // The address may be another by now: then the message proves nothing about this account any more.
    if !contact.belongs_to(&user) {
        return Err(ChallengeError::InvalidToken.into());
    }
    let user = verification::prove(cx, user, &contact, Proof::Claims).await?;
    replace(cx, &user, phc).await?;
    let method = match contact.channel() {
        Channel::Email => Method::MagicLink,
        Channel::Sms => Method::SmsCode,
    };
    flows::arrive(cx, Arrival { device_token, ..Arrival::new(user, method) }).await
}

async fn in_flow(cx: &Context, id: FlowId, password: &Secret) -> Result<Outcome, Failure> {
    let flow = flows::find(cx, id).await?;
    let user = users::store::find(&cx.read(), flow.user_id).await?.ok_or(FlowError::NotFound)?;
    let prepared = flows::prepare(cx, flow, Step::PasswordReset).await?;
    let phc = passwords::hash_new(cx, password, &user).await.map_err(RecoveryError::from)?;
    replace(cx, &user, &phc).await?;
    flows::take(cx, prepared).await
}

/// The new password in the place of the old, and the end of everything that the old one, or a thief who knew it, had opened.
async fn replace(cx: &Context, user: &User, phc: &str) -> Result<(), Failure> {
    passwords::put(cx, user.id, phc, false).await?;
    let tx = cx.tx().await?;
    factors::devices::forget_all(tx, user.id).await?;
    let ended = users::shut_out(tx, *cx.part::<Delegations>(), user.id, EndReason::PasswordChanged, cx.now()).await?;
    let sessions_ended = ended.sessions;
    tx.emit(&ResetCompleted { user_id: user.id, sessions_ended });
    notices::tell(cx, user, Template::PasswordChanged, json!({})).await
}
