//! From facts to the text of a message, in the person's language and under the application's face.

mod brand;
mod escape;
mod facts;
mod layout;
mod speech;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Map, Value};

pub(super) use self::escape::{escape, escaping};
pub(crate) use self::{
    brand::Brand,
    facts::{Facts, sample},
};
use self::{layout::Parts, speech::Speech};
use super::{Template, own::OwnText};

/// A message as it reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) locale: String,
    pub(crate) subject: String,
    pub(crate) html: String,
    pub(crate) text: String,
    pub(crate) sms: String,
}

/// The languages to look for a text in, best first: what the person prefers among what is offered, then the application's own.
pub(crate) fn locales(brand: &Brand, wanted: Option<&str>) -> Vec<String> {
    let best = brand.branding.locale_for(wanted);
    let mut locales = Vec::new();
    for tag in [best, brand.branding.default_locale.as_str(), "en"] {
        let mut tag = Some(tag);
        while let Some(one) = tag {
            if !locales.iter().any(|known| known == one) {
                locales.push(one.to_owned());
            }
            tag = one.rsplit_once('-').map(|(shorter, _)| shorter);
        }
    }
    locales
}

/// The facts of [`sample`], fit for people.
pub(crate) fn sample_facts(template: Template, brand: &Brand, valid_for: Duration) -> Facts {
    Facts::new(template, &sample(template), brand, Speech::of("en"), valid_for)
}

/// Everything that a rendering needs beside the facts.
pub(crate) struct Setting<'a> {
    pub(crate) brand: &'a Brand,
    /// As [`locales`] orders them.
    pub(crate) locales: &'a [String],
    /// The application's own texts of this template, by language.
    pub(crate) own: &'a [(String, OwnText)],
    /// How long the message's link or code lives.
    pub(crate) valid_for: Duration,
}

/// The first language of the list that has a text, be it the application's own or the product's; what an own text leaves out is the
/// product's, in the nearest language it speaks.
pub(crate) fn render(template: Template, facts: &Map<String, Value>, setting: &Setting<'_>) -> Rendered {
    let found = setting.locales.iter().find_map(|locale| {
        let own = setting.own.iter().find(|(tag, _)| tag == locale).map(|(_, own)| own);
        (own.is_some() || Speech::speaks(locale)).then_some((locale, own))
    });
    let (locale, own) = found.map_or(("en", None), |(locale, own)| (locale.as_str(), own));
    let spoken =
        std::iter::once(locale).chain(setting.locales.iter().map(String::as_str)).find(|tag| Speech::speaks(tag));
    let speech = Speech::of(spoken.unwrap_or("en"));
    let facts = Facts::new(template, facts, setting.brand, speech, setting.valid_for);
    let parts = Parts::new(template, &facts, speech, locale);
    let product = |parts: &Parts| (layout::html(parts, setting.brand, None), layout::text(parts, setting.brand));
    let (html, text) = product(&parts);
    let rendered = Rendered {
        locale: locale.to_owned(),
        subject: parts.subject.clone(),
        html,
        text,
        sms: parts.sms(setting.brand),
    };
    match own {
        Some(own) => own.over(rendered, &facts, |body| layout::html(&parts, setting.brand, Some(body))),
        None => rendered,
    }
}
