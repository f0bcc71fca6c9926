//! Somebody else's captcha, in a page of its own that the forms of doors hold in a frame: their script never runs in a page where people
//! type, and the policies of those pages stay as they are.

use edge::{Endpoint, ForeignSources, Html, Public, Reply};
use kernel::{ErrorCode, Refusal};
use macros::endpoint;
use pages::Locale;
use serde_json::json;
use tenancy::{settings::CaptchaProvider, settings_of};

use crate::frame;

/// Where it is; the templates name it too.
pub(crate) const PATH: &str = "/captcha";

/// How a provider's widget is loaded and what it loads. All three are rendered alike, by the page's own script.
struct Widget {
    /// The object that its script makes.
    api: &'static str,
    /// It calls `captchaReady` once it is there.
    script: &'static str,
    /// Is the language said in the script's address, or when it is rendered?
    is_script_in_language: bool,
    /// As the provider documents them. All three also write styles into the elements that they make.
    sources: ForeignSources,
}

pub(crate) fn endpoints() -> [Endpoint; 1] {
    [show_captcha()]
}

/// Show the captcha of the application's provider
///
/// In a frame of a form. Not found where the application has none, or the built-in one.
#[endpoint(GET "/captcha", id = "pages.captcha")]
async fn show_captcha(cx: Public) -> Reply<Html> {
    let captcha = &settings_of(cx.tenant()).captcha;
    let (Some(widget), Some(site_key)) = (of(captcha.provider), &captcha.site_key) else {
        return Err(Refusal::not_found().into());
    };
    let locale = frame::locale(&cx);
    let page = json!({ "api": widget.api, "script": widget.address(locale), "site_key": site_key });
    let text = pages::render("widget", &frame::bare(cx.tenant(), locale), page).map_err(|error| {
        tracing::error!(%error, "the captcha's page could not be written");
        Refusal::new(ErrorCode::Internal, "internal", "Something went wrong on our side.")
    })?;
    Ok(Html::framed_here(text, &widget.sources))
}

impl Widget {
    fn address(&self, locale: Locale) -> String {
        let language = if self.is_script_in_language { format!("&hl={}", locale.code()) } else { String::new() };
        format!("{}?render=explicit&onload=captchaReady{language}", self.script)
    }
}

const fn of(provider: CaptchaProvider) -> Option<Widget> {
    match provider {
        CaptchaProvider::Turnstile => Some(Widget {
            api: "turnstile",
            script: "https://challenges.cloudflare.com/turnstile/v0/api.js",
            is_script_in_language: false,
            sources: ForeignSources {
                script: "https://challenges.cloudflare.com",
                frame: "https://challenges.cloudflare.com",
                style: "'unsafe-inline'",
                connect: "'none'",
            },
        }),
        CaptchaProvider::Hcaptcha => Some(Widget {
            api: "hcaptcha",
            script: "https://js.hcaptcha.com/1/api.js",
            is_script_in_language: true,
            sources: ForeignSources {
                script: "https://hcaptcha.com https://*.hcaptcha.com",
                frame: "https://hcaptcha.com https://*.hcaptcha.com",
                style: "'unsafe-inline' https://hcaptcha.com https://*.hcaptcha.com",
                connect: "https://hcaptcha.com https://*.hcaptcha.com",
            },
        }),
        CaptchaProvider::Recaptcha => Some(Widget {
            api: "grecaptcha",
            script: "https://www.google.com/recaptcha/api.js",
            is_script_in_language: true,
            sources: ForeignSources {
                script: "https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/",
                frame: "https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
                style: "'unsafe-inline'",
                connect: "'none'",
            },
        }),
        CaptchaProvider::None | CaptchaProvider::ProofOfWork => None,
    }
}
