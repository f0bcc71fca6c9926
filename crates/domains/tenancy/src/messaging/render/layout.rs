//! The product's own mail: one small page, readable everywhere, light and dark.

use std::sync::LazyLock;

use minijinja::{Environment, Value, value::Serde};
use serde::Serialize;

use super::{Brand, Facts, Speech, escape, escaping};
use crate::messaging::Template;

const LAYOUTS: [(&str, &str); 2] = [
    ("mail.html", include_str!("../../../messages/layout.html")),
    ("mail.txt", include_str!("../../../messages/layout.txt")),
];

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.set_auto_escape_callback(escaping);
    pages.set_formatter(escape);
    for (name, text) in LAYOUTS {
        if let Err(error) = pages.add_template(name, text) {
            tracing::error!(name, %error, "a layout has mistakes");
        }
    }
    pages
});

/// What stands where in a message.
#[derive(Serialize)]
pub(super) struct Parts {
    #[serde(skip)]
    template: Template,
    locale: String,
    pub(super) subject: String,
    greeting: String,
    lead: String,
    code: Option<String>,
    code_label: Option<String>,
    facts: Vec<Listed>,
    button: Option<String>,
    link: Option<String>,
    link_below: Option<String>,
    expiry: Option<String>,
    note: Option<String>,
    why: Option<String>,
    support: Option<String>,
    #[serde(skip)]
    code_sms: Option<String>,
}

/// A line of the list of facts.
#[derive(Serialize)]
struct Listed {
    label: String,
    value: String,
}

/// Everything that a layout names.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    parts: &'a Parts,
    heading: &'a str,
    /// Takes the place of everything between the head and the foot.
    body: Option<&'a str>,
    app_name: &'a str,
    logo_url: Option<&'a str>,
    font: &'static str,
    radius: u32,
    accent: &'a str,
    on_accent: &'a str,
    link_color: &'a str,
    accent_dark: &'a str,
    on_accent_dark: &'a str,
    link_dark: &'a str,
}

/// Facts that are listed, in this order.
const LISTED: [&str; 6] = ["factor", "new_email", "device", "location", "ip", "time"];

impl Parts {
    pub(super) fn new(template: Template, facts: &Facts, speech: Speech, locale: &str) -> Self {
        let key = template.key();
        let inviting = match (facts.get("inviter"), facts.get("organization")) {
            (Some(_), Some(_)) => "both",
            (Some(_), None) => "inviter",
            (None, Some(_)) => "organization",
            (None, None) => "none",
        };
        let fact = |name: &str| facts.get(name).unwrap_or_default();
        let known = [
            ("app", fact("app_name")),
            ("code", fact("code")),
            ("inviter", fact("inviter")),
            ("organization", fact("organization")),
            ("kind", inviting),
        ];
        let say = |part: &str| speech.say_with(&format!("{key}-{part}"), &known);
        let app = [("app", fact("app_name"))];
        let has_way = facts.get("link").is_some() || facts.get("code").is_some();
        let greeting = match facts.get("name") {
            Some(name) => speech.say_with("greeting-named", &[("name", name)]),
            None => speech.say("greeting"),
        };
        let listed = LISTED.iter().filter_map(|name| {
            let label = speech.say(&format!("fact-{}", name.replace('_', "-")))?;
            Some(Listed { label, value: facts.get(name)?.to_owned() })
        });
        Self {
            template,
            locale: locale.to_owned(),
            subject: say("subject").unwrap_or_default(),
            greeting: greeting.unwrap_or_default(),
            lead: say("lead").unwrap_or_default(),
            code: facts.get("code").map(str::to_owned),
            code_label: speech.say("code-label"),
            facts: listed.collect(),
            button: say("button"),
            link: facts.get("link").map(str::to_owned),
            link_below: speech.say("link-below"),
            expiry: (has_way && !is_notice(template))
                .then(|| speech.say_with("expires", &[("span", fact("expires_in"))]))
                .flatten(),
            note: say("note").or_else(|| note(template).and_then(|key| speech.say(key))),
            why: speech.say_with(if is_for_an_account(template) { "why-account" } else { "why" }, &app),
            support: facts.get("support_email").and_then(|address| speech.say_with("support", &[("email", address)])),
            code_sms: facts.get("code").and_then(|_| say("sms")),
        }
    }

    /// One line and a way to go.
    pub(super) fn sms(&self, brand: &Brand) -> String {
        if let Some(sms) = &self.code_sms {
            return sms.clone();
        }
        let way = self.link.as_deref().or(self.code.as_deref()).map(|way| format!(": {way}")).unwrap_or_default();
        // Many subjects name the application already.
        if self.subject.contains(&brand.app_name) {
            format!("{}{way}", self.subject)
        } else {
            format!("{}: {}{way}", brand.app_name, self.subject)
        }
    }

    fn context(&self, brand: &Brand, body: Option<&str>) -> Value {
        Value::from(Serde(Page {
            parts: self,
            heading: &self.subject,
            body,
            app_name: &brand.app_name,
            logo_url: brand.branding.logo_url.as_deref(),
            font: brand.branding.font.stack(),
            radius: brand.branding.radius,
            accent: &brand.light.fill,
            on_accent: &brand.light.on_fill,
            link_color: &brand.light.link,
            accent_dark: &brand.dark.fill,
            on_accent_dark: &brand.dark.on_fill,
            link_dark: &brand.dark.link,
        }))
    }
}

pub(super) fn html(parts: &Parts, brand: &Brand, body: Option<&str>) -> String {
    page("mail.html", parts, parts.context(brand, body))
}

pub(super) fn text(parts: &Parts, brand: &Brand) -> String {
    page("mail.txt", parts, parts.context(brand, None))
}

fn page(name: &str, parts: &Parts, context: Value) -> String {
    PAGES.get_template(name).and_then(|page| page.render(context)).unwrap_or_else(|error| {
        tracing::error!(name, template = parts.template.as_str(), %error, "a layout can't be rendered");
        String::new()
    })
}

/// Tells what has happened, and asks for nothing.
const fn is_notice(template: Template) -> bool {
    is_about_change(template)
        || matches!(
            template,
            Template::NewDevice | Template::AccountExists | Template::NoAccount | Template::TestMessage
        )
}

const fn is_about_change(template: Template) -> bool {
    matches!(
        template,
        Template::PasswordChanged
            | Template::EmailChangeNotice
            | Template::FactorAdded
            | Template::FactorRemoved
            | Template::RecoveryCodesRegenerated
    )
}

const fn is_for_an_account(template: Template) -> bool {
    is_about_change(template) || matches!(template, Template::MfaCode | Template::NewDevice)
}

/// The text under the message.
const fn note(template: Template) -> Option<&'static str> {
    match template {
        Template::SignInCode | Template::MfaCode | Template::VerifyPhone => Some("secrecy"),
        Template::PasswordChanged
        | Template::EmailChangeNotice
        | Template::NewDevice
        | Template::FactorAdded
        | Template::FactorRemoved
        | Template::RecoveryCodesRegenerated => Some("act"),
        Template::TestMessage | Template::WaitlistApproved | Template::ResetPassword => None,
        Template::MagicLink
        | Template::VerifyEmail
        | Template::EmailChangeConfirm
        | Template::AccountExists
        | Template::NoAccount
        | Template::Invitation => Some("ignore"),
    }
}
