//! What the form of a door says of its captcha.

use edge::Browser;
use tenancy::{settings::CaptchaProvider, settings_of};

/// Where a captcha may be asked for.
#[derive(Clone, Copy)]
pub(crate) enum Door {
    SignUp,
    /// Whatever leads to a session or has a message sent.
    SignIn,
}

/// Nothing where none is asked for.
pub(crate) fn at(cx: &Browser, door: Door) -> Option<&'static str> {
    let captcha = &settings_of(cx.tenant()).captcha;
    let is_asked = match door {
        Door::SignUp => captcha.at_sign_up(),
        Door::SignIn => captcha.at_sign_in(),
    };
    is_asked.then(|| kind(captcha.provider))
}

/// The same for a sign-in that waits for one.
pub(crate) fn waited_for(cx: &Browser) -> &'static str {
    kind(settings_of(cx.tenant()).captcha.provider)
}

/// `sum` where the page's script has one to do. Others' captchas need others' scripts, which no page here loads.
fn kind(provider: CaptchaProvider) -> &'static str {
    if provider == CaptchaProvider::ProofOfWork { "sum" } else { "foreign" }
}
