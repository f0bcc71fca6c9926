//! Every message in every language.

use std::time::Duration;

use kernel::{Id, Timestamp};
use serde_json::json;

use super::*;
use crate::{
    settings::{Settings, branding::LOCALES},
    tenants::{Environment, TenantRecord, TenantState},
};

fn brand(change: impl FnOnce(&mut Settings)) -> Brand {
    let mut settings = Settings::default();
    change(&mut settings);
    Brand::of(&TenantRecord {
        id: Id::from_u128(7),
        slug: "acme".parse().unwrap(),
        name: "Acme & <Sons>".to_owned(),
        environment: Environment::Development,
        state: TenantState::Active,
        team_id: None,
        is_primary: false,
        settings,
        version: 1,
        created_at: Timestamp::from_seconds(0),
        updated_at: Timestamp::from_seconds(0),
        deleted_at: None,
    })
}

fn rendered(
    template: Template,
    facts: &Map<String, Value>,
    brand: &Brand,
    locale: &str,
    own: &[(String, OwnText)],
) -> Rendered {
    let locales = locales(brand, Some(locale));
    render(template, facts, &Setting { brand, locales: &locales, own, valid_for: Duration::from_mins(15) })
}

#[expect(clippy::needless_pass_by_value, reason = "called with literals")]
fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn every_message_is_whole_in_every_language() {
    let brand = brand(|settings| settings.branding.texts.support_email = Some("help@acme.example".to_owned()));
    for template in Template::ALL {
        for locale in LOCALES {
            let bare = Map::new();
            for facts in [&sample(*template), &bare] {
                let what = format!("{} in {locale}", template.as_str());
                let message = rendered(*template, facts, &brand, locale, &[]);
                assert_eq!(message.locale, locale, "{what}");
                for text in [&message.subject, &message.html, &message.text, &message.sms] {
                    assert!(!text.trim().is_empty(), "{what}");
                    assert!(!text.contains("{$") && !text.contains("{ $") && !text.contains("{{"), "{what}: {text}");
                }
                assert!(message.html.contains("Acme &amp; &lt;Sons&gt;"), "{what}: {}", message.html);
                assert!(!message.subject.contains('\n'), "{what}");
                if facts.contains_key("code") {
                    for text in [&message.html, &message.text, &message.sms] {
                        assert!(text.contains("123456") || text.contains("#token"), "{what}: {text}");
                    }
                    assert!(!message.subject.contains("123456"), "{what}: a subject shows on locked screens");
                }
                if facts.contains_key("link") {
                    assert!(message.text.contains("https://app.example.com/continue#token=sample"), "{what}");
                    assert!(message.html.contains("href=\"https://app.example.com/continue#token=sample\""), "{what}");
                }
            }
        }
    }
}

#[test]
fn languages_differ_and_say_the_same_keys() {
    let brand = brand(|_| ());
    for template in Template::ALL {
        let mut subjects: Vec<_> =
            LOCALES.iter().map(|locale| rendered(*template, &sample(*template), &brand, locale, &[]).subject).collect();
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), LOCALES.len(), "{}: {subjects:?}", template.as_str());
    }
}

#[test]
fn a_language_that_nobody_speaks_falls_back() {
    let mut own = OwnText { subject: Some("Olá".to_owned()), ..OwnText::default() };
    let brand = brand(|settings| {
        settings.branding.locales = vec!["de".to_owned(), "pt-BR".to_owned(), "nl".to_owned()];
        settings.branding.default_locale = "de".to_owned();
    });
    let facts = sample(Template::MagicLink);
    let subject = |locale: &str, own: &[(String, OwnText)]| {
        let message = rendered(Template::MagicLink, &facts, &brand, locale, own);
        (message.locale, message.subject)
    };
    assert_eq!(subject("de-AT", &[]).0, "de");
    assert_eq!(subject("fr", &[]).0, "de", "French is spoken and not offered");
    assert_eq!(subject("nl", &[]).0, "de", "Dutch is offered and not spoken");
    assert_eq!(subject("pt-BR", &[("pt".to_owned(), own.clone())]), ("pt".to_owned(), "Olá".to_owned()));
    own.subject = None;
    own.plain = Some("{{ link }}".to_owned());
    let message = rendered(Template::MagicLink, &facts, &brand, "pt-BR", &[("pt-BR".to_owned(), own)]);
    assert_eq!(message.text, "https://app.example.com/continue#token=sample");
    assert!(message.html.contains("Anmelden"), "what is not said in Portuguese is said in the default language");
}

#[test]
fn names_of_people_are_text_and_carry_no_links() {
    let brand = brand(|_| ());
    let facts = object(json!({
        "link": "https://app.example.com/i", "inviter": "Eve https://evil.example <script>alert(1)</script>",
        "organization": "Free money at evil.example\r\nBcc: eve@evil.example", "name": "{{ code }}{% if x %}",
    }));
    for locale in LOCALES {
        let message = rendered(Template::Invitation, &facts, &brand, locale, &[]);
        for text in [&message.subject, &message.html, &message.text, &message.sms] {
            assert!(!text.contains("evil.example") && !text.contains("<script") && !text.contains("{{"), "{text}");
        }
        assert!(!message.subject.contains(['\r', '\n']));
    }
}

#[test]
fn an_own_page_is_framed_or_whole_and_escapes_what_it_is_given() {
    let brand = brand(|_| ());
    let facts = object(json!({ "link": "https://app.example.com/?a=1&b=2", "name": "O'Brien & Sons" }));
    let with = |html: &str| {
        let own = OwnText { html: Some(html.to_owned()), ..OwnText::default() };
        rendered(Template::MagicLink, &facts, &brand, "en", &[("en".to_owned(), own)]).html
    };
    let framed = with("<p>{{ name }}</p><a href=\"{{ link }}\">Go</a>");
    assert!(framed.starts_with("<!doctype html>") && framed.contains("<p>O&#x27;Brien &amp; Sons</p>"), "{framed}");
    assert!(framed.contains("?a=1&amp;b=2\">Go</a>"), "{framed}");
    assert_eq!(with("<html><body>{{ name }}</body></html>"), "<html><body>O&#x27;Brien &amp; Sons</body></html>");
}

#[test]
fn colours_are_readable_on_the_button() {
    let brand = brand(|settings| settings.branding.colors.light.accent = Some("#ffee00".to_owned()));
    let html = rendered(Template::MagicLink, &sample(Template::MagicLink), &brand, "en", &[]).html;
    assert!(html.contains("background:#ffee00;") && html.contains("color:#000000;font-size:16px"), "{html}");
}
