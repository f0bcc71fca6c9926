//! What the application offers, as the doors show it.

use edge::{Browser, Failure};
use serde_json::{Value, json};
use tenancy::{
    messaging::{Channel, can_send},
    settings::{IdentifierKind, SettingsSignIn, SignInMethod, SignUpMode},
    settings_of,
};

use crate::return_to::ReturnTo;

/// Which parts a door has.
#[expect(clippy::struct_excessive_bools, reason = "each is a part of the page that is there or not")]
pub(crate) struct Options {
    pub(crate) password: bool,
    pub(crate) link: bool,
    pub(crate) code: bool,
    pub(crate) passkey: bool,
    pub(crate) sign_up: bool,
    /// The providers' buttons.
    pub(crate) providers: Vec<Value>,
    /// Which label the identifier has.
    pub(crate) identifier: &'static str,
    pub(crate) min_length: u32,
}

impl Options {
    pub(crate) async fn of(cx: &Browser, to: &ReturnTo) -> Result<Self, Failure> {
        let settings = settings_of(cx.tenant());
        let sign_in = &settings.sign_in;
        let mail = can_send(cx, Channel::Email).await?;
        let sms = sign_in.allows(SignInMethod::SmsCode) && can_send(cx, Channel::Sms).await?;
        let providers = if sign_in.allows(SignInMethod::Social) { providers(cx, to).await? } else { Vec::new() };
        Ok(Self {
            password: sign_in.allows(SignInMethod::Password),
            link: mail && sign_in.allows(SignInMethod::MagicLink),
            code: sms || (mail && sign_in.allows(SignInMethod::EmailCode)),
            passkey: sign_in.allows(SignInMethod::Passkey),
            sign_up: matches!(settings.sign_up.mode, SignUpMode::Open | SignUpMode::Restricted),
            providers,
            identifier: identifier(sign_in),
            min_length: settings.passwords.min_length,
        })
    }

    /// A link goes by mail, a code may go to a phone: for people with both, one button does.
    pub(crate) fn has_form(&self) -> bool {
        self.password || self.link || self.code || self.passkey
    }
}

async fn providers(cx: &Browser, to: &ReturnTo) -> Result<Vec<Value>, Failure> {
    let enabled = tenancy::providers::enabled(cx).await?;
    let button = |provider: &tenancy::providers::Provider| {
        let slug = provider.slug.as_str();
        json!({ "mark": slug, "name": provider.title(), "href": to.via(&format!("/sign-in/social/{slug}")) })
    };
    Ok(enabled.iter().map(button).collect())
}

/// The label's key. Who signs in with a phone number types it into the same field.
fn identifier(settings: &SettingsSignIn) -> &'static str {
    let takes = |kind| settings.takes(kind);
    match (takes(IdentifierKind::Email), takes(IdentifierKind::Phone), takes(IdentifierKind::Username)) {
        (_, true, true) => "any",
        (true, false, true) => "identifier",
        (true, true, false) => "email-phone",
        (false, true, false) => "phone",
        (false, false, true) => "username",
        (_, false, false) => "email",
    }
}
