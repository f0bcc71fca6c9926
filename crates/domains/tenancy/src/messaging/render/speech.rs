//! What the product says, in the languages that it speaks.

use std::{borrow::Cow, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

type Bundle = FluentBundle<FluentResource>;

/// Language and texts, in the order of [`crate::settings::branding::LOCALES`].
const TEXTS: [(&str, &str); 6] = [
    ("en", include_str!("../../../messages/en.ftl")),
    ("de", include_str!("../../../messages/de.ftl")),
    ("fr", include_str!("../../../messages/fr.ftl")),
    ("es", include_str!("../../../messages/es.ftl")),
    ("ja", include_str!("../../../messages/ja.ftl")),
    ("hi", include_str!("../../../messages/hi.ftl")),
];

static BUNDLES: LazyLock<Vec<Bundle>> =
    LazyLock::new(|| TEXTS.iter().map(|(locale, text)| bundle(locale, text)).collect());

fn bundle(locale: &str, text: &str) -> Bundle {
    let mut bundle = Bundle::new_concurrent(locale.parse().ok().into_iter().collect());
    // The signs that keep directions of writing apart would be copied along with a code.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, errors)| {
        tracing::error!(locale, ?errors, "a file of texts has mistakes");
        resource
    });
    bundle.add_resource_overriding(resource);
    bundle
}

/// One language.
#[derive(Clone, Copy)]
pub(super) struct Speech(&'static Bundle);

impl Speech {
    pub(super) fn speaks(locale: &str) -> bool {
        TEXTS.iter().any(|(known, _)| *known == locale)
    }

    /// English where the language is not spoken.
    pub(super) fn of(locale: &str) -> Self {
        let index = TEXTS.iter().position(|(known, _)| *known == locale).unwrap_or_default();
        Self(&BUNDLES[index])
    }

    pub(super) fn say(self, key: &str) -> Option<String> {
        self.say_with(key, &[])
    }

    pub(super) fn say_with(self, key: &str, facts: &[(&'static str, &str)]) -> Option<String> {
        let mut args = FluentArgs::new();
        for (name, value) in facts {
            args.set(*name, FluentValue::String(Cow::Borrowed(value)));
        }
        self.format(key, &args)
    }

    pub(super) fn count(self, key: &str, count: u64) -> Option<String> {
        let mut args = FluentArgs::new();
        args.set("count", count);
        self.format(key, &args)
    }

    fn format(self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.0.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.0.format_pattern(pattern, Some(args), &mut errors);
        if !errors.is_empty() {
            tracing::warn!(key, ?errors, "a text lacks a fact");
        }
        Some(text.into_owned())
    }
}
