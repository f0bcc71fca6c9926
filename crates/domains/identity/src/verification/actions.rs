//! Proving an address, once for both surfaces and the hosted pages.

use std::time::Duration;

use edge::{Context, Failure, refuse};
use kernel::{Secret, Timestamp};
use serde_json::json;
use tenancy::{
    messaging::{self, Channel, Outgoing, Template},
    settings::Verification,
    settings_of,
};

use super::{Proof, VerificationError, claim::prove, event::VerificationRequested};
use crate::{
    auth::AttemptRefused,
    challenges::{self, Challenge, ChallengeError, ChallengeId, ChallengeKind, CodeOutcome, NewChallenge},
    flows::{self, Flow, FlowId, Outcome, Step},
    identifiers::{Contact, EmailAddress},
    links,
    sessions::SignedInRows,
    users::{self, User},
};

pub(super) const LINK_LIFETIME: Duration = Duration::from_hours(24);

/// A message is on its way.
pub struct Sent {
    pub challenge_id: ChallengeId,
    /// Which address it proves.
    pub contact: Contact,
    pub expires_at: Timestamp,
}

/// Whose address is to be proven.
pub enum Whose {
    /// The caller's own.
    Caller,
    /// That of a sign-in which waits for it.
    Flow(FlowId),
    /// Of whoever has it: the answer tells nothing about whether anybody does.
    Anyone,
}

/// A message that proves an address is asked for.
pub struct Request {
    pub whose: Whose,
    /// Which address; without it the account's own email address.
    pub contact: Option<Contact>,
    /// A code to type in, instead of a link.
    pub by_code: bool,
    /// Where the link leads, instead of the hosted page.
    pub landing: Option<String>,
}

/// Send a message that proves an address. For [`Whose::Anyone`] one goes out in any case.
pub async fn send(cx: &Context, request: Request) -> Result<Sent, Failure> {
    cx.answer_evenly();
    let Request { whose, contact, by_code, landing } = request;
    links::must_be_registered(cx, landing.as_deref())?;
    let (user, flow) = match whose {
        Whose::Caller => {
            let caller = cx.session().ok_or(VerificationError::Nothing)?;
            (Some(SignedInRows::of(caller)?.user.clone()), None)
        }
        Whose::Flow(id) => {
            let flow = flows::find(cx, id).await?;
            flows::must_wait_for(cx, &flow, Step::Verified).await?;
            (users::store::find(&cx.read(), flow.user_id).await?, Some(flow))
        }
        Whose::Anyone => (None, None),
    };
    let Some(user) = user else {
        let contact = contact.ok_or(VerificationError::Nothing)?;
        let owner = users::find_by_contact(&cx.read(), &contact).await?;
        return send_to(cx, owner.as_ref(), contact, None, by_code, landing).await;
    };
    let sign_in = &settings_of(cx.tenant()).sign_in;
    let contact = contact
        .or_else(|| flow.as_ref().and_then(|_| flows::due(sign_in, &user)))
        .or_else(|| Contact::of_email(&user))
        .filter(|contact| contact.belongs_to(&user))
        // A risky sign-in is asked for a proof of an address that was proven long ago.
        .filter(|contact| flow.is_some() || !contact.is_proven_by(&user))
        .ok_or(VerificationError::Nothing)?;
    send_to(cx, Some(&user), contact, flow.as_ref(), by_code || flow.is_some(), landing).await
}

/// One message to an address. To one that nobody has, or that is proven already, it says so instead.
async fn send_to(
    cx: &Context,
    owner: Option<&User>,
    contact: Contact,
    flow: Option<&Flow>,
    by_code: bool,
    landing: Option<String>,
) -> Result<Sent, Failure> {
    messaging::must_be_able(cx, contact.channel()).await?;
    let by_code = by_code || contact.channel() == Channel::Sms;
    let lifetime = if by_code { settings_of(cx.tenant()).sign_in.code_lifetime() } else { LINK_LIFETIME };
    let (kind, template) = match contact.channel() {
        Channel::Email => (ChallengeKind::VerifyEmail, Template::VerifyEmail),
        Channel::Sms => (ChallengeKind::VerifyPhone, Template::VerifyPhone),
    };
    let challenge = NewChallenge {
        kind,
        user: owner.map(|user| user.id),
        subject: Some(contact.key()),
        flow: flow.map(Flow::key),
        browser: None,
        payload: json!({ "contact": contact }),
        lifetime,
    };
    let (challenge_id, facts) = if by_code {
        let (id, code) = challenges::code(cx, challenge).await?;
        (id, json!({ "code": code.reveal() }))
    } else {
        let (id, token) = challenges::link(cx, challenge).await?;
        (id, json!({ "link": links::with_token(cx, "/verify", landing.as_deref(), &token) }))
    };
    let (template, facts) = match owner {
        None => (Template::NoAccount, json!({})),
        Some(user) if flow.is_none() && contact.is_proven_by(user) => (Template::AccountExists, json!({})),
        Some(_) => (template, facts),
    };
    let expires_at = cx.now() + lifetime;
    let locale = owner.and_then(|user| user.profile.locale.as_deref());
    let to = contact.address(owner);
    messaging::send(cx, Outgoing { template, to, locale, facts, expires_at }).await?;
    let tx = cx.tx().await?;
    match owner {
        Some(user) => tx.emit(&VerificationRequested { user_id: user.id }),
        None => tx.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "verification" }),
    }
    Ok(Sent { challenge_id, contact, expires_at })
}

/// What a mailbox hears of a sign-up: the way to prove it, or that it has an account. Without a sender, or where the address has had
/// its share of messages, nothing; the sign-up stands.
pub(crate) async fn greet(cx: &Context, email: &EmailAddress, new: Option<&User>) -> Result<(), Failure> {
    if settings_of(cx.tenant()).sign_in.email_verification == Verification::Off
        || !messaging::can_send(cx, Channel::Email).await?
    {
        return Ok(());
    }
    let owner = match new {
        Some(_) => None,
        None => users::store::find_by_email(&cx.read(), email).await?,
    };
    let contact = Contact::Email(email.clone());
    let challenge = NewChallenge {
        kind: ChallengeKind::VerifyEmail,
        user: new.map(|user| user.id),
        subject: Some(contact.key()),
        flow: None,
        browser: None,
        payload: json!({ "contact": contact }),
        lifetime: LINK_LIFETIME,
    };
    let token = match challenges::link_at_sign_up(cx, challenge).await {
        Ok((_, token)) => token,
        Err(failure) if failure.reason() == "rate_limited" => return Ok(()),
        Err(failure) => return Err(failure),
    };
    let (template, facts) = match new {
        Some(_) => (Template::VerifyEmail, json!({ "link": links::with_token(cx, "/verify", None, &token) })),
        None => (Template::AccountExists, json!({})),
    };
    let locale = new.or(owner.as_ref()).and_then(|user| user.profile.locale.as_deref());
    let to = contact.address(owner.as_ref());
    messaging::send(cx, Outgoing { template, to, locale, facts, expires_at: cx.now() + LINK_LIFETIME }).await?;
    Ok(())
}

/// What a message held.
pub enum Received {
    Token(Secret),
    Code(ChallengeId, Secret),
}

/// An address is proven. Where a sign-in waited for it, that goes on.
pub async fn confirm(cx: &Context, received: Received, flow: Option<FlowId>) -> Result<Option<Outcome>, Failure> {
    let prepared = match flow {
        None => None,
        Some(id) => Some(flows::prepare(cx, flows::find(cx, id).await?, Step::Verified).await?),
    };
    let challenge = redeem(cx, &received).await?;
    let contact: Contact =
        serde_json::from_value(challenge.payload["contact"].clone()).map_err(|_| ChallengeError::InvalidToken)?;
    let id = challenge.user_id.ok_or(ChallengeError::InvalidToken)?;
    let user = users::store::find(&cx.read(), id).await?.ok_or(ChallengeError::InvalidToken)?;
    // The address may be another by now.
    if !contact.belongs_to(&user) {
        return Err(ChallengeError::InvalidToken.into());
    }
    let user = prove(cx, user, &contact, Proof::Confirms).await?;
    match (prepared, challenge.flow) {
        (None, None) => Ok(None),
        (Some(prepared), Some(bound)) if prepared.is_of(bound) => {
            flows::take(cx, prepared.known_as(cx, user)).await.map(Some)
        }
        // Sent for a sign-in, it proves nothing outside of it, and the other way round.
        _ => Err(ChallengeError::InvalidToken.into()),
    }
}

async fn redeem(cx: &Context, received: &Received) -> Result<Challenge, Failure> {
    match received {
        Received::Token(token) => challenges::take(cx, ChallengeKind::VerifyEmail, token, None, true).await,
        Received::Code(id, code) => {
            for kind in [ChallengeKind::VerifyEmail, ChallengeKind::VerifyPhone] {
                if let CodeOutcome::Right(challenge) = challenges::take_code(cx, kind, *id, code).await? {
                    return Ok(challenge);
                }
            }
            cx.tx().await?.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "verification" });
            Err(refuse(ChallengeError::InvalidCode))
        }
    }
}
