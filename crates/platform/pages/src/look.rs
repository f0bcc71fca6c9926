//! What surrounds every page: the application's name and logo, the language, the files, the form token.

use serde::Serialize;

use crate::{
    assets::{self, MOUNT},
    locale::Locale,
};

/// Light, dark, or as the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeMode {
    #[default]
    Auto,
    Light,
    Dark,
}

/// How an application presents itself.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Look {
    pub name: String,
    /// Shown where there is no logo.
    pub monogram: String,
    pub home_url: Option<String>,
    pub logo_url: Option<String>,
    pub logo_dark_url: Option<String>,
    pub tagline: Option<String>,
    pub terms_url: Option<String>,
    pub privacy_url: Option<String>,
    pub support_email: Option<String>,
}

impl Look {
    pub fn named(name: &str) -> Self {
        let monogram = name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect());
        Self { name: name.to_owned(), monogram: monogram.unwrap_or_else(|| "·".to_owned()), ..Self::default() }
    }
}

/// One language of the footer's list.
#[derive(Clone, Debug, Serialize)]
struct LanguageLink {
    code: &'static str,
    name: &'static str,
    href: String,
}

/// The addresses of the files that each page names.
#[derive(Clone, Debug, Serialize)]
struct Files {
    tokens: &'static str,
    ui: &'static str,
    script: &'static str,
    send: &'static str,
    captcha: &'static str,
    icon: &'static str,
    theme: String,
}

/// Everything around a page's own part.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    app: Look,
    theme: ThemeMode,
    lang: Locale,
    language: &'static str,
    locales: Vec<LanguageLink>,
    assets: Files,
    csrf: String,
}

impl Frame {
    /// `theme_version` changes whenever the application's colours do, so that its style sheet may be cached. `here` is the
    /// page's own path, to which the language links lead.
    pub fn new(look: Look, theme: ThemeMode, theme_version: &str, locale: Locale) -> Self {
        let files = Files {
            tokens: assets::address("tokens.css"),
            ui: assets::address("ui.css"),
            script: assets::address("pages.js"),
            send: assets::address("send.js"),
            captcha: assets::address("captcha.js"),
            icon: assets::address("icon.svg"),
            theme: format!("{MOUNT}/theme.css?v={theme_version}"),
        };
        let language = locale.name();
        Self { app: look, theme, lang: locale, language, locales: Vec::new(), assets: files, csrf: String::new() }
    }

    /// With links to the page in other languages; `here` makes the address of one.
    #[must_use]
    pub fn offering(mut self, offered: &[Locale], here: impl Fn(Locale) -> String) -> Self {
        let link = |locale: &Locale| LanguageLink { code: locale.code(), name: locale.name(), href: here(*locale) };
        self.locales = offered.iter().map(link).collect();
        self
    }

    /// With the token that each form sends back.
    #[must_use]
    pub fn csrf(mut self, token: String) -> Self {
        self.csrf = token;
        self
    }

    pub fn locale(&self) -> Locale {
        self.lang
    }
}
