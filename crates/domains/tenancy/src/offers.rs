//! What sign-in screens offer: what is switched on and has all that it needs.

use edge::{Context, Failure};

use crate::{
    messaging::{Channel, can_send},
    providers::{self, Provider},
    settings::{SettingsSignIn, SignInMethod},
    settings_of,
};

/// What people can sign in by now.
#[derive(Debug)]
pub struct Offers {
    /// In the order in which screens offer them.
    pub methods: Vec<SignInMethod>,
    /// None where social sign-in is off.
    pub providers: Vec<Provider>,
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
        let by_mail = sign_in.allows(SignInMethod::MagicLink) || sign_in.allows(SignInMethod::EmailCode);
        let mail = by_mail && can_send(cx, Channel::Email).await?;
        let sms = sign_in.allows(SignInMethod::SmsCode) && can_send(cx, Channel::Sms).await?;
        let providers = if sign_in.allows(SignInMethod::Social) { providers::enabled(cx).await? } else { Vec::new() };
        let means = Means { mail, sms, providers: !providers.is_empty() };
        Ok(Self { methods: means.carry(sign_in), providers })
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
}
