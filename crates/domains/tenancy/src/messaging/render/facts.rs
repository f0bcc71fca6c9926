//! The facts of a message, fit for people: names without links, times and addresses as they are written.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Brand, Speech};
use crate::messaging::{Template, plain_name};

/// Facts by name; each is one line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    pub(super) fn new(
        template: Template,
        given: &Map<String, Value>,
        brand: &Brand,
        speech: Speech,
        valid_for: Duration,
    ) -> Self {
        let mut facts = Vec::new();
        for name in template.facts() {
            let text = given.get(name).and_then(Value::as_str);
            facts.extend(text.and_then(|text| fit(name, text, speech)).map(|text| (name, text)));
        }
        facts.push(("app_name", brand.app_name.clone()));
        facts.push(("color", brand.light.fill.clone()));
        facts.push(("expires_in", span(speech, valid_for)));
        facts.extend(brand.branding.logo_url.clone().map(|url| ("logo_url", url)));
        facts.extend(brand.home_url.clone().map(|url| ("home_url", url)));
        facts.extend(brand.branding.texts.support_email.clone().map(|address| ("support_email", address)));
        Self(facts)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, text)| (*name, text.as_str()))
    }

    /// The same with another text for one fact.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, text: &str) -> Self {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, text.to_owned()));
        self
    }
}

/// `None` where nothing fit is left.
fn fit(name: &str, text: &str, speech: Speech) -> Option<String> {
    match name {
        "name" | "inviter" | "organization" | "device" | "location" => plain_name(text),
        "factor" => speech.say(&format!("factor-{}", text.replace('_', "-"))).or_else(|| plain_name(text)),
        "time" => Some(minute(text)),
        "new_email" => masked(text),
        "ip" => text.parse::<std::net::IpAddr>().ok().map(|address| address.to_string()),
        "code" => {
            (text.len() <= 32 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then(|| text.to_owned())
        }
        "link" => url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(String::from),
        _ => None,
    }
}

/// `2026-01-15T09:30:00.123Z` to `2026-01-15 09:30 UTC`.
fn minute(text: &str) -> String {
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(minute)) if text.ends_with('Z') => format!("{day} {minute} UTC"),
        _ => plain_name(text).unwrap_or_default(),
    }
}

/// `grace@example.com` to `g***@example.com`: enough for whoever knows it.
fn masked(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let is_plain = !domain.is_empty() && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    is_plain.then(|| format!("{}***@{domain}", local.chars().next().filter(|c| c.is_alphanumeric()).unwrap_or('*')))
}

fn span(speech: Speech, time: Duration) -> String {
    let minutes = time.as_secs().div_ceil(60);
    let said = match minutes {
        0..120 => speech.count("span-minutes", minutes),
        120..2_880 => speech.count("span-hours", minutes / 60),
        _ => speech.count("span-days", minutes / 1_440),
    };
    said.unwrap_or_default()
}

/// Facts to try a text with.
pub(crate) fn sample(template: Template) -> Map<String, Value> {
    let value = |name: &str| match name {
        "name" => "Ada Lovelace",
        "link" => "https://app.example.com/continue#token=sample",
        "code" => "123456",
        "device" => "Firefox on Linux",
        "ip" => "198.51.100.7",
        "location" => "London, United Kingdom",
        "time" => "2026-01-15T09:30:00Z",
        "new_email" => "ada@example.org",
        "inviter" => "Charles Babbage",
        "organization" => "Analytical Engines",
        "factor" => "passkey",
        _ => "",
    };
    template.facts().map(|name| (name.to_owned(), Value::String(value(name).to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_made_fit_by_their_kind() {
        let speech = Speech::of("en");
        for (name, text, wanted) in [
            ("name", "Ada https://evil.example", Some("Ada evil example")),
            ("time", "2026-01-15T09:30:00.5Z", Some("2026-01-15 09:30 UTC")),
            ("new_email", "grace@example.com", Some("g***@example.com")),
            ("new_email", "\"<b>\"@example.com", Some("****@example.com")),
            ("new_email", "no address", None),
            ("ip", "2001:db8::1", Some("2001:db8::1")),
            ("ip", "evil.example", None),
            ("code", "123456", Some("123456")),
            ("code", "<b>1</b>", None),
            ("link", "https://a.example/x?y=1#z", Some("https://a.example/x?y=1#z")),
            ("link", "javascript:alert(1)", None),
            ("factor", "recovery_codes", Some("Recovery codes")),
        ] {
            assert_eq!(fit(name, text, speech).as_deref(), wanted, "{name} {text}");
        }
    }

    #[test]
    fn spans_are_said_in_the_largest_unit_that_fits() {
        for (seconds, english, german) in [
            (60, "1 minute", "1 Minute"),
            (900, "15 minutes", "15 Minuten"),
            (3_600, "60 minutes", "60 Minuten"),
            (86_400, "24 hours", "24 Stunden"),
            (604_800, "7 days", "7 Tage"),
        ] {
            let time = Duration::from_secs(seconds);
            assert_eq!(
                (span(Speech::of("en"), time), span(Speech::of("de"), time)),
                (english.to_owned(), german.to_owned())
            );
        }
    }
}
