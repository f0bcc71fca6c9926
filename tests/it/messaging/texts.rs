use serde_json::{Value, json};

use crate::kit::Server;

const MAGIC_LINK: &str = "/v1/settings/templates/magic_link";

#[tokio::test]
async fn the_list_tells_what_there_is_and_what_a_text_may_name() {
    let server = Server::start().await;
    let list = server.root().get("/v1/settings/templates").await.expect(200);
    let templates = list.data()["templates"].as_array().unwrap().clone();
    assert_eq!(templates.len(), 18);
    let invitation = templates.iter().find(|template| template["template"] == "invitation").unwrap();
    assert_eq!(invitation["needs"], json!(["link"]));
    assert!(invitation["facts"].as_array().unwrap().contains(&json!("inviter")), "{invitation}");
    assert_eq!(list.data()["locales"], json!(["en", "de", "fr", "es", "ja", "hi"]));
    server.root().put("/v1/settings/templates/nothing", json!({ "locale": "en" })).await.refused(404, "not_found");
}

#[tokio::test]
async fn an_own_text_is_kept_sent_and_removed() {
    let server = Server::start().await;
    let body = json!({ "locale": "en", "subject": "Test from {{ app_name }}", "text": "It works." });
    let kept = server.root().put("/v1/settings/templates/test_message", body).await.expect(200);
    assert_eq!(kept.data()["version"], 1);
    let test = json!({ "channel": "email", "to": "ada@example.com", "locale": "en" });
    server.root().post("/v1/settings/messaging/test", test.clone()).await.expect(200);
    let letter = server.mailbox().to("ada@example.com").remove(0);
    assert!(letter.subject.as_deref().unwrap().starts_with("Test from "), "{letter:?}");
    assert_eq!(letter.text, "It works.");
    assert!(letter.html.as_deref().unwrap().contains("If you read this"), "what is absent stays the product's");
    let one = server.root().get("/v1/settings/templates?template=test_message").await.expect(200);
    assert_eq!(one.data()["templates"][0]["own"][0]["content"]["text"], "It works.");
    let all = server.root().get("/v1/settings/templates").await.expect(200).to_string();
    assert!(!all.contains("It works."), "lists are short");
    server.root().put("/v1/settings/templates/test_message", json!({ "locale": "en" })).await.expect(200);
    server.root().post("/v1/settings/messaging/test", test).await.expect(200);
    assert!(server.mailbox().to("ada@example.com")[0].text.contains("If you read this"));
}

#[tokio::test]
async fn a_text_that_could_harm_is_refused_with_its_reason() {
    let server = Server::start().await;
    for (text, field) in [
        (json!({ "html": "<p>No way in</p>" }), "html lacks_fact"),
        (json!({ "html": "<a href=\"{{ link }}\">x</a>{{ password }}" }), "html unknown_fact"),
        (json!({ "html": "<a href=\"{{ link }}\">x</a><script>1</script>" }), "html invalid"),
        (json!({ "html": "<a href=\"{{ link }}\">x</a><img src=\"https://t.example/p.gif\">" }), "html invalid"),
        (
            json!({ "html": "<a href=\"{{ link }}\">x</a><p style=\"background:url(https://t.example)\">" }),
            "html invalid",
        ),
        (json!({ "html": "<a href=\"https://evil.example/?t={{ link }}\">x</a>" }), "html invalid"),
        (json!({ "html": "<a href=\"{{ link }}\">x</a>{{ link|safe }}" }), "html invalid"),
        (json!({ "html": "<a href=\"{{ link }}\">x</a>{% include 'x' %}" }), "html invalid"),
        (json!({ "html": "<a href=\"{{ link }}\">x</a>{% for a in name %}{% endfor %}" }), "html invalid"),
        (json!({ "subject": "two\nlines" }), "subject invalid"),
        (json!({ "subject": "{{ link }}" }), "subject invalid"),
        (json!({ "subject": "x".repeat(201) }), "subject invalid"),
        (json!({ "text": "{{ link" }), "text invalid"),
        (json!({ "sms": "" }), "sms invalid"),
        (json!({ "locale": "../en", "text": "{{ link }}" }), "locale invalid"),
        (json!({ "html": format!("<a href=\"{{{{ link }}}}\">{}</a>", "x".repeat(70_000)) }), "html invalid"),
    ] {
        let mut body: Value = json!({ "locale": "en" });
        body.as_object_mut().unwrap().extend(text.as_object().unwrap().clone());
        for call in [
            server.root().put(MAGIC_LINK, body.clone()),
            server.root().post(format!("{MAGIC_LINK}/preview"), body.clone()),
        ] {
            let reply = call.await.refused(422, "invalid_fields");
            assert_eq!(reply.fields(), [field], "{reply}");
        }
    }
}

#[tokio::test]
async fn a_preview_renders_what_is_tried_or_kept_with_sample_facts() {
    let server = Server::start().await;
    let preview = |body: Value| server.root().post(format!("{MAGIC_LINK}/preview"), body);
    let product = preview(json!({ "locale": "de" })).await.expect(200);
    assert!(product.text("/text").contains("https://app.example.com/continue#token=sample"), "{product}");
    assert_eq!(product.text("/locale"), "de");
    let tried = preview(json!({ "locale": "pt", "subject": "Entrar em {{ app_name }}" })).await.expect(200);
    assert_eq!((tried.text("/locale"), tried.text("/subject").starts_with("Entrar em ")), ("pt".to_owned(), true));
    let own = json!({ "locale": "en", "html": "<p>{{ name }}</p><a href=\"{{ link }}\">In</a>" });
    server.root().put(MAGIC_LINK, own).await.expect(200);
    let kept = server.root().poke(format!("{MAGIC_LINK}/preview")).await.expect(200);
    assert!(kept.text("/html").contains("<p>Ada Lovelace</p>"), "{kept}");
}
