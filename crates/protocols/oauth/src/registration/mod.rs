//! Dynamic client registration (RFC 7591, RFC 7592; OpenID Connect Dynamic Client Registration 1.0), and what any client's metadata
//! must fulfil, however it came.

mod addresses;
mod check;
mod keys;
mod read;
mod reply;

pub use self::{
    check::{Flaw, check_metadata},
    read::{Registration, RegistrationRequest, default_metadata},
    reply::RegistrationReply,
};

/// What a client may say of itself and is told again. All else is left alone (RFC 7591, section 2) and is the tenant's to decide:
/// `skip_consent`, lifetimes, `require_pkce`, `scope_mode`, token format.
const PUBLIC: [&str; 45] = [
    "redirect_uris",
    "post_logout_redirect_uris",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "grant_types",
    "response_types",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "contacts",
    "jwks",
    "jwks_uri",
    "software_id",
    "software_version",
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
    "tls_client_certificate_bound_access_tokens",
    "dpop_bound_access_tokens",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "request_object_signing_alg",
    "request_uris",
    "subject_type",
    "sector_identifier_uri",
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
    "authorization_signed_response_alg",
    "default_max_age",
    "require_auth_time",
    "default_acr_values",
    "initiate_login_uri",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "authorization_details_types",
    // Written otherwise than in `ClientMetadata`.
    "application_type",
    "client_name",
    "scope",
    "client_id",
];
