//! Does a client's metadata hold together (RFC 7591, sections 2.1 and 5), and keep its profile?

use std::borrow::Cow;

use super::{addresses, keys};
use crate::{
    error::{OAuthCode, OAuthError},
    metadata::ClientMetadata,
    names::{AuthMethod, ClientType, GrantType, Profile, ResponseType},
    scope::Scopes,
};

/// One thing that is wrong with one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The registered name, with the index in a list: `redirect_uris.0`.
    pub field: Cow<'static, str>,
    /// `missing`, `invalid`, `conflict`, `not_allowed` or `too_many`.
    pub code: &'static str,
    pub message: Cow<'static, str>,
}

type Text = Cow<'static, str>;

impl Flaw {
    pub(super) fn missing(field: impl Into<Text>, message: impl Into<Text>) -> Self {
        Self { field: field.into(), code: "missing", message: message.into() }
    }

    pub(super) fn invalid(field: impl Into<Text>, message: impl Into<Text>) -> Self {
        Self { field: field.into(), code: "invalid", message: message.into() }
    }

    pub(super) fn conflict(field: impl Into<Text>, message: impl Into<Text>) -> Self {
        Self { field: field.into(), code: "conflict", message: message.into() }
    }

    pub(super) fn not_allowed(field: impl Into<Text>, message: impl Into<Text>) -> Self {
        Self { field: field.into(), code: "not_allowed", message: message.into() }
    }

    /// As the registration endpoint says it (RFC 7591, section 3.2.2).
    pub fn to_error(&self) -> OAuthError {
        let is_redirect = self.field.starts_with("redirect_uris");
        let code = if is_redirect { OAuthCode::InvalidRedirectUri } else { OAuthCode::InvalidClientMetadata };
        OAuthError::new(code, format!("{}: {}", self.field, self.message))
    }
}

/// All flaws, so that one reply tells them all.
#[derive(Debug, Default)]
pub(super) struct Flaws(Vec<Flaw>);

impl Flaws {
    pub(super) fn push(&mut self, flaw: Flaw) {
        self.0.push(flaw);
    }

    pub(super) fn count(&mut self, field: &'static str, found: usize, most: usize) {
        if found > most {
            self.0.push(Flaw { field: field.into(), code: "too_many", message: format!("at most {most}").into() });
        }
    }
}

/// All that is wrong with the metadata of such a client. `is_development` lets http through on loopback.
pub fn check_metadata(
    client: &ClientMetadata,
    kind: ClientType,
    profile: Profile,
    is_development: bool,
) -> Result<(), Vec<Flaw>> {
    let mut flaws = Flaws::default();
    if kind != ClientType::Saml {
        grants(client, kind, &mut flaws);
        addresses::check(client, kind, profile, is_development, &mut flaws);
        keys::check(client, profile, &mut flaws);
        if profile == Profile::Fapi2 {
            fapi2(client, &mut flaws);
        }
        if (profile != Profile::Standard || client.is_public()) && !client.require_pkce {
            flaws.push(Flaw::not_allowed("require_pkce", "such a client always uses PKCE"));
        }
    }
    texts(client, &mut flaws);
    if flaws.0.is_empty() { Ok(()) } else { Err(flaws.0) }
}

fn grants(client: &ClientMetadata, kind: ClientType, flaws: &mut Flaws) {
    let field = "grant_types";
    if client.grant_types.is_empty() {
        flaws.push(Flaw::missing(field, "a client needs a grant"));
    }
    // RFC 7591, section 2.1
    let has_code = client.response_types.contains(&ResponseType::Code);
    if client.may(GrantType::AuthorizationCode) && !has_code {
        flaws.push(Flaw::conflict("response_types", "authorization_code comes with the response type code"));
    }
    if has_code && !client.may(GrantType::AuthorizationCode) {
        flaws.push(Flaw::conflict(field, "the response type code comes with the grant authorization_code"));
    }
    let lasting = [GrantType::AuthorizationCode, GrantType::DeviceCode, GrantType::TokenExchange, GrantType::JwtBearer];
    if client.may(GrantType::RefreshToken) && !lasting.iter().any(|grant| client.may(*grant)) {
        flaws.push(Flaw::conflict(field, "refresh_token needs a grant that speaks of a person"));
    }
    // RFC 6749, section 4.4
    if client.is_public() && client.may(GrantType::ClientCredentials) {
        flaws.push(Flaw::not_allowed(field, "client_credentials needs a client with credentials"));
    }
    let method = "token_endpoint_auth_method";
    match kind {
        ClientType::Spa if !client.is_public() => {
            flaws.push(Flaw::not_allowed(method, "a single-page app keeps no secret: none"));
        }
        ClientType::M2m if client.is_public() => {
            flaws.push(Flaw::not_allowed(method, "a machine authenticates"));
        }
        _ => {}
    }
    let with_person = [GrantType::AuthorizationCode, GrantType::DeviceCode];
    if kind == ClientType::M2m && with_person.iter().any(|grant| client.may(*grant)) {
        flaws.push(Flaw::not_allowed(field, "nobody signs in at a machine"));
    }
}

/// FAPI 2.0 Security Profile, section 5.3.3.
fn fapi2(client: &ClientMetadata, flaws: &mut Flaws) {
    let method = client.token_endpoint_auth_method;
    let is_strong =
        matches!(method, AuthMethod::PrivateKeyJwt | AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth);
    if !is_strong {
        flaws.push(Flaw::not_allowed(
            "token_endpoint_auth_method",
            "the profile fapi2 knows private_key_jwt, tls_client_auth and self_signed_tls_client_auth",
        ));
    }
    if !client.dpop_bound_access_tokens && !client.tls_client_certificate_bound_access_tokens {
        flaws
            .push(Flaw::missing("dpop_bound_access_tokens", "the profile fapi2 binds tokens to DPoP or a certificate"));
    }
}

fn texts(client: &ClientMetadata, flaws: &mut Flaws) {
    for (field, list, most, longest) in [
        ("contacts", &client.contacts, 10, 320),
        ("default_acr_values", &client.default_acr_values, 20, 256),
        ("authorization_details_types", &client.authorization_details_types, 50, 256),
        ("allowed_scopes", &client.allowed_scopes, 256, 256),
    ] {
        flaws.count(field, list.len(), most);
        if list.iter().any(|text| !is_line(text, longest)) {
            flaws.push(Flaw::invalid(
                field,
                format!("a value is empty, longer than {longest}, or has control characters"),
            ));
        }
    }
    for (field, text, longest) in [
        ("description", &client.description, 1_000),
        ("software_id", &client.software_id, 256),
        ("software_version", &client.software_version, 256),
    ] {
        if text.as_ref().is_some_and(|text| !is_line(text, longest)) {
            flaws.push(Flaw::invalid(field, format!("it is empty, longer than {longest}, or has control characters")));
        }
    }
    let is_scope = |text: &String| !text.contains(' ') && Scopes::parse(text).is_ok();
    if !client.allowed_scopes.iter().all(is_scope) {
        flaws.push(Flaw::invalid("allowed_scopes", "a scope has characters that it may not have"));
    }
    for (field, seconds) in [
        ("access_token_lifetime", client.access_token_lifetime),
        ("refresh_token_lifetime", client.refresh_token_lifetime),
    ] {
        if seconds == Some(0) {
            flaws.push(Flaw::invalid(field, "a token lives for a second at least"));
        }
    }
}

fn is_line(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
