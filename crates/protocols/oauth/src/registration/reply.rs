//! What a client is told of its registration (RFC 7591, section 3.2.1; RFC 7592, section 3).

use kernel::{Secret, Timestamp};
use serde_json::{Map, Value, json};

use super::PUBLIC;
use crate::{metadata::ClientMetadata, names::ClientType};

/// One registered client, for its owner's eyes.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationReply<'a> {
    pub client_id: &'a str,
    pub name: &'a str,
    pub kind: ClientType,
    pub metadata: &'a ClientMetadata,
    pub issued_at: Timestamp,
    /// Only where it was made just now.
    pub secret: Option<&'a Secret>,
    pub registration_client_uri: Option<&'a str>,
    pub registration_access_token: Option<&'a Secret>,
}

impl RegistrationReply<'_> {
    /// All that is registered of what a client may know, defaults and replacements included.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut reply = Map::from_iter([
            ("client_id".to_owned(), json!(self.client_id)),
            ("client_id_issued_at".to_owned(), json!(self.issued_at.as_seconds())),
            ("client_name".to_owned(), json!(self.name)),
        ]);
        let kind = if self.kind == ClientType::Native { "native" } else { "web" };
        reply.insert("application_type".to_owned(), json!(kind));
        if let Ok(Value::Object(known)) = serde_json::to_value(self.metadata) {
            reply.extend(
                known.into_iter().filter(|(name, value)| PUBLIC.contains(&name.as_str()) && says_something(value)),
            );
        }
        if !self.metadata.allowed_scopes.is_empty() {
            reply.insert("scope".to_owned(), json!(self.metadata.allowed_scopes.join(" ")));
        }
        if let Some(secret) = self.secret {
            reply.insert("client_secret".to_owned(), json!(secret.reveal()));
            reply.insert("client_secret_expires_at".to_owned(), json!(0));
        }
        if let Some(uri) = self.registration_client_uri {
            reply.insert("registration_client_uri".to_owned(), json!(uri));
        }
        if let Some(token) = self.registration_access_token {
            reply.insert("registration_access_token".to_owned(), json!(token.reveal()));
        }
        reply
    }
}

fn says_something(value: &Value) -> bool {
    !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{names::Profile, registration::RegistrationRequest};

    #[test]
    fn a_client_reads_again_what_it_wrote() {
        let request = json!({
            "redirect_uris": ["https://a.test/cb"], "grant_types": ["authorization_code", "refresh_token"],
            "client_name": "Shop", "scope": "openid a", "application_type": "web", "jwks_uri": "https://a.test/keys",
            "token_endpoint_auth_method": "private_key_jwt", "backchannel_logout_uri": "https://a.test/out",
        });
        let request: RegistrationRequest = serde_json::from_value(request).unwrap();
        let read = request.read(Profile::Standard).unwrap();
        let (secret, token) = (Secret::new("s"), Secret::new("t"));
        let reply = RegistrationReply {
            client_id: "app_1",
            name: "Shop",
            kind: read.kind,
            metadata: &read.metadata,
            issued_at: Timestamp::from_seconds(5),
            secret: Some(&secret),
            registration_client_uri: Some("https://as.test/register/app_1"),
            registration_access_token: Some(&token),
        }
        .to_json();
        for (name, value) in &request.0 {
            assert_eq!(reply.get(name), Some(value), "{name}");
        }
        assert_eq!(reply["client_secret_expires_at"], 0);
        assert_eq!(reply["id_token_signed_response_alg"], "RS256");
        for hidden in ["skip_consent", "require_pkce", "access_token_lifetime", "allowed_scopes", "jwks"] {
            assert!(!reply.contains_key(hidden), "{hidden}");
        }
    }
}
