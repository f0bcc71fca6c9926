//! A parameter that stands twice has two meanings, so it has none (RFC 6749, sections 3.1 and 3.2): at every endpoint, each parameter
//! that its document names.

use edge::Endpoint;
use serde_json::{Value, json};

use super::stage::{App, BACK};
use crate::{
    hosted::signed_in,
    kit::{Call, Reply, endpoints},
    samples::World,
};

/// RFC 8707, section 2, and RFC 8693, section 2.1, let these stand several times.
const MANY: [&str; 2] = ["resource", "audience"];
const FORM: &str = "application/x-www-form-urlencoded";

/// What the document says that a form of this operation holds.
fn documented(document: &Value, endpoint: &Endpoint) -> Vec<String> {
    let method = endpoint.facts.method.as_str().to_ascii_lowercase();
    let schema = &document["paths"][endpoint.facts.path][method.as_str()]["requestBody"]["content"][FORM]["schema"];
    let named = schema["$ref"].as_str().map(|at| at.trim_start_matches('#'));
    let schema = named.map_or(schema, |at| document.pointer(at).unwrap());
    let names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    names.filter(|name| !MANY.contains(&name.as_str())).collect()
}

/// With this parameter twice, whether or not it was there.
fn twice(call: &Call, name: &str, value: &str) -> Call {
    let mut body = String::from_utf8(call.raw.clone().unwrap()).unwrap();
    let times = if body.split('&').any(|pair| pair.starts_with(&format!("{name}="))) { 1 } else { 2 };
    for _ in 0..times {
        body = format!("{body}&{name}={value}");
    }
    call.clone().raw(body)
}

#[track_caller]
fn is_refused(what: &str, reply: &Reply) {
    assert_eq!((reply.status, reply.header("location")), (400, ""), "{what}: {reply}");
    let is_page = reply.header("content-type").starts_with("text/html");
    assert!(is_page || reply.reason() == "invalid_request", "{what}: {reply}");
}

#[tokio::test]
async fn every_parameter_of_every_form_stands_once() {
    let world = World::open().await;
    let document = world.server.anonymous().get("/api/v1/openapi.json").await.expect(200).json;
    let mut seen = 0;
    for endpoint in endpoints() {
        let names = documented(&document, &endpoint);
        if names.is_empty() {
            continue;
        }
        let call = world.sample(&endpoint).await;
        for name in names {
            let what = format!("{} {name}", endpoint.facts.path);
            for value in ["x", ""] {
                let mut reply = twice(&call, &name, value).await;
                // A form of another site is looked at where the browser has its cookies.
                if reply.status == 303 {
                    let here = reply.header("location").to_owned();
                    assert!(here.starts_with("/oauth2/"), "{what}: {reply}");
                    reply = world.server.anonymous().get(here).await;
                }
                is_refused(&what, &reply);
            }
            seen += 1;
        }
        let own = call.await;
        assert!(own.status < 400, "nothing was used up by it: {own}");
    }
    assert!(seen > 50, "{seen}");
}

#[tokio::test]
async fn every_parameter_of_a_browsers_address_stands_once() {
    let world = World::open().await;
    let server = &world.server;
    let document = server.anonymous().get("/api/v1/openapi.json").await.expect(200).json;
    let over = json!({ "skip_consent": true, "post_logout_redirect_uris": [BACK] });
    let (app, ada) = (App::create(server, over).await, signed_in(server, "ada@example.com").await);
    for (path, good) in [
        ("/oauth2/authorize", app.address(&[])),
        ("/oauth2/logout", format!("/oauth2/logout?client_id={}", app.id)),
        ("/activate", "/activate?user_code=BCDF-GHJK".to_owned()),
    ] {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        let names: Vec<&str> = parameters.iter().filter_map(|parameter| parameter["name"].as_str()).collect();
        assert!(names.len() > 1, "{path}");
        for name in names.into_iter().filter(|name| !MANY.contains(name)) {
            let times = if good.contains(&format!("?{name}=")) || good.contains(&format!("&{name}=")) { 1 } else { 2 };
            let address = format!("{good}{}", format!("&{name}=x").repeat(times));
            is_refused(&address, &ada.look(&address).await);
        }
        assert!(ada.look(&good).await.status < 400, "{path}");
    }
    for page in ["continue", "consent", "select-account"] {
        is_refused(page, &ada.look(&format!("/oauth2/{page}?request=pc_ar_x&request=pc_ar_x")).await);
    }
}
