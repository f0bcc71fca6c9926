//! What is done against abuse: captchas, the thresholds of the risk score, and how many codes are sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::flaws::Flaws;

/// Proof that somebody took trouble. The provider's secret is kept apart, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsCaptcha {
    pub provider: CaptchaProvider,
    pub when: CaptchaWhen,
    /// The provider's public key, for the page.
    pub site_key: Option<String>,
    /// How hard the built-in proof of work is: so many leading zero bits, each doubling the work.
    pub difficulty_bits: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaProvider {
    #[default]
    None,
    Turnstile,
    Hcaptcha,
    Recaptcha,
    /// Built in: a sum that the browser works out. Nobody else learns who signs in.
    ProofOfWork,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptchaWhen {
    Never,
    /// Where the risk score asks for it.
    #[default]
    Risky,
    /// The same, and at every sign-up.
    SignUp,
    /// At every sign-up and sign-in.
    Always,
}

/// What a risk score, 0 to 100, leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsRisk {
    pub mode: RiskMode,
    /// From this score on a second factor is asked for.
    pub second_factor: u32,
    /// From this score on a captcha is asked for as well.
    pub captcha: u32,
    /// From this score on the sign-in is refused.
    pub refuse: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskMode {
    /// No score is made.
    Off,
    /// Scores are recorded and have no consequence.
    Observe,
    #[default]
    Enforce,
}

/// How many codes and links are sent in 24 hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsLimits {
    /// To one mailbox.
    pub emails_per_address: u32,
    /// To one phone number.
    pub sms_per_number: u32,
    /// To all phone numbers together: what pumping can cost.
    pub sms_per_day: u32,
    /// Beginnings of the numbers that messages may go to, for example `+49`; empty for all.
    pub sms_prefixes: Vec<String>,
}

impl Default for SettingsCaptcha {
    fn default() -> Self {
        Self {
            provider: CaptchaProvider::default(),
            when: CaptchaWhen::default(),
            site_key: None,
            // A quarter of a second on a phone.
            difficulty_bits: 17,
        }
    }
}

impl Default for SettingsRisk {
    fn default() -> Self {
        Self { mode: RiskMode::default(), second_factor: 30, captcha: 60, refuse: 80 }
    }
}

impl Default for SettingsLimits {
    fn default() -> Self {
        Self { emails_per_address: 20, sms_per_number: 5, sms_per_day: 1_000, sms_prefixes: Vec::new() }
    }
}

impl CaptchaProvider {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Turnstile => "turnstile",
            Self::Hcaptcha => "hcaptcha",
            Self::Recaptcha => "recaptcha",
            Self::ProofOfWork => "proof_of_work",
        }
    }

    /// Somebody else's service, with keys of its own.
    pub const fn is_foreign(self) -> bool {
        matches!(self, Self::Turnstile | Self::Hcaptcha | Self::Recaptcha)
    }
}

impl SettingsCaptcha {
    /// Must every sign-up solve one?
    pub fn at_sign_up(&self) -> bool {
        self.provider != CaptchaProvider::None && matches!(self.when, CaptchaWhen::SignUp | CaptchaWhen::Always)
    }

    /// Must every sign-in solve one?
    pub fn at_sign_in(&self) -> bool {
        self.provider != CaptchaProvider::None && self.when == CaptchaWhen::Always
    }

    /// Can a risky sign-in be asked for one?
    pub fn where_risky(&self) -> bool {
        self.provider != CaptchaProvider::None && self.when != CaptchaWhen::Never
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        let is_key = |key: &String| (1..=200).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        match &self.site_key {
            None if self.provider.is_foreign() => {
                flaws.add("site_key", "required", "This provider needs its site key.");
            }
            Some(key) if !is_key(key) => flaws.add("site_key", "invalid", "Up to 200 printable ASCII characters."),
            _ => {}
        }
        // More than this keeps an old phone busy for minutes.
        flaws.within("difficulty_bits", self.difficulty_bits, 10..=22);
    }
}

impl SettingsRisk {
    pub(super) fn check(&self, flaws: &mut Flaws) {
        // 101 is never reached: that consequence is off.
        flaws.within("second_factor", self.second_factor, 1..=101);
        flaws.within("captcha", self.captcha, 1..=101);
        flaws.within("refuse", self.refuse, 1..=101);
        if self.second_factor > self.captcha {
            flaws.add("captcha", "out_of_order", "Not below second_factor.");
        }
        if self.captcha > self.refuse {
            flaws.add("refuse", "out_of_order", "Not below captcha.");
        }
    }
}

impl SettingsLimits {
    /// May a message go to this number (E.164)?
    pub fn reaches(&self, number: &str) -> bool {
        self.sms_prefixes.is_empty() || self.sms_prefixes.iter().any(|prefix| number.starts_with(prefix.as_str()))
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        const MAX_PREFIXES: usize = 250;
        flaws.within("emails_per_address", self.emails_per_address, 1..=200);
        flaws.within("sms_per_number", self.sms_per_number, 1..=50);
        flaws.within("sms_per_day", self.sms_per_day, 0..=1_000_000);
        flaws.at_most("sms_prefixes", self.sms_prefixes.len(), MAX_PREFIXES);
        flaws.once("sms_prefixes", &self.sms_prefixes);
        for (index, prefix) in self.sms_prefixes.iter().enumerate().take(MAX_PREFIXES) {
            let digits = prefix.strip_prefix('+').unwrap_or_default();
            let is_prefix = (1..=15).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|byte| byte.is_ascii_digit());
            if !is_prefix {
                flaws.add(format!("sms_prefixes.{index}"), "invalid", "A plus sign and digits, for example +49.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_captcha_is_asked_where_there_is_one_and_the_setting_says_so() {
        let of = |provider, when| {
            let captcha = SettingsCaptcha { provider, when, ..SettingsCaptcha::default() };
            (captcha.where_risky(), captcha.at_sign_up(), captcha.at_sign_in())
        };
        assert_eq!(of(CaptchaProvider::None, CaptchaWhen::Always), (false, false, false));
        assert_eq!(of(CaptchaProvider::ProofOfWork, CaptchaWhen::Never), (false, false, false));
        assert_eq!(of(CaptchaProvider::ProofOfWork, CaptchaWhen::Risky), (true, false, false));
        assert_eq!(of(CaptchaProvider::ProofOfWork, CaptchaWhen::SignUp), (true, true, false));
        assert_eq!(of(CaptchaProvider::ProofOfWork, CaptchaWhen::Always), (true, true, true));
    }

    #[test]
    fn messages_go_where_the_prefixes_say() {
        let limits = |prefixes: &[&str]| SettingsLimits {
            sms_prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
            ..SettingsLimits::default()
        };
        assert!(limits(&[]).reaches("+8881"));
        assert!(limits(&["+49", "+43"]).reaches("+4366012345"));
        assert!(!limits(&["+49", "+43"]).reaches("+8881"));
    }
}
