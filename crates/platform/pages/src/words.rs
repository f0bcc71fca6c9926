//! What pages say, by key and language (Project Fluent).

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use crate::locale::Locale;

#[derive(RustEmbed)]
#[folder = "locales"]
struct Files;

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<HashMap<Locale, Bundle>> =
    LazyLock::new(|| Locale::ALL.into_iter().map(|locale| (locale, bundle(locale))).collect());

/// Text in a language; `None` where no language has the key.
pub fn say(locale: Locale, key: &str) -> Option<Cow<'static, str>> {
    say_with(locale, key, None)
}

/// The same with values for the places in it.
pub fn say_of(locale: Locale, key: &str, values: &[(&str, &str)]) -> Option<Cow<'static, str>> {
    let args = values.iter().map(|(name, value)| (*name, *value)).collect();
    say_with(locale, key, Some(&args))
}

pub(crate) fn say_with(locale: Locale, key: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'static, str>> {
    let mut bundles = [locale, Locale::En].into_iter().filter_map(|locale| BUNDLES.get(&locale));
    let (bundle, pattern) = bundles.find_map(|bundle| Some((bundle, bundle.get_message(key)?.value()?)))?;
    // What a place lacks is written with its name: a test renders every page, so that none lacks anything.
    let mut faults = Vec::new();
    Some(Cow::Owned(bundle.format_pattern(pattern, args, &mut faults).into_owned()))
}

fn bundle(locale: Locale) -> Bundle {
    let language: LanguageIdentifier = locale.code().parse().expect("each code is a language");
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Pages mark directions in HTML; invisible marks would only get into what people copy.
    bundle.set_use_isolating(false);
    let file = Files::get(&format!("{}.ftl", locale.code())).expect("each language has its file");
    let text = String::from_utf8_lossy(&file.data).into_owned();
    let resource = FluentResource::try_new(text).expect("a test parses every file");
    bundle.add_resource(resource).expect("no key stands twice");
    bundle
}

/// The keys of a language, for tests.
#[cfg(test)]
pub(crate) fn keys(locale: Locale) -> Vec<String> {
    let file = Files::get(&format!("{}.ftl", locale.code())).unwrap();
    let text = String::from_utf8(file.data.into_owned()).unwrap();
    let key = |line: &str| line.split_once(" =").map(|(key, _)| key.to_owned());
    text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())).filter_map(key).collect()
}
