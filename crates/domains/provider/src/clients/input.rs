//! What callers send, read into types that are right by construction.

use jose::has_private_member;
use kernel::{Patch, Refusal};
use oauth::{ClientMetadata, ClientType, Flaw, Profile};
use serde_json::{Map, Value};

/// Of a client's name, in characters.
const MAX_NAME: usize = 128;
const MAX_ACCESS_TOKEN_SECONDS: u32 = tenancy::settings::MAX_ACCESS_TOKEN_SECONDS;
const MAX_REFRESH_TOKEN_SECONDS: u32 = 400 * 86_400;

/// A client that is to be.
pub(super) struct NewClient {
    pub(super) kind: ClientType,
    pub(super) name: String,
    pub(super) profile: Option<Profile>,
    /// Registered names and their values, not yet read.
    pub(super) metadata: Map<String, Value>,
}

/// What to change about a client; absent is untouched.
pub(super) struct ClientChanges {
    pub(super) kind: Option<ClientType>,
    pub(super) name: Patch<String>,
    pub(super) profile: Patch<Profile>,
    pub(super) metadata: Map<String, Value>,
}

/// A name is shown to people beside the question whether they trust it: no line breaks, no characters that turn text around.
pub(super) fn client_name(name: &str) -> Result<String, Refusal> {
    let turns =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(|c| c.is_control() || turns(c)) {
        return Err(Refusal::validation("name", "invalid", format!("1 to {MAX_NAME} characters on one line.")));
    }
    Ok(name.to_owned())
}

/// The metadata with these members in the place of what it has; `null` brings the default back (RFC 7396).
pub(super) fn merged(
    metadata: &ClientMetadata,
    defaults: &ClientMetadata,
    members: Map<String, Value>,
) -> Result<ClientMetadata, Refusal> {
    let (mut known, defaults) = (object(metadata), object(defaults));
    for (name, value) in members {
        if let (Value::Null, Some(default)) = (&value, defaults.get(&name)) {
            known.insert(name, default.clone());
            continue;
        }
        // One by one, so that the refusal names the member.
        let alone = Value::Object(Map::from_iter([(name.clone(), value.clone())])).to_string();
        edge::parse_json::<ClientMetadata>(alone.as_bytes())?;
        if name == "jwks" && value["keys"].as_array().is_some_and(|keys| keys.iter().any(has_private_member)) {
            let message = "The set holds a private key: others know it now, make another.";
            return Err(Refusal::validation("jwks", "private", message));
        }
        known.insert(name, value);
    }
    serde_json::from_value(Value::Object(known))
        .map_err(|error| Refusal::validation("", "invalid", format!("Not valid: {error}.")))
}

/// All that is wrong with the metadata, as the data plane says it.
pub(super) fn checked(
    metadata: &ClientMetadata,
    kind: ClientType,
    profile: Profile,
    is_development: bool,
) -> Result<(), Refusal> {
    let mut flaws: Vec<(String, &'static str, String)> =
        match oauth::check_metadata(metadata, kind, profile, is_development) {
            Ok(()) => Vec::new(),
            Err(flaws) => flaws
                .into_iter()
                .map(|Flaw { field, code, message }| (field.into(), code, sentence(&message)))
                .collect(),
        };
    for (field, seconds, most) in [
        ("access_token_lifetime", metadata.access_token_lifetime, MAX_ACCESS_TOKEN_SECONDS),
        ("refresh_token_lifetime", metadata.refresh_token_lifetime, MAX_REFRESH_TOKEN_SECONDS),
    ] {
        if seconds.is_some_and(|seconds| seconds > most) {
            flaws.push((field.to_owned(), "out_of_range", format!("At most {most} seconds.")));
        }
    }
    let mut flaws = flaws.into_iter();
    let Some((field, code, message)) = flaws.next() else { return Ok(()) };
    let first = Refusal::validation(field, code, message);
    Err(flaws.fold(first, |refusal, (field, code, message)| refusal.with_field(field, code, message)))
}

fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn object(metadata: &ClientMetadata) -> Map<String, Value> {
    match serde_json::to_value(metadata) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merge(members: Value) -> Result<ClientMetadata, String> {
        let before = ClientMetadata { client_uri: Some("https://a.example".to_owned()), ..ClientMetadata::default() };
        let Value::Object(members) = members else { panic!("an object") };
        merged(&before, &ClientMetadata::default(), members)
            .map_err(|refusal| format!("{} {} {}", refusal.status(), refusal.reason, refusal.fields[0].field))
    }

    #[test]
    fn members_replace_and_null_brings_the_default_back() {
        let after = merge(json!({ "redirect_uris": ["https://a.example/cb"], "client_uri": null })).unwrap();
        assert_eq!((after.redirect_uris.len(), after.client_uri), (1, None));
        assert_eq!(merge(json!({})).unwrap().client_uri.as_deref(), Some("https://a.example"));
    }

    #[test]
    fn what_can_not_be_read_is_named() {
        for (members, expected) in [
            (json!({ "secret": "x" }), "400 unknown_field secret"),
            (json!({ "secret": null }), "400 unknown_field secret"),
            (json!({ "redirect_uris": "x" }), "422 invalid_fields redirect_uris"),
            (json!({ "grant_types": ["implicit"] }), "422 invalid_fields grant_types[0]"),
            (json!({ "jwks": { "keys": [{ "kty": "OKP", "d": "x" }] } }), "422 invalid_fields jwks"),
        ] {
            assert_eq!(merge(members.clone()).unwrap_err(), expected, "{members}");
        }
    }

    #[test]
    fn names_are_lines_that_people_can_read() {
        assert_eq!(client_name("  Shop ").unwrap(), "Shop");
        for name in ["", " ", "a\nb", "a\u{202e}b", "a\u{200b}", &"x".repeat(129)] {
            assert!(client_name(name).is_err(), "{name:?}");
        }
    }
}
