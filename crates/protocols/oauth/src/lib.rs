//! OAuth 2 and OpenID Connect: the rules of an authorization server, one rule of one standard a file. Bytes and time in, decision out.
//!
//! Owns what a request means and whether it may be. Owns no store, no clock, no network and no page: the caller looks up clients,
//! keys and codes, and says what time it is.

mod algorithms;
mod assertion;
mod client_auth;
mod error;
mod jwt;
mod jwt_bearer;
mod metadata;
mod names;
mod parameters;
mod pkce;
mod prompt;
mod redirect;
mod resource;
pub mod scope;
#[cfg(test)]
mod testing;
mod registration;
mod acr;
mod authorization_details;
mod claims_request;
mod person_claims;
mod request;
mod response;

pub use self::{
    algorithms::{client_algorithms, server_algorithms},
    assertion::{Assertion, AssertionRules, verify_assertion},
    client_auth::{ASSERTION_TYPE, Presented, Proof, check_method, read_client},
    error::{OAuthCode, OAuthError},
    jwt_bearer::{GrantAssertion, TrustedIssuer, peek_issuer, verify_grant},
    metadata::ClientMetadata,
    names::{
        AccessTokenFormat, AuthMethod, ClientType, GrantType, Profile, ResponseMode, ResponseType, ScopeMode,
        SubjectType, TokenType, UnknownName,
    },
    parameters::Parameters,
    pkce::{CodeChallenge, check_verifier, must_have_challenge},
    prompt::{Prompt, Prompts},
    redirect::{RedirectFault, check_registrable, is_registered, resolve_redirect_uri},
    resource::{audience, is_resource, narrow_resources, parse_resources},
    scope::Scopes,
    registration::{Flaw, Registration, RegistrationReply, RegistrationRequest, check_metadata, default_metadata},
    acr::{acr_of, acr_values_supported, level_of_acr},
    authorization_details::AuthorizationDetails,
    claims_request::{ClaimWish, ClaimsRequest},
    person_claims::{Address, PersonClaims, person_claim_names, scope_of_claim},
    request::{AuthorizationRequest, Display, Refused},
    response::{AuthorizationResponse, Delivery, FormPost, JARM_TYPE, ReturnAddress},
};
