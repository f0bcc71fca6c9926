//! Handing a challenge out and checking a solution, once for every door.

use deliver::{Call, Outbound};
use edge::{Context, Failure};
use kernel::{Secret, Timestamp};
use tenancy::{
    settings::{CaptchaProvider, captcha_secret},
    settings_of,
};

use super::{
    CaptchaError,
    event::CaptchaSolved,
    provider::{self, MAX_TOKEN_BYTES, Verdict},
    store,
    work::{self, Challenge},
};
use crate::flows::{self, FlowId, Outcome, Step};

/// What somebody is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    SignUp,
    /// Whatever leads to a session or has a message sent.
    SignIn,
}

/// Let nobody through without a solved captcha, where the application asks for one at this door. Was one solved? Call it before
/// the request's transaction opens: a provider is waited for.
pub(crate) async fn require(cx: &Context, token: Option<&Secret>, door: Door) -> Result<bool, Failure> {
    let settings = &settings_of(cx.tenant()).captcha;
    let is_asked = match door {
        Door::SignUp => settings.at_sign_up(),
        Door::SignIn => settings.at_sign_in(),
    };
    match token {
        None if is_asked => Err(CaptchaError::Required.into()),
        Some(token) if settings.provider != CaptchaProvider::None => prove(cx, token).await.map(|()| true),
        _ => Ok(false),
    }
}

/// Is it solved, and was it not used before?
async fn prove(cx: &Context, token: &Secret) -> Result<(), Failure> {
    let provider = settings_of(cx.tenant()).captcha.provider;
    if token.reveal().len() > MAX_TOKEN_BYTES {
        return Err(CaptchaError::Refused.into());
    }
    match provider::address(provider) {
        Some(address) => ask(cx, provider, address, token).await,
        None if provider == CaptchaProvider::ProofOfWork => spend(cx, token).await,
        None => Err(CaptchaError::Refused.into()),
    }
}

/// The captcha that a pending sign-in waits for.
pub(crate) async fn solve(cx: &Context, flow: FlowId, token: &Secret) -> Result<Outcome, Failure> {
    let flow = flows::find(cx, flow).await?;
    let user_id = flow.user_id;
    let prepared = flows::prepare(cx, flow, Step::CaptchaSolved).await?;
    prove(cx, token).await?;
    cx.tx().await?.emit(&CaptchaSolved { user_id });
    flows::take(cx, prepared).await
}

/// A new sum, and until when it may be solved.
pub(super) fn challenge(cx: &Context) -> Result<(String, u8, Timestamp), CaptchaError> {
    let settings = &settings_of(cx.tenant()).captcha;
    if settings.provider != CaptchaProvider::ProofOfWork {
        return Err(CaptchaError::NotBuiltIn);
    }
    let difficulty = u8::try_from(settings.difficulty_bits).unwrap_or(u8::MAX);
    let challenge = Challenge::new(difficulty, cx.now(), cx.env().random());
    Ok((challenge.write(cx.vault(), cx.tenant_id()), difficulty, challenge.expires_at))
}

/// In a transaction of its own: whatever becomes of the request, the solution is used, and no hash is made while it is open.
async fn spend(cx: &Context, token: &Secret) -> Result<(), Failure> {
    let challenge = work::solved(cx.vault(), cx.tenant_id(), token.reveal(), cx.now()).ok_or(CaptchaError::Refused)?;
    let tx = cx.store().begin(cx.own_origin()).await?;
    if store::spend(&tx, work::spent_as(&challenge), challenge.expires_at).await? {
        Ok(tx.commit().await?)
    } else {
        tx.rollback().await;
        Err(CaptchaError::Refused.into())
    }
}

async fn ask(cx: &Context, provider: CaptchaProvider, address: &str, token: &Secret) -> Result<(), Failure> {
    let site_key = settings_of(cx.tenant()).captcha.site_key.as_deref();
    let Some(secret) = captcha_secret(cx).await? else {
        tracing::error!(tenant = %cx.tenant_id(), "the captcha's secret is missing");
        return Err(CaptchaError::Unavailable.into());
    };
    let form = provider::form(provider, &secret, token, site_key, cx.ip());
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = cx.part::<Outbound>().send(Call::post(address).form(&fields)).await;
    let verdict: Verdict = match answer.and_then(|answer| answer.json()) {
        Ok(verdict) => verdict,
        Err(error) => {
            tracing::warn!(provider = provider.as_str(), %error, "the captcha's provider does not answer");
            return Err(CaptchaError::Unavailable.into());
        }
    };
    if verdict.blames_us() {
        tracing::error!(tenant = %cx.tenant_id(), provider = provider.as_str(), "the captcha's keys are refused");
        return Err(CaptchaError::Unavailable.into());
    }
    if verdict.is_solved(provider) { Ok(()) } else { Err(CaptchaError::Refused.into()) }
}
