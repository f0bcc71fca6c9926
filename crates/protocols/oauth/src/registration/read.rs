//! What a client says of itself when it registers (RFC 7591, section 2; OpenID Connect Dynamic Client Registration 1.0, section 2).

use jose::{Algorithm, has_private_member};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::PUBLIC;
use crate::{
    error::{OAuthCode, OAuthError},
    metadata::ClientMetadata,
    names::{AuthMethod, ClientType, GrantType, Profile},
    scope::Scopes,
};

/// Of `client_name`, in characters.
const MAX_NAME: usize = 128;

/// A registration request under the registered names. Names that are not listed are ignored (RFC 7591, section 2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RegistrationRequest(pub Map<String, Value>);

/// A client as it described itself, still to be held against [`super::check_metadata`] and the tenant's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub name: Option<String>,
    pub kind: ClientType,
    pub metadata: ClientMetadata,
    /// Did it ask for scopes? Without, the tenant's defaults belong into `allowed_scopes`.
    pub has_scopes: bool,
    /// The id that an update says it is for (RFC 7592, section 2.2).
    pub client_id: Option<String>,
}

/// What the standards say of members that are absent. FAPI 2.0 has no room for their RS256.
pub fn default_metadata(profile: Profile) -> ClientMetadata {
    let standard = ClientMetadata::default();
    match profile {
        Profile::Standard | Profile::Mcp => standard,
        Profile::Fapi2 => ClientMetadata {
            id_token_signed_response_alg: Algorithm::Es256,
            authorization_signed_response_alg: Algorithm::Es256,
            ..standard
        },
    }
}

impl RegistrationRequest {
    /// Only members of the list are taken over; `null` is an absent one, as RFC 7592, section 2.2, has it.
    pub fn read(&self, profile: Profile) -> Result<Registration, OAuthError> {
        let given = |name: &str| self.0.get(name).filter(|value| !value.is_null());
        let text = |name: &str| given(name).map(|value| value.as_str().ok_or_else(|| unreadable(name))).transpose();
        let name = text("client_name")?.map(checked_name).transpose()?;
        let scopes = text("scope")?.map(Scopes::parse).transpose().map_err(|_| unreadable("scope"))?;
        let application = text("application_type")?;
        let client_id = text("client_id")?.map(str::to_owned);
        if given("jwks").is_some_and(has_private_key) {
            return Err(refused("jwks holds a private key"));
        }

        let mut metadata = self.metadata(profile)?;
        if let Some(scopes) = &scopes {
            metadata.allowed_scopes = scopes.iter().map(str::to_owned).collect();
        }
        // The default is `code`, which belongs to one grant alone (RFC 7591, section 2.1).
        if given("response_types").is_none() && !metadata.may(GrantType::AuthorizationCode) {
            metadata.response_types.clear();
        }
        let kind = client_type(application, &metadata)?;
        if kind == ClientType::Spa {
            metadata.allowed_origins = origins(&metadata.redirect_uris);
        }
        Ok(Registration { name, kind, metadata, has_scopes: scopes.is_some(), client_id })
    }

    fn metadata(&self, profile: Profile) -> Result<ClientMetadata, OAuthError> {
        let Ok(Value::Object(mut known)) = serde_json::to_value(default_metadata(profile)) else {
            return Err(OAuthError::new(OAuthCode::ServerError, "the defaults can not be written"));
        };
        for (name, value) in &self.0 {
            let is_taken = PUBLIC.contains(&name.as_str()) && known.contains_key(name) && !value.is_null();
            // `none` is what its absence allows already (OpenID Connect Registration 1.0, section 2): any, as the server is set up.
            let is_unsigned = name == "request_object_signing_alg" && value == "none";
            if is_taken && !is_unsigned {
                // One by one, so that the refusal names the member.
                let alone = Map::from_iter([(name.clone(), value.clone())]);
                serde_json::from_value::<ClientMetadata>(Value::Object(alone)).map_err(|_| unreadable(name))?;
                known.insert(name.clone(), value.clone());
            }
        }
        serde_json::from_value(Value::Object(known)).map_err(|_| refused("the metadata can not be read"))
    }
}

/// `web` and `native` are all that a client may say of its type; whether it holds a credential and what for says the rest. An app
/// that says nothing and is not reached at https is a native one.
fn client_type(application: Option<&str>, metadata: &ClientMetadata) -> Result<ClientType, OAuthError> {
    let is_off_web = metadata.redirect_uris.iter().any(|uri| !uri.starts_with("https:"));
    let is_native = match application {
        Some("native") => true,
        Some("web") => false,
        None => is_off_web,
        Some(_) => return Err(unreadable("application_type")),
    };
    let needs_nobody = [GrantType::ClientCredentials, GrantType::JwtBearer, GrantType::TokenExchange];
    let is_machine = metadata.grant_types.iter().all(|grant| needs_nobody.contains(grant));
    Ok(match metadata.token_endpoint_auth_method {
        _ if is_native => ClientType::Native,
        AuthMethod::None => ClientType::Spa,
        _ if is_machine && metadata.redirect_uris.is_empty() => ClientType::M2m,
        _ => ClientType::Web,
    })
}

fn origins(uris: &[String]) -> Vec<String> {
    let mut origins: Vec<_> =
        uris.iter().filter_map(|uri| Url::parse(uri).ok()).map(|url| url.origin().ascii_serialization()).collect();
    origins.sort();
    origins.dedup();
    origins
}

/// A name is shown to people beside the question whether they trust it: no line breaks, no characters that turn text around.
fn checked_name(name: &str) -> Result<String, OAuthError> {
    let turns =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(|c| c.is_control() || turns(c)) {
        return Err(unreadable("client_name"));
    }
    Ok(name.to_owned())
}

/// A key that was sent is known to others; the client should hear of it and make a new one.
fn has_private_key(set: &Value) -> bool {
    let keys = set.get("keys").and_then(Value::as_array);
    keys.is_some_and(|keys| keys.iter().any(has_private_member))
}

fn unreadable(name: &str) -> OAuthError {
    let code = if name == "redirect_uris" { OAuthCode::InvalidRedirectUri } else { OAuthCode::InvalidClientMetadata };
    // Only names of the list come here, so no text of the client's is echoed.
    OAuthError::new(code, format!("{name} has a value that is not supported"))
}

fn refused(why: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidClientMetadata, why)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: Value) -> Result<Registration, OAuthError> {
        serde_json::from_value::<RegistrationRequest>(body).unwrap().read(Profile::Standard)
    }

    #[test]
    fn the_type_follows_from_what_the_client_holds_and_where_it_is() {
        let https = json!(["https://a.test/cb"]);
        let loopback = json!(["http://127.0.0.1:1234/cb"]);
        for (body, kind) in [
            (json!({ "redirect_uris": https }), ClientType::Web),
            (json!({ "redirect_uris": https, "token_endpoint_auth_method": "none" }), ClientType::Spa),
            (json!({ "redirect_uris": loopback, "token_endpoint_auth_method": "none" }), ClientType::Native),
            (json!({ "redirect_uris": loopback }), ClientType::Native),
            (json!({ "redirect_uris": loopback, "application_type": "web" }), ClientType::Web),
            (json!({ "redirect_uris": https, "application_type": "native" }), ClientType::Native),
            (json!({ "grant_types": ["client_credentials"] }), ClientType::M2m),
            (json!({ "grant_types": ["client_credentials", "authorization_code"] }), ClientType::Web),
        ] {
            assert_eq!(read(body.clone()).unwrap().kind, kind, "{body}");
        }
    }

    #[test]
    fn privileged_and_unknown_members_are_left_alone() {
        let plain = read(json!({ "redirect_uris": ["https://a.test/cb"] })).unwrap();
        let more = json!({
            "redirect_uris": ["https://a.test/cb"], "skip_consent": true, "require_pkce": false, "scope_mode": "permissive",
            "access_token_lifetime": 9_999_999, "refresh_token_lifetime": 1, "access_token_format": "opaque",
            "allowed_scopes": ["admin"], "allowed_resources": ["https://r.test"], "allowed_origins": ["https://evil.test"],
            "access_token_signed_response_alg": "RS256", "description": "x", "client_name#de": "y", "is_admin": true,
            "jwks": null,
        });
        assert_eq!(read(more).unwrap(), plain);
        let metadata = read(json!({ "scope": "openid a", "client_name": " Shop " })).unwrap();
        assert_eq!(metadata.metadata.allowed_scopes, ["openid", "a"]);
        assert_eq!(metadata.name.as_deref(), Some("Shop"));
    }

    #[test]
    fn values_that_are_not_supported_are_named() {
        for (body, code, field) in [
            (json!({ "redirect_uris": "https://a.test" }), OAuthCode::InvalidRedirectUri, "redirect_uris"),
            (json!({ "response_types": ["code id_token"] }), OAuthCode::InvalidClientMetadata, "response_types"),
            (json!({ "grant_types": ["implicit"] }), OAuthCode::InvalidClientMetadata, "grant_types"),
            (json!({ "id_token_signed_response_alg": "none" }), OAuthCode::InvalidClientMetadata, "id_token"),
            (json!({ "token_endpoint_auth_method": "client_secret_jwt" }), OAuthCode::InvalidClientMetadata, "token_"),
            (json!({ "client_name": "a\u{202e}b" }), OAuthCode::InvalidClientMetadata, "client_name"),
            (json!({ "client_name": 5 }), OAuthCode::InvalidClientMetadata, "client_name"),
            (json!({ "scope": "a\"b" }), OAuthCode::InvalidClientMetadata, "scope"),
            (json!({ "application_type": "tv" }), OAuthCode::InvalidClientMetadata, "application_type"),
            (json!({ "jwks": { "keys": [{ "kty": "OKP", "d": "x" }] } }), OAuthCode::InvalidClientMetadata, "jwks"),
        ] {
            let error = read(body.clone()).unwrap_err();
            assert_eq!(error.code, code, "{body}");
            assert!(error.description.starts_with(field), "{error}");
        }
        assert!(read(json!({ "request_object_signing_alg": "none" })).is_ok());
    }
}
