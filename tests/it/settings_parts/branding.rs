use serde_json::json;

use crate::kit::Server;

const PATH: &str = "/v1/settings/branding";

#[tokio::test]
async fn an_application_has_a_face() {
    let server = Server::start().await;
    let body = json!({
        "display_name": "Acme", "logo_url": "https://acme.example/logo.svg", "theme": "dark", "radius": 12, "font": "serif",
        "colors": { "light": { "accent": "#1D4ED8" }, "dark": { "accent": "#ffd400", "background": "#101010" } },
        "texts": { "tagline": "Rockets since 1949", "terms_url": "https://acme.example/terms", "support_email": "help@acme.example" },
        "locales": ["de", "pt-BR"], "default_locale": "de"
    });
    let put = server.root().put(PATH, body.clone()).await.expect(200);
    for (name, value) in body.as_object().unwrap() {
        if name != "colors" && name != "texts" {
            assert_eq!(&put.data()[name], value, "{name}");
        }
    }
    assert_eq!(put.data()["colors"]["dark"]["background"], "#101010");
}

#[tokio::test]
async fn nothing_that_runs_or_leads_astray_gets_onto_a_page() {
    let server = Server::start().await;
    for (body, field) in [
        (json!({ "logo_url": "javascript:alert(1)" }), "logo_url invalid"),
        (json!({ "logo_url": "http://acme.example/logo.svg" }), "logo_url invalid"),
        (json!({ "texts": { "terms_url": "data:text/html,x" } }), "texts.terms_url invalid"),
        (json!({ "texts": { "support_email": "a@b.example?bcc=c@d.example" } }), "texts.support_email invalid"),
        (json!({ "texts": { "tagline": "one\ntwo" } }), "texts.tagline invalid"),
        (json!({ "colors": { "light": { "accent": "red;}body{display:none" } } }), "colors.light.accent invalid"),
        (json!({ "display_name": " " }), "display_name invalid"),
        (json!({ "radius": 999 }), "radius out_of_range"),
        (json!({ "font": "url(https://evil.example/font)" }), "font invalid"),
        (json!({ "locales": ["../en"], "default_locale": "../en" }), "locales.0 invalid"),
        (json!({ "default_locale": "nl" }), "default_locale unknown"),
    ] {
        assert_eq!(server.root().put(PATH, body.clone()).await.expect(422).fields(), [field], "{body}");
    }
}
