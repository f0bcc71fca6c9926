//! What the tenant asks of a person now, read anew at each step, so that a policy that changes meanwhile holds.

use edge::{Context, Failure};
use tenancy::settings::{MfaPolicy, RiskMode, Settings, SettingsSignIn, Verification};

use super::{
    Method,
    machine::{Evidence, Standing, Thresholds},
    questions,
};
use crate::{
    factors::{self, FactorFacts, FactorKind, Held},
    holdings::{self, Holdings},
    identifiers::Contact,
    passwords,
    users::User,
};

/// Where a person stands, and the factors that it was told from.
pub(super) struct Stood {
    pub(super) standing: Standing,
    pub(super) factors: Vec<FactorFacts>,
    pub(super) holdings: Holdings,
}

/// What a door has read already.
#[derive(Default)]
pub(super) struct Told {
    pub(super) must_reset_password: Option<bool>,
    pub(super) held: Option<Held>,
}

pub(super) async fn of(cx: &Context, user: &User, evidence: &Evidence, told: Told) -> Result<Stood, Failure> {
    let settings = tenancy::settings_of(cx.tenant());
    let Held { factors, is_enrolment_demanded } = match (settings.mfa.policy, told.held) {
        (MfaPolicy::Off, _) if evidence.wanted.is_none() => Held::default(),
        (_, Some(held)) => held,
        (_, None) => factors::held(&cx.read(), user.id).await?,
    };
    let must_reset_password = match told.must_reset_password {
        Some(known) => known,
        None if evidence.proven.contains(&Method::Password) && !evidence.password_reset => {
            passwords::store::find(&cx.read(), user.id).await?.is_some_and(|stored| stored.must_change)
        }
        None => false,
    };
    let holdings = holdings::of_user(cx, user).await?;
    let mut standing = standing(settings, user, &factors, must_reset_password);
    standing.is_second_required = holdings.demand_second_factor(&settings.mfa);
    standing.is_second_required |= is_enrolment_demanded && settings.mfa.policy != MfaPolicy::Off;
    standing.needs_profile = questions::are_open(cx, user, evidence).await?;
    Ok(Stood { standing, factors, holdings })
}

fn standing(settings: &Settings, user: &User, factors: &[FactorFacts], must_reset_password: bool) -> Standing {
    let mfa = &settings.mfa;
    let allowed = factors.iter().filter(|factor| factors::is_allowed(mfa, factor.kind));
    Standing {
        is_second_required: false,
        is_second_asked: mfa.policy != MfaPolicy::Off,
        enrolled: allowed.flat_map(|factor| methods(factor.kind).iter().copied()).collect(),
        has_second: factors.iter().any(|factor| {
            matches!(factor.kind, FactorKind::Totp | FactorKind::Email | FactorKind::Sms)
                && factors::is_allowed(mfa, factor.kind)
        }),
        unproven: unproven(&settings.sign_in, user),
        can_verify: user.primary_email.is_some(),
        must_reset_password,
        needs_profile: false,
        thresholds: thresholds(settings),
    }
}

/// How many of the user's addresses must be proven and are not.
pub(super) fn unproven(settings: &SettingsSignIn, user: &User) -> u8 {
    u8::from(is_email_due(settings, user)) + u8::from(is_phone_due(settings, user))
}

/// The address that a sign-in waits for: the mailbox first.
pub fn due(settings: &SettingsSignIn, user: &User) -> Option<Contact> {
    if is_email_due(settings, user) {
        return Contact::of_email(user);
    }
    if is_phone_due(settings, user) { Contact::of_phone(user) } else { None }
}

fn is_email_due(settings: &SettingsSignIn, user: &User) -> bool {
    settings.email_verification == Verification::Required
        && user.primary_email.as_ref().is_some_and(|email| email.verified_at.is_none())
}

fn is_phone_due(settings: &SettingsSignIn, user: &User) -> bool {
    settings.phone_verification == Verification::Required
        && user.primary_phone.as_ref().is_some_and(|phone| phone.verified_at.is_none())
}

/// Is there a proof by a factor of this kind among these?
pub(crate) fn proves(proven: &[Method], kind: FactorKind) -> bool {
    methods(kind).iter().any(|method| proven.contains(method))
}

/// What a factor proves when it is used.
pub(super) const fn methods(kind: FactorKind) -> &'static [Method] {
    match kind {
        FactorKind::Totp => &[Method::Totp],
        FactorKind::Email => &[Method::EmailCode],
        FactorKind::Sms => &[Method::SmsCode],
        FactorKind::Webauthn => &[Method::Passkey, Method::HardwarePasskey],
        FactorKind::RecoveryCode => &[Method::RecoveryCode],
    }
}

fn thresholds(settings: &Settings) -> Thresholds {
    let risk = &settings.risk;
    let at = |score: u32| u8::try_from(score).unwrap_or(u8::MAX);
    match risk.mode {
        RiskMode::Enforce => Thresholds {
            factor: at(risk.second_factor),
            captcha: if settings.captcha.where_risky() { at(risk.captcha) } else { u8::MAX },
            refuse: at(risk.refuse),
        },
        RiskMode::Off | RiskMode::Observe => Thresholds { factor: u8::MAX, captcha: u8::MAX, refuse: u8::MAX },
    }
}
