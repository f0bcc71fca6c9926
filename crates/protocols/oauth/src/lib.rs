//! OAuth 2 and OpenID Connect: the rules of an authorization server, one rule of one standard a file. Bytes and time in, decision out.
//!
//! Owns what a request means and whether it may be. Owns no store, no clock, no network and no page: the caller looks up clients,
//! keys and codes, and says what time it is.

mod acr;
mod algorithms;
mod assertion;
mod authorization_details;
mod claims_request;
mod client_auth;
mod error;
mod interaction;
mod jwt;
mod jwt_bearer;
mod metadata;
mod names;
mod parameters;
mod person_claims;
mod pkce;
mod prompt;
mod redirect;
mod registration;
mod request;
mod resource;
mod response;
pub mod scope;
#[cfg(test)]
mod testing;
mod challenge;
mod confirmation;
mod discovery;
mod dpop;
mod http_uri;
mod introspection;
mod protected_resource;
mod access_token;
mod code;
mod id_token;
mod pairwise;
mod refresh;
mod certificate_key;
mod distinguished_name;
mod mtls;
mod logout;
mod logout_token;
mod session_state;
mod device;

pub use self::{
    acr::{acr_of, acr_values_supported, level_of_acr},
    algorithms::{client_algorithms, server_algorithms},
    assertion::{Assertion, AssertionRules, verify_assertion},
    authorization_details::AuthorizationDetails,
    claims_request::{ClaimWish, ClaimsRequest},
    client_auth::{ASSERTION_TYPE, Presented, Proof, check_method, read_client},
    error::{OAuthCode, OAuthError},
    interaction::{ConsentFacts, LoginReason, NextStep, SessionFacts, SignedIn, next_step},
    jwt_bearer::{GrantAssertion, TrustedIssuer, peek_issuer, verify_grant},
    metadata::ClientMetadata,
    names::{
        AccessTokenFormat, AuthMethod, ClientType, GrantType, Profile, ResponseMode, ResponseType, ScopeMode,
        SubjectType, TokenType, UnknownName,
    },
    parameters::Parameters,
    person_claims::{Address, PersonClaims, person_claim_names, scope_of_claim},
    pkce::{CodeChallenge, check_verifier, must_have_challenge},
    prompt::{Prompt, Prompts},
    redirect::{RedirectFault, check_registrable, is_registered, resolve_redirect_uri},
    registration::{Flaw, Registration, RegistrationReply, RegistrationRequest, check_metadata, default_metadata},
    request::{AuthorizationRequest, Display, Refused},
    resource::{audience, is_resource, narrow_resources, parse_resources},
    response::{AuthorizationResponse, Delivery, FormPost, JARM_TYPE, ReturnAddress},
    scope::Scopes,
    challenge::{Challenge, ChallengeScheme},
    discovery::{Endpoints, ProviderFeatures},
    dpop::{DPOP_ALGORITHMS, DPOP_MAX_AGE, DpopProof, DpopRules, access_token_hash, check_nonce, one_proof, verify_proof},
    introspection::{INTROSPECTION_MEDIA_TYPE, INTROSPECTION_TYPE, Introspection, IntrospectionClaims, TokenFacts, wants_jwt},
    protected_resource::{ProtectedResource, well_known_url},
    access_token::{ACCESS_TOKEN_TYPE, AccessToken},
    code::{CodeBinding, PresentedCode, code_lifetime},
    confirmation::Confirmation,
    id_token::{ID_TOKEN_TYPE, IdToken},
    pairwise::{UnknownSector, pairwise_subject, sector_identifier, subject_for},
    refresh::{RefreshDecision, RefreshState, Use, decide_refresh, rotates},
    device::{DEVICE_INTERVAL, DEVICE_LIFETIME, DeviceAuthorization, DevicePoll, DeviceState, normalize_user_code, user_code},
    logout_token::{LOGOUT_TYPE, LogoutClaims, front_channel_url},
    mtls::{PeerCertificate, certificate_thumbprint, check_certificate},
    session_state::session_state,
    logout::{EndingSession, HintVerdict, LogoutDecision, LogoutHint, LogoutRequest, read_hint},
};
