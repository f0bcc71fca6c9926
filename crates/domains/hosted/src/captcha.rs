//! What the form of a door says of its captcha.

use std::sync::LazyLock;

use edge::Browser;
use serde_json::Value;
use tenancy::{settings::CaptchaProvider, settings_of};

use crate::widget;

/// Where a captcha may be asked for.
#[derive(Clone, Copy)]
pub(crate) enum Door {
    SignUp,
    /// Whatever leads to a session or has a message sent.
    SignIn,
}

/// The page's script has a sum to do.
const SUM: &str = "sum";
/// Somebody else's, whose script runs in a page of its own within the form.
const FRAME: &str = "frame";

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

/// What a page with this view shows within.
pub(crate) fn frames(page: &Value) -> &'static [String] {
    static WIDGET: LazyLock<[String; 1]> = LazyLock::new(|| [widget::PATH.to_owned()]);
    if page["captcha"] == FRAME { &*WIDGET } else { &[] }
}

fn kind(provider: CaptchaProvider) -> &'static str {
    if provider.is_foreign() { FRAME } else { SUM }
}
