//! The application's own style sheet, made from its branding.

use edge::{Endpoint, Public, Query, Reply, StyleSheet};
use macros::endpoint;
use pages::{Colour, Theme, stylesheet};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::{
    settings::{SettingsBranding, branding::Font},
    settings_of,
};

/// The version that the page named, so that caches part them.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ThemeQuery {
    v: Option<String>,
}

pub(crate) fn endpoints() -> [Endpoint; 1] {
    [show_theme()]
}

/// Get the application's style sheet
#[endpoint(GET "/ui/theme.css", id = "pages.theme")]
async fn show_theme(cx: Public, _query: Query<ThemeQuery>) -> Reply<StyleSheet> {
    StyleSheet::cached(&cx, stylesheet(&theme(&settings_of(cx.tenant()).branding)))
}

/// Another text, another version.
pub(crate) fn version(branding: &SettingsBranding) -> String {
    kernel::encoding::base62(&vault::digest(stylesheet(&theme(branding)).as_bytes())[..6])
}

fn theme(branding: &SettingsBranding) -> Theme {
    let colour = |text: &Option<String>| text.as_deref().and_then(Colour::parse);
    let (light, dark) = (&branding.colors.light, &branding.colors.dark);
    let is_own = branding.radius != SettingsBranding::default().radius;
    Theme {
        accent: colour(&light.accent),
        accent_dark: colour(&dark.accent),
        ground: colour(&light.background),
        ground_dark: colour(&dark.background),
        radius: is_own.then(|| u8::try_from(branding.radius).unwrap_or(u8::MAX)),
        font: (branding.font != Font::System).then(|| branding.font.stack()),
    }
}
