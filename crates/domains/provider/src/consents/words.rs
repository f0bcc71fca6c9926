//! What scopes, resources and details are called on the page that asks.

use oauth::{AuthorizationRequest, Scopes};
use pages::{Locale, say};
use serde_json::Value;
use tenancy::settings::SettingsOauth;

/// A sentence for each scope: the tenant's own words for its own scopes, ours for those of the standards and the product, and the
/// bare name where nobody has a word for it.
pub(crate) fn scopes(locale: Locale, scopes: &Scopes, settings: &SettingsOauth) -> Vec<String> {
    let word = |scope: &str| {
        let own = settings.scopes.iter().find(|own| own.name == scope).map(|own| own.description.clone());
        let known = || say(locale, &format!("scope-{}", scope.replace(':', "-"))).map(std::borrow::Cow::into_owned);
        own.or_else(known).unwrap_or_else(|| scope.to_owned())
    };
    scopes.iter().map(word).collect()
}

/// The names of the APIs that tokens are asked for.
pub(super) fn resources(request: &AuthorizationRequest, settings: &SettingsOauth) -> Vec<String> {
    let name = |identifier: &String| {
        let known = settings.resources.iter().find(|known| known.identifier == *identifier);
        known.map_or_else(|| identifier.clone(), |known| known.name.clone())
    };
    request.resources.iter().map(name).collect()
}

/// Authorization details as they are: what is inside beside the type only the API knows (RFC 9396, section 2).
pub(super) fn details(request: &AuthorizationRequest) -> Vec<Value> {
    let shown = |object: &serde_json::Map<String, Value>| {
        let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
        let lines: Vec<String> = object
            .iter()
            .filter(|(name, _)| *name != "type")
            .map(|(name, value)| format!("{name}: {}", plain(value)))
            .collect();
        serde_json::json!({ "kind": kind, "lines": lines })
    };
    request.authorization_details.objects().iter().map(shown).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
