//! The codes of factors, on their way to a person.

use edge::{Context, Failure};
use serde_json::json;
use tenancy::messaging::{self, Address, Channel, Outgoing, Template};

use super::{
    FactorError,
    model::{Factor, FactorKind},
};
use crate::{
    challenges::{self, ChallengeId, ChallengeKind, NewChallenge},
    flows::FlowKey,
    notices,
    users::User,
};

/// Can codes of this kind be sent at all?
pub(super) async fn must_be_able(cx: &Context, kind: FactorKind) -> Result<(), Failure> {
    let channel = if kind == FactorKind::Sms { Channel::Sms } else { Channel::Email };
    messaging::must_be_able(cx, channel).await
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
    let template = Template::MfaCode;
    let outgoing = Outgoing {
        template,
        to,
        locale: user.profile.locale.as_deref(),
        facts: notices::facts(cx, user, template, json!({ "code": code.reveal() })),
        expires_at: cx.now() + lifetime,
    };
    messaging::send(cx, outgoing).await?;
    Ok(id)
}
