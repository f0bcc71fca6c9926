//! The languages that pages are written in.

use serde::{Serialize, Serializer};

use crate::accept;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    #[default]
    En,
    De,
    Fr,
    Es,
    Ja,
    Hi,
}

impl Locale {
    pub const ALL: [Self; 6] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Ja, Self::Hi];

    /// BCP 47.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Ja => "ja",
            Self::Hi => "hi",
        }
    }

    /// As its speakers call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
            Self::Ja => "日本語",
            Self::Hi => "हिन्दी",
        }
    }

    /// By a tag's language: `de-AT` is German.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| locale.code().eq_ignore_ascii_case(language))
    }

    /// The best of the `offered` for what a browser asks (RFC 9110, section 12.5.4), else `otherwise`.
    pub fn negotiate(accept_language: Option<&str>, offered: &[Self], otherwise: Self) -> Self {
        let wanted = accept_language.map(accept::by_weight).unwrap_or_default();
        wanted.into_iter().filter_map(Self::of_tag).find(|locale| offered.contains(locale)).unwrap_or(otherwise)
    }
}

impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_that_is_offered_is_chosen() {
        let two = [Locale::En, Locale::De];
        for (asked, expected) in [
            (Some("de-AT,de;q=0.9,en;q=0.8"), Locale::De),
            (Some("fr, en;q=0.1, de;q=0.5"), Locale::De),
            (Some("ja"), Locale::En),
            (Some("*"), Locale::En),
            (Some("de;q=0, en"), Locale::En),
            (Some("DE"), Locale::De),
            (Some(",,;q=;q=x,"), Locale::En),
            (None, Locale::En),
        ] {
            assert_eq!(Locale::negotiate(asked, &two, Locale::En), expected, "{asked:?}");
        }
    }
}
