//! The document by which clients find their way: OAuth 2.0 Authorization Server Metadata (RFC 8414, section 2) and OpenID Connect
//! Discovery 1.0, section 3, in one.

use serde_json::{Map, Value, json};

use crate::{
    algorithms::{client_algorithms, server_algorithms},
    dpop::DPOP_ALGORITHMS,
    names::{AuthMethod, GrantType, Profile, ResponseMode, ResponseType, SubjectType},
    prompt::Prompt,
};

/// Where things are. An endpoint that is absent is not offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    pub authorization: String,
    pub token: String,
    pub jwks: String,
    pub userinfo: Option<String>,
    pub revocation: Option<String>,
    pub introspection: Option<String>,
    /// RFC 9126, section 5.
    pub pushed_authorization_request: Option<String>,
    /// RFC 8628, section 4.
    pub device_authorization: Option<String>,
    /// RFC 7591.
    pub registration: Option<String>,
    /// OpenID Connect RP-Initiated Logout 1.0, section 2.1.
    pub end_session: Option<String>,
    /// OpenID Connect Session Management 1.0, section 3.3.
    pub check_session_iframe: Option<String>,
}

/// What this server does for this tenant.
#[expect(clippy::struct_excessive_bools, reason = "each says whether one member of the document is there")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderFeatures {
    pub issuer: String,
    pub endpoints: Endpoints,
    /// The same endpoints where a certificate is asked for (RFC 8705, section 5), if that is elsewhere.
    pub mtls_endpoints: Option<Endpoints>,
    /// Decides which algorithms and modes are named; a tenant of mixed clients names those of the standard.
    pub profile: Profile,
    pub grant_types: Vec<GrantType>,
    pub auth_methods: Vec<AuthMethod>,
    pub subject_types: Vec<SubjectType>,
    pub scopes: Vec<String>,
    pub claims: Vec<String>,
    pub acr_values: Vec<String>,
    pub ui_locales: Vec<String>,
    /// RFC 9396, section 10.
    pub authorization_details_types: Vec<String>,
    pub is_par_required: bool,
    /// RFC 9101, section 10.5.
    pub is_signed_request_required: bool,
    pub is_request_object_supported: bool,
    /// Of registered addresses (OpenID Connect Core 1.0, section 6.2).
    pub is_request_uri_supported: bool,
    pub is_unsigned_request_supported: bool,
    /// RFC 8705, section 3.3.
    pub is_mtls_supported: bool,
    pub is_back_channel_logout_supported: bool,
    pub is_front_channel_logout_supported: bool,
    /// Initiating User Registration via OpenID Connect 1.0.
    pub is_sign_up_supported: bool,
    /// OAuth Client ID Metadata Document.
    pub is_client_id_metadata_document_supported: bool,
    pub service_documentation: Option<String>,
    pub policy_uri: Option<String>,
    pub tos_uri: Option<String>,
}

impl ProviderFeatures {
    /// The document, for `/.well-known/oauth-authorization-server` and `/.well-known/openid-configuration`.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut document = Map::new();
        document.insert("issuer".to_owned(), json!(self.issuer));
        self.endpoints.write(&mut document);
        self.write_clients(&mut document);
        self.write_requests(&mut document);
        self.write_tokens(&mut document);
        self.write_logout(&mut document);
        if let Some(endpoints) = &self.mtls_endpoints {
            let mut aliases = Map::new();
            endpoints.write(&mut aliases);
            // Only what a client itself asks has another address (RFC 8705, section 5): a browser that shows a page has no use for one.
            let is_for_browsers = |name: &str| matches!(name, "authorization_endpoint" | "end_session_endpoint");
            aliases.retain(|name, _| name.ends_with("_endpoint") && !is_for_browsers(name));
            document.insert("mtls_endpoint_aliases".to_owned(), Value::Object(aliases));
        }
        document.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
        document
    }

    fn write_clients(&self, document: &mut Map<String, Value>) {
        let is_signing = self.auth_methods.contains(&AuthMethod::PrivateKeyJwt);
        let confidential: Vec<_> = self.auth_methods.iter().filter(|method| **method != AuthMethod::None).collect();
        let algorithms = is_signing.then(|| client_algorithms(self.profile));
        let introspection = self.endpoints.introspection.is_some();
        let revocation = self.endpoints.revocation.is_some();
        write(
            document,
            [
                ("grant_types_supported", json!(self.grant_types)),
                ("token_endpoint_auth_methods_supported", json!(self.auth_methods)),
                ("token_endpoint_auth_signing_alg_values_supported", json!(algorithms)),
                // A public client may give its token back (RFC 7009, section 2.1), and may not ask about any.
                ("revocation_endpoint_auth_methods_supported", json!(revocation.then_some(&self.auth_methods))),
                ("revocation_endpoint_auth_signing_alg_values_supported", json!(algorithms.filter(|_| revocation))),
                ("introspection_endpoint_auth_methods_supported", json!(introspection.then_some(confidential))),
                (
                    "introspection_endpoint_auth_signing_alg_values_supported",
                    json!(algorithms.filter(|_| introspection)),
                ),
                ("client_id_metadata_document_supported", json!(self.is_client_id_metadata_document_supported)),
                ("service_documentation", json!(self.service_documentation)),
                ("op_policy_uri", json!(self.policy_uri)),
                ("op_tos_uri", json!(self.tos_uri)),
                ("ui_locales_supported", json!(self.ui_locales)),
            ],
        );
    }

    fn write_requests(&self, document: &mut Map<String, Value>) {
        let has_objects = self.is_request_object_supported || self.is_request_uri_supported;
        let mut signed: Vec<_> = client_algorithms(self.profile).iter().map(|algorithm| algorithm.as_str()).collect();
        if self.is_unsigned_request_supported {
            signed.push("none");
        }
        let prompts = Prompt::ALL.into_iter().filter(|prompt| self.is_sign_up_supported || *prompt != Prompt::Create);
        write(
            document,
            [
                ("scopes_supported", json!(self.scopes)),
                ("response_types_supported", json!(ResponseType::ALL)),
                ("response_modes_supported", json!(ResponseMode::ALL)),
                ("code_challenge_methods_supported", json!(["S256"])),
                ("prompt_values_supported", json!(prompts.map(Prompt::as_str).collect::<Vec<_>>())),
                ("acr_values_supported", json!(self.acr_values)),
                ("display_values_supported", json!(["page"])),
                ("claims_parameter_supported", json!(true)),
                ("authorization_details_types_supported", json!(self.authorization_details_types)),
                ("authorization_response_iss_parameter_supported", json!(true)),
                ("authorization_signing_alg_values_supported", json!(server_algorithms(self.profile))),
                ("require_pushed_authorization_requests", json!(self.is_par_required)),
                ("require_signed_request_object", json!(self.is_signed_request_required)),
                ("request_parameter_supported", json!(self.is_request_object_supported)),
                // Absent, it would mean true (OpenID Connect Discovery 1.0, section 3).
                ("request_uri_parameter_supported", json!(self.is_request_uri_supported)),
                ("require_request_uri_registration", json!(self.is_request_uri_supported)),
                ("request_object_signing_alg_values_supported", json!(has_objects.then_some(signed))),
            ],
        );
    }

    fn write_tokens(&self, document: &mut Map<String, Value>) {
        let algorithms = server_algorithms(self.profile);
        let userinfo = self.endpoints.userinfo.is_some().then_some(algorithms);
        let introspection = self.endpoints.introspection.is_some().then_some(algorithms);
        write(
            document,
            [
                ("subject_types_supported", json!(self.subject_types)),
                ("claim_types_supported", json!(["normal"])),
                ("claims_supported", json!(self.claims)),
                ("id_token_signing_alg_values_supported", json!(algorithms)),
                ("userinfo_signing_alg_values_supported", json!(userinfo)),
                ("introspection_signing_alg_values_supported", json!(introspection)),
                ("dpop_signing_alg_values_supported", json!(DPOP_ALGORITHMS)),
                ("tls_client_certificate_bound_access_tokens", json!(self.is_mtls_supported)),
            ],
        );
    }

    fn write_logout(&self, document: &mut Map<String, Value>) {
        write(
            document,
            [
                ("backchannel_logout_supported", json!(self.is_back_channel_logout_supported)),
                ("backchannel_logout_session_supported", json!(self.is_back_channel_logout_supported)),
                ("frontchannel_logout_supported", json!(self.is_front_channel_logout_supported)),
                ("frontchannel_logout_session_supported", json!(self.is_front_channel_logout_supported)),
            ],
        );
    }
}

impl Endpoints {
    fn write(&self, document: &mut Map<String, Value>) {
        write(
            document,
            [
                ("authorization_endpoint", json!(self.authorization)),
                ("token_endpoint", json!(self.token)),
                ("jwks_uri", json!(self.jwks)),
                ("userinfo_endpoint", json!(self.userinfo)),
                ("revocation_endpoint", json!(self.revocation)),
                ("introspection_endpoint", json!(self.introspection)),
                ("pushed_authorization_request_endpoint", json!(self.pushed_authorization_request)),
                ("device_authorization_endpoint", json!(self.device_authorization)),
                ("registration_endpoint", json!(self.registration)),
                ("end_session_endpoint", json!(self.end_session)),
                ("check_session_iframe", json!(self.check_session_iframe)),
            ],
        );
        document.retain(|_, value| !value.is_null() && value != "");
    }
}

fn write<const N: usize>(document: &mut Map<String, Value>, members: [(&str, Value); N]) {
    document.extend(members.map(|(name, value)| (name.to_owned(), value)));
}

#[cfg(test)]
#[path = "discovery_tests.rs"]
mod tests;
