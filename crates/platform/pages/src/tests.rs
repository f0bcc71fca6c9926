//! Every page with its sample, in every language.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{Form, Frame, Locale, Look, ThemeMode, assets, render, session_frame, words};

fn samples() -> Map<String, Value> {
    serde_json::from_str(include_str!("../samples.json")).unwrap()
}

fn frame(locale: Locale) -> Frame {
    let look = Look { terms_url: Some("https://example.com/terms".into()), ..Look::named("Analytical Engines") };
    Frame::new(look, ThemeMode::Auto, "1", locale)
        .csrf("token".into())
        .offering(&Locale::ALL, |locale| format!("/sign-in?lang={}", locale.code()))
}

fn template(sample: &str) -> &str {
    sample.split('.').next().unwrap()
}

#[test]
fn every_page_is_written_in_every_language() {
    for (name, page) in samples() {
        for locale in Locale::ALL {
            let html =
                render(template(&name), &frame(locale), &page).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert!(html.starts_with(&format!("<!doctype html>\n<html lang=\"{}\"", locale.code())), "{name}: {html}");
            assert_eq!(html.matches("<h1").count(), 1, "{name} has one title");
            assert_eq!(html.matches("<main").count(), 1, "{name} has one main part");
            assert!(!html.contains("{$") && !html.contains("{ $"), "{name} in {}: {html}", locale.code());
        }
    }
}

#[test]
fn every_template_has_a_sample() {
    let samples: BTreeSet<String> = samples().keys().map(|name| template(name).to_owned()).collect();
    let parts = ["layout", "account-layout", "parts", "icons", "brands"];
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(samples.contains(name) || parts.contains(&name), "{name} has no sample");
    }
}

#[test]
fn no_page_holds_script_or_style_of_its_own() {
    for (name, page) in samples() {
        let html = render(template(&name), &frame(Locale::En), &page).unwrap();
        assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains("javascript:"), "{name}");
        let begins = ["<script type=\"module\" src=\"/ui/", "<script defer src=\"/ui/"];
        let is_a_file = |(at, _)| begins.iter().any(|begin| html[at..].starts_with(begin));
        assert!(html.match_indices("<script").all(is_a_file), "{name}");
        assert!(!html.contains(" onclick") && !html.contains(" onsubmit") && !html.contains(" onload"), "{name}");
    }
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    for (name, page) in samples() {
        let html = render(template(&name), &frame(Locale::En), &page).unwrap();
        for form in html.split("<form ").skip(1).map(|rest| rest.split("</form>").next().unwrap()) {
            let has_token = form.contains("<input type=\"hidden\" name=\"csrf\" value=\"token\">");
            assert_eq!(form.starts_with("method=\"post\""), has_token, "{name}: {form}");
        }
    }
}

#[test]
fn what_people_type_stays_text() {
    let nasty = "\"><script>alert(1)</script>'&{{ 7*7 }}";
    let form = Form::new().value("identifier", nasty).error("identifier", nasty).summary(nasty);
    let page = json!({
        "form": form, "identifier": "email", "has_form": true, "password": true, "link": false, "code": false, "passkey": false,
        "providers": [{ "mark": nasty, "name": nasty, "href": nasty }], "sign_up": true, "sign_up_href": nasty, "return_to": nasty, "state": nasty, "captcha": null,
    });
    let frame = Frame::new(Look::named(nasty), ThemeMode::Auto, "1", Locale::En);
    let html = render("sign-in", &frame, page).unwrap();
    assert!(html.contains("alert(1)") && !html.contains("<script>") && !html.contains("'&{"), "{html}");
}

#[test]
fn every_language_says_the_same_things() {
    let english: BTreeSet<String> = words::keys(Locale::En).into_iter().collect();
    assert!(english.len() > 180);
    for locale in Locale::ALL {
        let own: BTreeSet<String> = words::keys(locale).into_iter().collect();
        assert_eq!(own, english, "{}", locale.code());
    }
}

#[test]
fn what_went_to_a_phone_shows_one_and_speaks_of_no_spam_folder() {
    let mut page = samples()["sent.code"].clone();
    let shows = |page: &Value| {
        let html = render("sent", &frame(Locale::En), page).unwrap();
        // The phone's button, the envelope's flap.
        [html.contains("M11 18.500h2"), html.contains("m3.800 7 8.200 6"), html.contains("spam folder")]
    };
    assert_eq!(shows(&page), [false, true, true]);
    page["channel"] = json!("sms");
    assert_eq!(shows(&page), [true, false, false]);
}

#[test]
fn pages_name_files_that_there_are() {
    let page = |name: &str| render(name, &frame(Locale::En), &samples()[name]).unwrap();
    let html = [page("recover"), page("post-form"), page("widget"), session_frame("name")].concat();
    for asset in assets() {
        assert!(html.contains(&asset.path), "{}", asset.path);
    }
}
