//! What surrounds a page: the application's face, and the reader's language.

use edge::{Browser, Context, LanguageCookie};
use http::header::ACCEPT_LANGUAGE;
use kernel::tenant::TenantFacts;
use pages::{Frame, Locale, Look, ThemeMode};
use tenancy::{
    settings::{SettingsBranding, branding::Theme},
    settings_of,
};

use crate::{language, theme};

pub(crate) fn of(cx: &Browser) -> Frame {
    let tenant = cx.tenant();
    let offered = offered(&settings_of(tenant).branding);
    let here = language::page_of(cx.here());
    bare(tenant, locale(cx)).offering(&offered, |locale| language::link(locale, here)).csrf(cx.form_token())
}

/// The language that the reader chose, or the best for what their browser asks.
pub(crate) fn locale(cx: &Context) -> Locale {
    let branding = &settings_of(cx.tenant()).branding;
    let chosen = LanguageCookie::read(cx).and_then(|tag| Locale::of_tag(&tag));
    let chosen = chosen.filter(|one| offered(branding).contains(one));
    chosen.unwrap_or_else(|| best(branding, cx.header(ACCEPT_LANGUAGE)))
}

/// Without forms and links to other languages: for the page of an error, and for the one in a frame.
pub(crate) fn bare(tenant: &TenantFacts, locale: Locale) -> Frame {
    let branding = &settings_of(tenant).branding;
    let mode = match branding.theme {
        Theme::Auto => ThemeMode::Auto,
        Theme::Light => ThemeMode::Light,
        Theme::Dark => ThemeMode::Dark,
    };
    Frame::new(look(tenant), mode, &theme::version(branding), locale)
}

/// The best of the application's languages for what a browser asks.
pub(crate) fn best(branding: &SettingsBranding, accept_language: Option<&str>) -> Locale {
    let otherwise = Locale::of_tag(&branding.default_locale).unwrap_or_default();
    Locale::negotiate(accept_language, &offered(branding), otherwise)
}

/// The languages that the application offers and the pages speak.
pub(crate) fn offered(branding: &SettingsBranding) -> Vec<Locale> {
    let mut offered: Vec<Locale> = Vec::new();
    for locale in branding.locales.iter().filter_map(|tag| Locale::of_tag(tag)) {
        if !offered.contains(&locale) {
            offered.push(locale);
        }
    }
    if offered.is_empty() { vec![Locale::default()] } else { offered }
}

fn look(tenant: &TenantFacts) -> Look {
    let settings = settings_of(tenant);
    let branding = &settings.branding;
    let texts = &branding.texts;
    let name = branding.display_name.as_deref().unwrap_or_else(|| tenancy::name_of(tenant));
    // Browsers refuse pictures without encryption (`img-src https:`), so that an address of that kind shows the monogram.
    let picture = |url: &Option<String>| url.clone().filter(|url| url.starts_with("https://"));
    Look {
        home_url: settings.urls.home_url.clone(),
        logo_url: picture(&branding.logo_url),
        logo_dark_url: picture(&branding.logo_dark_url),
        tagline: texts.tagline.clone(),
        terms_url: texts.terms_url.clone(),
        privacy_url: texts.privacy_url.clone(),
        support_email: texts.support_email.clone(),
        ..Look::named(name)
    }
}
