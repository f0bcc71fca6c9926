//! What is sent about factors: codes, and notices that something changed.

use edge::{Context, Failure};
use kernel::Timestamp;
use serde_json::json;
use tenancy::messaging::{self, Address, Channel, Outgoing, Template};

use super::{
    FactorError,
    model::{Factor, FactorKind},
};
use crate::{
    challenges::{self, ChallengeId, ChallengeKind, NewChallenge},
    flows::FlowKey,
    sessions::Device,
    users::User,
};

/// A notice is worth reading for so long.
const NOTICE: std::time::Duration = std::time::Duration::from_hours(72);

/// What a person is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notice {
    Added(FactorKind),
    Removed(FactorKind),
    /// An administrator removed all.
    Reset,
    RecoveryCodes,
}

/// Can codes of this kind be sent at all?
pub(super) async fn must_be_able(cx: &Context, kind: FactorKind) -> Result<(), Failure> {
    let channel = if kind == FactorKind::Sms { Channel::Sms } else { Channel::Email };
    if messaging::can_send(cx, channel).await? { Ok(()) } else { Err(FactorError::SenderMissing.into()) }
}

/// Send a code to the factor's own address, whatever else the person has.
pub(super) async fn send_code(
    cx: &Context,
    user: &User,
    factor: &Factor,
    kind: ChallengeKind,
    flow: Option<FlowKey>,
) -> Result<ChallengeId, Failure> {
    let address = factor.address.as_deref().ok_or(FactorError::NotAllowed)?;
    let lifetime = tenancy::settings_of(cx.tenant()).sign_in.code_lifetime();
    let new = NewChallenge {
        kind,
        user: Some(user.id),
        subject: Some(address),
        flow,
        browser: None,
        payload: json!({}),
        lifetime,
    };
    let (id, code) = challenges::code(cx, new).await?;
    let to = match factor.kind {
        FactorKind::Sms => Address::Phone(address.to_owned()),
        _ => Address::Email(address.to_owned()),
    };
    let mut facts = facts(cx, user);
    facts["code"] = json!(code.reveal());
    let outgoing = Outgoing {
        template: Template::MfaCode,
        to,
        locale: user.profile.locale.as_deref(),
        facts,
        expires_at: cx.now() + lifetime,
    };
    messaging::send(cx, outgoing).await?;
    Ok(id)
}

/// Tell the person, at the address that they proved before. Without one, or without a sender, there is nobody to tell.
pub(crate) async fn tell(cx: &Context, user: &User, notice: Notice) -> Result<(), Failure> {
    let Some(email) = user.primary_email.as_ref().filter(|email| email.verified_at.is_some()) else { return Ok(()) };
    if !messaging::can_send(cx, Channel::Email).await? {
        return Ok(());
    }
    let (template, factor) = match notice {
        Notice::Added(kind) => (Template::FactorAdded, Some(kind.words())),
        Notice::Removed(kind) => (Template::FactorRemoved, Some(kind.words())),
        Notice::Reset => (Template::FactorRemoved, None),
        Notice::RecoveryCodes => (Template::RecoveryCodesRegenerated, None),
    };
    let mut facts = facts(cx, user);
    facts["time"] = json!(time(cx.now()));
    if let Some(factor) = factor {
        facts["factor"] = json!(factor);
    }
    let outgoing = Outgoing {
        template,
        to: Address::Email(email.address.clone()),
        locale: user.profile.locale.as_deref(),
        facts,
        expires_at: cx.now() + NOTICE,
    };
    messaging::send(cx, outgoing).await.map(drop)
}

/// Who asked, as far as it can be told: so that a person knows their own doing from somebody else's.
fn facts(cx: &Context, user: &User) -> serde_json::Value {
    let device = Device::of(cx.user_agent());
    let words: Vec<String> = [device.browser, device.os].into_iter().flatten().collect();
    json!({
        "name": user.profile.name,
        "ip": cx.ip().map(|ip| ip.to_string()),
        "device": (!words.is_empty()).then(|| words.join(", ")),
    })
}

fn time(at: Timestamp) -> String {
    Timestamp::from_seconds(at.as_seconds()).to_string()
}
