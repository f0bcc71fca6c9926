//! Whose message it is: name, colours, contact.

use crate::{
    settings::{SettingsBranding, colour::Colour},
    tenants::TenantRecord,
};

/// The product's own accents, as in `web/tokens`.
const ACCENT: [&str; 2] = ["#b8430f", "#ff8b55"];
/// What texts stand on in mail, light and dark.
const CARD: [&str; 2] = ["#ffffff", "#211d18"];

/// An application's face.
#[derive(Clone, Debug)]
pub(crate) struct Brand {
    pub(crate) app_name: String,
    pub(crate) branding: SettingsBranding,
    pub(crate) home_url: Option<String>,
    pub(crate) light: Accent,
    pub(crate) dark: Accent,
}

/// A colour with what is read on it, and as a link.
#[derive(Clone, Debug)]
pub(crate) struct Accent {
    pub(crate) fill: String,
    pub(crate) on_fill: String,
    pub(crate) link: String,
}

impl Brand {
    pub(crate) fn of(tenant: &TenantRecord) -> Self {
        let branding = tenant.settings.branding.clone();
        Self {
            app_name: branding.display_name.clone().unwrap_or_else(|| tenant.name.clone()),
            home_url: tenant.settings.urls.home_url.clone(),
            light: accent(branding.colors.light.accent(), 0),
            dark: accent(branding.colors.dark.accent().or_else(|| branding.colors.light.accent()), 1),
            branding,
        }
    }
}

fn accent(own: Option<Colour>, theme: usize) -> Accent {
    let parse = |text: &str| Colour::parse(text).unwrap_or(Colour::BLACK);
    let fill = own.unwrap_or_else(|| parse(ACCENT[theme]));
    let link = fill.readable_on(parse(CARD[theme]));
    Accent { fill: fill.to_string(), on_fill: fill.text_on().to_string(), link: link.to_string() }
}
