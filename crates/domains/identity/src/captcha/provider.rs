//! What is asked of foreign providers, and what their answers mean. Pure.

use std::net::IpAddr;

use kernel::Secret;
use serde::Deserialize;
use tenancy::settings::CaptchaProvider;

/// Longer than any provider's.
pub(super) const MAX_TOKEN_BYTES: usize = 4 * 1_024;

/// Where a provider checks the tokens that its widget made.
pub(super) const fn address(provider: CaptchaProvider) -> Option<&'static str> {
    match provider {
        CaptchaProvider::Turnstile => Some("https://challenges.cloudflare.com/turnstile/v0/siteverify"),
        CaptchaProvider::Hcaptcha => Some("https://api.hcaptcha.com/siteverify"),
        CaptchaProvider::Recaptcha => Some("https://www.google.com/recaptcha/api/siteverify"),
        CaptchaProvider::None | CaptchaProvider::ProofOfWork => None,
    }
}

/// The three take the same form. The address helps them; hCaptcha also compares the site key.
pub(super) fn form(
    provider: CaptchaProvider,
    secret: &Secret,
    token: &Secret,
    site_key: Option<&str>,
    ip: Option<IpAddr>,
) -> Vec<(&'static str, String)> {
    let mut form = vec![("secret", secret.reveal().to_owned()), ("response", token.reveal().to_owned())];
    if let Some(ip) = ip {
        form.push(("remoteip", ip.to_string()));
    }
    if let (CaptchaProvider::Hcaptcha, Some(key)) = (provider, site_key) {
        form.push(("sitekey", key.to_owned()));
    }
    form
}

/// What a provider says of a token.
#[derive(Debug, Deserialize)]
pub(super) struct Verdict {
    success: bool,
    /// How human it looked, 0 to 1: only where the provider's own score is switched on.
    #[serde(default)]
    score: Option<f64>,
    #[serde(default, rename = "error-codes")]
    errors: Vec<String>,
}

impl Verdict {
    pub(super) fn is_solved(&self, provider: CaptchaProvider) -> bool {
        // reCAPTCHA v3 succeeds for everybody and leaves the judgement to the score; half is Google's own advice. hCaptcha's
        // runs the other way and is for its enterprise customers, whose rules stand at the provider.
        let looks_human = provider != CaptchaProvider::Recaptcha || self.score.is_none_or(|score| score >= 0.5);
        self.success && looks_human
    }

    /// Is it our own secret that the provider does not take? Then nobody can pass, and the operator must know.
    pub(super) fn blames_us(&self) -> bool {
        self.errors.iter().any(|error| error.contains("secret") || error.contains("sitekey"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(json: &str) -> Verdict {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_provider_must_say_yes_and_a_score_must_be_human() {
        for (provider, json, is_solved) in [
            (CaptchaProvider::Turnstile, r#"{"success":true,"hostname":"a.example","action":"x"}"#, true),
            (CaptchaProvider::Turnstile, r#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#, false),
            (CaptchaProvider::Hcaptcha, r#"{"success":true,"score":0.1}"#, true),
            (CaptchaProvider::Recaptcha, r#"{"success":true}"#, true),
            (CaptchaProvider::Recaptcha, r#"{"success":true,"score":0.9}"#, true),
            (CaptchaProvider::Recaptcha, r#"{"success":true,"score":0.1}"#, false),
        ] {
            assert_eq!(verdict(json).is_solved(provider), is_solved, "{provider:?} {json}");
        }
        assert!(serde_json::from_str::<Verdict>("{}").is_err(), "silence is no yes");
    }

    #[test]
    fn a_wrong_secret_is_our_own_fault() {
        assert!(verdict(r#"{"success":false,"error-codes":["invalid-input-secret"]}"#).blames_us());
        assert!(!verdict(r#"{"success":false,"error-codes":["invalid-input-response"]}"#).blames_us());
    }

    #[test]
    fn what_is_asked_names_secret_token_and_address() {
        let form = form(
            CaptchaProvider::Hcaptcha,
            &Secret::new("s"),
            &Secret::new("t"),
            Some("k"),
            Some("192.0.2.1".parse().unwrap()),
        );
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(form, [("secret", "s"), ("response", "t"), ("remoteip", "192.0.2.1"), ("sitekey", "k")]);
    }
}
