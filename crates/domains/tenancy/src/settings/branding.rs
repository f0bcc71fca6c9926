//! How hosted pages and messages look and speak.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    colour::Colour,
    flaws::Flaws,
    rules::{LINK, web_url},
};

/// The application's face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsBranding {
    /// The name that people see; the application's own where there is none.
    pub display_name: Option<String>,
    /// An https URL of an image.
    pub logo_url: Option<String>,
    /// The same for dark backgrounds.
    pub logo_dark_url: Option<String>,
    pub theme: Theme,
    pub colors: SettingsColors,
    /// Roundness of corners in CSS pixels.
    pub radius: u32,
    pub font: Font,
    pub texts: SettingsTexts,
    /// Languages that pages and messages are offered in (BCP 47).
    pub locales: Vec<String>,
    /// For those who want none of them.
    pub default_locale: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the person's system wants it.
    #[default]
    Auto,
    Light,
    Dark,
}

/// Fonts that every system has in some form, so that a page asks nobody else for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Font {
    #[default]
    System,
    Humanist,
    Geometric,
    Serif,
    Rounded,
    Monospace,
}

/// Colours of both themes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsColors {
    pub light: SettingsPalette,
    pub dark: SettingsPalette,
}

/// Colours of one theme, as `#rrggbb`; the product's own where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsPalette {
    /// Buttons and links. The text on it is black or white, whichever is read better.
    pub accent: Option<String>,
    pub background: Option<String>,
}

/// What stands on pages and in messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsTexts {
    pub tagline: Option<String>,
    pub terms_url: Option<String>,
    pub privacy_url: Option<String>,
    pub support_email: Option<String>,
}

/// The languages that the product speaks.
pub const LOCALES: [&str; 6] = ["en", "de", "fr", "es", "ja", "hi"];

impl Default for SettingsBranding {
    fn default() -> Self {
        Self {
            display_name: None,
            logo_url: None,
            logo_dark_url: None,
            theme: Theme::default(),
            colors: SettingsColors::default(),
            radius: 8,
            font: Font::default(),
            texts: SettingsTexts::default(),
            locales: LOCALES.map(str::to_owned).into(),
            default_locale: LOCALES[0].to_owned(),
        }
    }
}

impl Font {
    /// The value of `font-family`.
    pub const fn stack(self) -> &'static str {
        match self {
            Self::System => "system-ui, sans-serif",
            Self::Humanist => "Seravek, 'Gill Sans Nova', Ubuntu, Calibri, 'DejaVu Sans', source-sans-pro, sans-serif",
            Self::Geometric => "Avenir, Montserrat, Corbel, 'URW Gothic', source-sans-pro, sans-serif",
            Self::Serif => "Charter, 'Bitstream Charter', 'Sitka Text', Cambria, serif",
            Self::Rounded => {
                "ui-rounded, 'Hiragino Maru Gothic ProN', Quicksand, Comfortaa, Manjari, 'Arial Rounded MT', Calibri, sans-serif"
            }
            Self::Monospace => {
                "ui-monospace, 'Cascadia Code', 'Source Code Pro', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
            }
        }
    }
}

impl SettingsPalette {
    pub fn accent(&self) -> Option<Colour> {
        self.accent.as_deref().and_then(Colour::parse)
    }

    pub fn background(&self) -> Option<Colour> {
        self.background.as_deref().and_then(Colour::parse)
    }

    fn check(&self, flaws: &mut Flaws) {
        for (field, colour) in [("accent", &self.accent), ("background", &self.background)] {
            if colour.as_deref().is_some_and(|text| Colour::parse(text).is_none()) {
                flaws.add(field, "invalid", "A colour as #rrggbb.");
            }
        }
    }
}

impl SettingsBranding {
    /// The best of the offered languages for what a person prefers, in that order (RFC 4647, section 3.4).
    pub fn locale_for<'t>(&self, wanted: impl IntoIterator<Item = &'t str>) -> &str {
        let offered = |tag: &str| self.locales.iter().find(|locale| locale.eq_ignore_ascii_case(tag));
        for mut tag in wanted {
            loop {
                if let Some(locale) = offered(tag) {
                    return locale;
                }
                let Some((shorter, _)) = tag.rsplit_once('-') else { break };
                tag = shorter;
            }
        }
        &self.default_locale
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        line(flaws, "display_name", self.display_name.as_deref(), 80);
        for (field, url) in [("logo_url", &self.logo_url), ("logo_dark_url", &self.logo_dark_url)] {
            if url.as_deref().is_some_and(|url| web_url(url).is_none()) {
                flaws.add(field, "invalid", LINK);
            }
        }
        flaws.part("colors", |flaws| {
            flaws.part("light", |flaws| self.colors.light.check(flaws));
            flaws.part("dark", |flaws| self.colors.dark.check(flaws));
        });
        flaws.within("radius", self.radius, 0..=32);
        flaws.part("texts", |flaws| self.texts.check(flaws));
        self.check_locales(flaws);
    }

    fn check_locales(&self, flaws: &mut Flaws) {
        const MOST: usize = 50;
        flaws.at_most("locales", self.locales.len(), MOST);
        flaws.once("locales", &self.locales);
        for (index, locale) in self.locales.iter().enumerate().take(MOST) {
            if !is_language_tag(locale) {
                flaws.add(format!("locales.{index}"), "invalid", "A language tag (BCP 47), for example en or pt-BR.");
            }
        }
        if !self.locales.contains(&self.default_locale) {
            flaws.add("default_locale", "unknown", "One of locales.");
        }
    }
}

impl SettingsTexts {
    fn check(&self, flaws: &mut Flaws) {
        line(flaws, "tagline", self.tagline.as_deref(), 200);
        for (field, url) in [("terms_url", &self.terms_url), ("privacy_url", &self.privacy_url)] {
            if url.as_deref().is_some_and(|url| web_url(url).is_none()) {
                flaws.add(field, "invalid", LINK);
            }
        }
        if self.support_email.as_deref().is_some_and(|address| !looks_like_an_address(address)) {
            flaws.add("support_email", "invalid", "An email address.");
        }
    }
}

fn line(flaws: &mut Flaws, field: &str, text: Option<&str>, most: usize) {
    if text.is_some_and(|text| !is_line(text, most)) {
        flaws.add(field, "invalid", format!("1 to {most} characters on one line."));
    }
}

/// Something that people read, on one line.
pub(crate) fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// The parts that matter for choosing a language: letters, then letters and digits, with dashes (RFC 5646, section 2.1).
fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_language = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_subtag = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 35 && parts.next().is_some_and(is_language) && parts.all(is_subtag)
}

/// It is shown and linked to, and not written to by us: enough that it can't break out of a link.
fn looks_like_an_address(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    text.len() <= 254
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.bytes().all(is_plain)
                && domain.contains('.')
                && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_best_that_is_offered() {
        let branding =
            SettingsBranding { locales: vec!["en".into(), "pt-BR".into(), "de".into()], ..Default::default() };
        for (wanted, locale) in [
            (vec!["de-AT-1996"], "de"),
            (vec!["pt-br"], "pt-BR"),
            (vec!["pt"], "en"),
            (vec!["nl", "de"], "de"),
            (vec![], "en"),
            (vec!["", "-", "x-y"], "en"),
        ] {
            assert_eq!(branding.locale_for(wanted.iter().copied()), locale, "{wanted:?}");
        }
    }

    #[test]
    fn tags_and_addresses_have_a_form() {
        for (tag, is_one) in
            [("en", true), ("pt-BR", true), ("zh-Hant-TW", true), ("EN", false), ("e", false), ("en-", false)]
        {
            assert_eq!(is_language_tag(tag), is_one, "{tag}");
        }
        for (address, is_one) in
            [("help@example.com", true), ("a@b", false), ("a b@example.com", false), ("a@example.com?cc=b", false)]
        {
            assert_eq!(looks_like_an_address(address), is_one, "{address}");
        }
    }

    #[test]
    fn colours_that_are_none_do_not_reach_a_style_sheet() {
        let palette = SettingsPalette { accent: Some("red;}".into()), background: Some("#fff000".into()) };
        assert_eq!(palette.accent(), None);
        assert!(palette.background().is_some());
    }
}
