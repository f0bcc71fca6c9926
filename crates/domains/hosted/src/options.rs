//! What the application offers, as the doors show it.

use edge::{Browser, Failure};
use serde_json::{Value, json};
use tenancy::{
    Offers,
    providers::Provider,
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
        let offers = Offers::of(cx).await?;
        Ok(Self {
            password: offers.has(SignInMethod::Password),
            link: offers.has(SignInMethod::MagicLink),
            code: offers.has(SignInMethod::SmsCode) || offers.has(SignInMethod::EmailCode),
            passkey: offers.has(SignInMethod::Passkey),
            sign_up: matches!(settings.sign_up.mode, SignUpMode::Open | SignUpMode::Restricted),
            providers: offers.providers.iter().map(|provider| button(provider, to)).collect(),
            identifier: identifier(sign_in),
            min_length: settings.passwords.min_length,
        })
    }

    /// A link goes by mail, a code may go to a phone: for people with both, one button does.
    pub(crate) fn has_form(&self) -> bool {
        self.password || self.link || self.code || self.passkey
    }
}

fn button(provider: &Provider, to: &ReturnTo) -> Value {
    let slug = provider.slug.as_str();
    json!({ "mark": slug, "name": provider.title(), "href": to.via(&format!("/sign-in/social/{slug}")) })
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
