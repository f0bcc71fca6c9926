//! The parts of the settings that are read and replaced as a whole.

use kernel::{Patch, Refusal, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{
    Settings, SettingsBranding, SettingsCaptcha, SettingsLimits, SettingsMfa, SettingsOauth, SettingsPasswords,
    SettingsRisk, SettingsSessions, SettingsSignIn,
    flaws::Flaws,
    rules::NOT_VALID,
    strict::{Whole, part},
};

/// How people sign in and up, what a password must be, and what is done against abuse.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SignInSettings")]
pub(super) struct SignInView {
    #[serde(flatten)]
    sign_in: SettingsSignIn,
    passwords: SettingsPasswords,
    captcha: CaptchaView,
    risk: SettingsRisk,
    limits: SettingsLimits,
}

/// Proof that somebody took trouble.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CaptchaSettings")]
struct CaptchaView {
    #[serde(flatten)]
    captcha: SettingsCaptcha,
    /// Is the provider's secret set? It is never returned.
    has_secret: bool,
}

/// What replaces it. What is absent has its default; an absent secret stays.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SignInSettingsReplace")]
pub(super) struct SignInReplace {
    #[serde(flatten)]
    pub(super) sign_in: SettingsSignIn,
    #[serde(flatten)]
    pub(super) rest: SignInRest,
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct SignInRest {
    pub(super) passwords: SettingsPasswords,
    pub(super) captcha: CaptchaReplace,
    pub(super) risk: SettingsRisk,
    pub(super) limits: SettingsLimits,
}

/// Proof that somebody took trouble.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "CaptchaSettingsReplace")]
pub(super) struct CaptchaReplace {
    #[serde(flatten)]
    pub(super) captcha: SettingsCaptcha,
    /// What the provider calls its secret key. Absent, the one of the same provider stays.
    #[serde(serialize_with = "hidden")]
    #[schemars(with = "Option<Secret>")]
    pub(super) secret: Patch<Secret>,
    /// As it was read; without effect.
    has_secret: Option<bool>,
}

/// That there is such a field, and nothing of what is in it.
fn hidden<S: Serializer>(_: &Patch<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_none()
}

impl SignInView {
    pub(super) fn new(settings: Settings, has_secret: bool) -> Self {
        let Settings { sign_in, passwords, captcha, risk, limits, .. } = settings;
        Self { sign_in, passwords, captcha: CaptchaView { captcha, has_secret }, risk, limits }
    }
}

impl Whole for SignInReplace {
    fn read(text: &Value) -> Result<Self, Refusal> {
        Ok(Self { sign_in: part(text)?, rest: part(text)? })
    }
}

impl SignInReplace {
    pub(super) fn check(&self, flaws: &mut Flaws) {
        self.sign_in.check(flaws);
        flaws.part("passwords", |flaws| self.rest.passwords.check(flaws));
        flaws.part("captcha", |flaws| self.rest.captcha.captcha.check(flaws));
        flaws.part("risk", |flaws| self.rest.risk.check(flaws));
        flaws.part("limits", |flaws| self.rest.limits.check(flaws));
    }
}

/// A part of the settings that is a document by itself.
pub(super) trait SettingsPart: Whole {
    fn of(settings: Settings) -> Self;
    fn put(self, settings: &mut Settings);
    fn flaws(&self, flaws: &mut Flaws);

    fn checked(&self) -> Result<(), Refusal> {
        let mut flaws = Flaws::new(NOT_VALID);
        self.flaws(&mut flaws);
        flaws.finish()
    }
}

macro_rules! settings_part {
    ($type:ty, $field:ident) => {
        impl Whole for $type {
            fn read(text: &Value) -> Result<Self, Refusal> {
                part(text)
            }
        }
        impl SettingsPart for $type {
            fn of(settings: Settings) -> Self {
                settings.$field
            }
            fn put(self, settings: &mut Settings) {
                settings.$field = self;
            }
            fn flaws(&self, flaws: &mut Flaws) {
                self.check(flaws);
            }
        }
    };
}

settings_part!(SettingsMfa, mfa);
settings_part!(SettingsSessions, sessions);
settings_part!(SettingsBranding, branding);
settings_part!(SettingsOauth, oauth);
