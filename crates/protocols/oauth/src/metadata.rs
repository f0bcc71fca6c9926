//! A client's metadata (RFC 7591, section 2; OpenID Connect Dynamic Client Registration 1.0, section 2), under the registered names.

use jose::{Algorithm, JwkSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::names::{AccessTokenFormat, AuthMethod, GrantType, ResponseType, ScopeMode, SubjectType};

/// What is known of a client beside its id, type, name and secrets. Absent members have the defaults of the standards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "the registered names are flags")]
pub struct ClientMetadata {
    /// Byte for byte what an authorization request may name.
    pub redirect_uris: Vec<String>,
    pub post_logout_redirect_uris: Vec<String>,
    /// Origins of web pages that may call the token and userinfo endpoints.
    pub allowed_origins: Vec<String>,
    pub token_endpoint_auth_method: AuthMethod,
    /// The one algorithm of client assertions (OpenID Connect Registration 1.0, section 2); absent, any of the client's keys.
    pub token_endpoint_auth_signing_alg: Option<Algorithm>,
    pub grant_types: Vec<GrantType>,
    pub response_types: Vec<ResponseType>,
    /// The scopes that the client may be given.
    pub allowed_scopes: Vec<String>,
    pub scope_mode: ScopeMode,
    /// The resources (RFC 8707) that tokens may be asked for.
    pub allowed_resources: Vec<String>,
    pub client_uri: Option<String>,
    pub logo_uri: Option<String>,
    pub policy_uri: Option<String>,
    pub tos_uri: Option<String>,
    pub contacts: Vec<String>,
    /// Shown on the consent page, beside the name.
    pub description: Option<String>,
    /// No consent page: the application is the tenant's own.
    pub skip_consent: bool,
    pub jwks: Option<JwkSet>,
    pub jwks_uri: Option<String>,
    pub software_id: Option<String>,
    pub software_version: Option<String>,
    // RFC 8705, section 2.1.2: exactly one with `tls_client_auth`
    pub tls_client_auth_subject_dn: Option<String>,
    pub tls_client_auth_san_dns: Option<String>,
    pub tls_client_auth_san_uri: Option<String>,
    pub tls_client_auth_san_ip: Option<String>,
    pub tls_client_auth_san_email: Option<String>,
    /// RFC 8705, section 3.4.
    pub tls_client_certificate_bound_access_tokens: bool,
    /// RFC 9449, section 5.2.
    pub dpop_bound_access_tokens: bool,
    /// RFC 9126, section 6.
    pub require_pushed_authorization_requests: bool,
    /// RFC 9101, section 10.5.
    pub require_signed_request_object: bool,
    pub request_object_signing_alg: Option<Algorithm>,
    /// Addresses of request objects that were registered ahead (OpenID Connect Registration 1.0, section 2).
    pub request_uris: Vec<String>,
    /// PKCE may be left out only by confidential clients where this is false (RFC 9700, section 2.1.1).
    pub require_pkce: bool,
    pub subject_type: SubjectType,
    pub sector_identifier_uri: Option<String>,
    pub id_token_signed_response_alg: Algorithm,
    pub access_token_signed_response_alg: Algorithm,
    /// Absent, userinfo is plain JSON.
    pub userinfo_signed_response_alg: Option<Algorithm>,
    /// RFC 9701; absent, RS256 where a JWT is asked for.
    pub introspection_signed_response_alg: Option<Algorithm>,
    /// JARM, section 5.
    pub authorization_signed_response_alg: Algorithm,
    pub access_token_format: AccessTokenFormat,
    /// Seconds; absent, the tenant's.
    pub access_token_lifetime: Option<u32>,
    pub refresh_token_lifetime: Option<u32>,
    pub default_max_age: Option<u32>,
    pub require_auth_time: bool,
    pub default_acr_values: Vec<String>,
    pub initiate_login_uri: Option<String>,
    pub backchannel_logout_uri: Option<String>,
    pub backchannel_logout_session_required: bool,
    pub frontchannel_logout_uri: Option<String>,
    pub frontchannel_logout_session_required: bool,
    /// RFC 9396, section 10.
    pub authorization_details_types: Vec<String>,
}

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            allowed_origins: Vec::new(),
            token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
            token_endpoint_auth_signing_alg: None,
            grant_types: vec![GrantType::AuthorizationCode],
            response_types: vec![ResponseType::Code],
            allowed_scopes: Vec::new(),
            scope_mode: ScopeMode::Strict,
            allowed_resources: Vec::new(),
            client_uri: None,
            logo_uri: None,
            policy_uri: None,
            tos_uri: None,
            contacts: Vec::new(),
            description: None,
            skip_consent: false,
            jwks: None,
            jwks_uri: None,
            software_id: None,
            software_version: None,
            tls_client_auth_subject_dn: None,
            tls_client_auth_san_dns: None,
            tls_client_auth_san_uri: None,
            tls_client_auth_san_ip: None,
            tls_client_auth_san_email: None,
            tls_client_certificate_bound_access_tokens: false,
            dpop_bound_access_tokens: false,
            require_pushed_authorization_requests: false,
            require_signed_request_object: false,
            request_object_signing_alg: None,
            request_uris: Vec::new(),
            require_pkce: true,
            subject_type: SubjectType::Public,
            sector_identifier_uri: None,
            id_token_signed_response_alg: Algorithm::Rs256,
            access_token_signed_response_alg: Algorithm::EdDsa,
            userinfo_signed_response_alg: None,
            introspection_signed_response_alg: None,
            authorization_signed_response_alg: Algorithm::Rs256,
            access_token_format: AccessTokenFormat::Jwt,
            access_token_lifetime: None,
            refresh_token_lifetime: None,
            default_max_age: None,
            require_auth_time: false,
            default_acr_values: Vec::new(),
            initiate_login_uri: None,
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            authorization_details_types: Vec::new(),
        }
    }
}

impl ClientMetadata {
    /// A client that holds no credential (RFC 6749, section 2.1).
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == AuthMethod::None
    }

    /// What the server signs with for the client.
    pub fn server_algorithms(&self) -> impl Iterator<Item = Algorithm> {
        let format = self.access_token_format;
        let access = (format == AccessTokenFormat::Jwt).then_some(self.access_token_signed_response_alg);
        let signs_in = self.may(GrantType::AuthorizationCode) || self.may(GrantType::DeviceCode);
        let id = signs_in.then_some(self.id_token_signed_response_alg);
        let answer = signs_in.then_some(self.authorization_signed_response_alg);
        let mut algorithms: Vec<_> =
            [access, id, answer, self.userinfo_signed_response_alg, self.introspection_signed_response_alg]
                .into_iter()
                .flatten()
                .collect();
        algorithms.sort_unstable_by_key(|algorithm| algorithm.as_str());
        algorithms.dedup();
        algorithms.into_iter()
    }

    pub fn may(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }
}
