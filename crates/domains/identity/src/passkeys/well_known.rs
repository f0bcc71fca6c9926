//! `/.well-known`: which other origins and native applications share the passkeys.

use edge::{Document, Endpoint, Public, Reply};
use http::{HeaderValue, header::VARY};
use macros::endpoint;
use serde_json::{Value, json};
use tenancy::{
    Published,
    settings::{NativeApp, settings_of},
};

use super::ceremony::Party;

const MAX_AGE: &str = "public, max-age=300";

pub(super) fn endpoints() -> [Endpoint; 3] {
    [get_related_origins(), get_apple_association(), get_android_links()]
}

/// Get the related origins
///
/// The web origins that may use the application's passkeys beside its own (Web Authentication Level 3, section 5.11): the allowed
/// origins of the settings. Browsers take five different domains into account.
#[endpoint(GET "/.well-known/webauthn", id = "discovery.webauthn.get")]
async fn get_related_origins(cx: Public) -> Reply<Document> {
    let party = Party::of(&cx);
    send(&cx, &json!({ "origins": party.web_origins().collect::<Vec<_>>() }))
}

/// Get Apple's association file
///
/// The applications of Apple's platforms that share the passkeys (`webcredentials`).
#[endpoint(GET "/.well-known/apple-app-site-association", id = "discovery.apple_association.get")]
async fn get_apple_association(cx: Public) -> Reply<Document> {
    send(&cx, &apple_association(&settings_of(cx.tenant()).passkeys.native_apps))
}

/// Get Android's asset links
///
/// The Android applications that share the passkeys (`get_login_creds`).
#[endpoint(GET "/.well-known/assetlinks.json", id = "discovery.asset_links.get")]
async fn get_android_links(cx: Public) -> Reply<Document> {
    send(&cx, &android_links(&settings_of(cx.tenant()).passkeys.native_apps))
}

fn apple_association(apps: &[NativeApp]) -> Value {
    let apps: Vec<&str> = apps
        .iter()
        .filter_map(|app| match app {
            NativeApp::Apple { app_id } => Some(app_id.as_str()),
            NativeApp::Android { .. } => None,
        })
        .collect();
    json!({ "webcredentials": { "apps": apps } })
}

fn android_links(apps: &[NativeApp]) -> Value {
    let links = apps.iter().filter_map(|app| match app {
        NativeApp::Apple { .. } => None,
        NativeApp::Android { package_name, sha256_cert_fingerprints } => Some(json!({
            "relation": ["delegate_permission/common.get_login_creds"],
            "target": {
                "namespace": "android_app",
                "package_name": package_name,
                "sha256_cert_fingerprints": sha256_cert_fingerprints,
            },
        })),
    });
    Value::Array(links.collect())
}

fn send(cx: &Public, document: &Value) -> Reply<Document> {
    let document = Published::new(document);
    // One URL serves several applications where the header names them: a cache between must keep them apart.
    let reply = Document::cached(cx, document.bytes, &document.tag, MAX_AGE)?;
    Ok(reply.header(VARY, HeaderValue::from_static("x-application-id")))
}
