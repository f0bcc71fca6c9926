//! What sign-in screens offer: what is switched on and has all that it needs.

use edge::{Context, Failure};

use crate::{
    messaging::{Channel, can_send},
    providers::{self, Provider},
    settings::{MfaFactor, SettingsSignIn, SignInMethod},
    settings_of,
};

/// What people can sign in by now.
#[derive(Debug)]
pub struct Offers {
    /// In the order in which screens offer them.
    pub methods: Vec<SignInMethod>,
    /// None where social sign-in is off.
    pub providers: Vec<Provider>,
    /// The second factors that can be added.
    pub factors: Vec<MfaFactor>,
}

/// What methods lean on.
struct Means {
    mail: bool,
    sms: bool,
    providers: bool,
}

impl Offers {
    /// Nothing is looked up for a method that is off.
    pub async fn of(cx: &Context) -> Result<Self, Failure> {
        let sign_in = &settings_of(cx.tenant()).sign_in;
        let mfa = &settings_of(cx.tenant()).mfa;
        let by_mail =
            [SignInMethod::MagicLink, SignInMethod::EmailCode].into_iter().any(|method| sign_in.allows(method))
                || mfa.factors.contains(&MfaFactor::Email);
        let by_sms = sign_in.allows(SignInMethod::SmsCode) || mfa.factors.contains(&MfaFactor::Sms);
        let mail = by_mail && can_send(cx, Channel::Email).await?;
        let sms = by_sms && can_send(cx, Channel::Sms).await?;
        let providers = if sign_in.allows(SignInMethod::Social) { providers::enabled(cx).await? } else { Vec::new() };
        let means = Means { mail, sms, providers: !providers.is_empty() };
        Ok(Self { methods: means.carry(sign_in), factors: means.deliver(&mfa.factors), providers })
    }

    pub fn has(&self, method: SignInMethod) -> bool {
        self.methods.contains(&method)
    }
}

impl Means {
    /// Those of the methods that are switched on which work.
    fn carry(&self, sign_in: &SettingsSignIn) -> Vec<SignInMethod> {
        let works = |method: &SignInMethod| match method {
            SignInMethod::Password | SignInMethod::Passkey => true,
            SignInMethod::Social => self.providers,
            SignInMethod::MagicLink | SignInMethod::EmailCode => self.mail,
            SignInMethod::SmsCode => self.sms,
        };
        sign_in.methods.iter().copied().filter(works).collect()
    }

    /// Those of the factors that are switched on which can be proven.
    fn deliver(&self, factors: &[MfaFactor]) -> Vec<MfaFactor> {
        let works = |factor: &MfaFactor| match factor {
            MfaFactor::Email => self.mail,
            MfaFactor::Sms => self.sms,
            MfaFactor::Totp | MfaFactor::Passkey | MfaFactor::RecoveryCode => true,
        };
        factors.iter().copied().filter(works).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_offered_once_it_has_what_it_needs_and_keeps_its_place() {
        use SignInMethod::{EmailCode, MagicLink, Passkey, Password, SmsCode, Social};
        let sign_in = SettingsSignIn {
            methods: vec![SmsCode, Social, MagicLink, Passkey, EmailCode, Password],
            ..SettingsSignIn::default()
        };
        let offered = |mail, sms, providers| Means { mail, sms, providers }.carry(&sign_in);
        assert_eq!(offered(false, false, false), [Passkey, Password]);
        assert_eq!(offered(true, false, false), [MagicLink, Passkey, EmailCode, Password]);
        assert_eq!(offered(false, true, true), [SmsCode, Social, Passkey, Password]);
        assert_eq!(offered(true, true, true), sign_in.methods);
    }

    #[test]
    fn a_factor_is_offered_once_its_codes_can_be_sent() {
        use MfaFactor::{Email, Passkey, RecoveryCode, Sms, Totp};
        let factors = [Sms, Totp, Email, Passkey, RecoveryCode];
        let offered = |mail, sms| Means { mail, sms, providers: false }.deliver(&factors);
        assert_eq!(offered(false, false), [Totp, Passkey, RecoveryCode]);
        assert_eq!(offered(true, false), [Totp, Email, Passkey, RecoveryCode]);
        assert_eq!(offered(true, true), factors);
    }
}
