//! OAuth 2 and OpenID Connect: the rules of an authorization server, one rule of one standard a file. Bytes and time in, decision out.
//!
//! Owns what a request means and whether it may be. Owns no store, no clock, no network and no page: the caller looks up clients,
//! keys and codes, and says what time it is.

mod access_token;
mod acr;
mod algorithms;
mod assertion;
mod authorization_details;
mod certificate_key;
mod challenge;
mod cimd;
mod claim;
mod claims_request;
mod client_auth;
mod code;
mod confirmation;
mod device;
mod discovery;
mod distinguished_name;
mod dpop;
mod error;
mod exchange;
mod exchange_decision;
mod http_uri;
mod id_token;
mod interaction;
mod introspection;
mod jwt;
mod jwt_bearer;
mod logout;
mod logout_token;
mod metadata;
mod mtls;
mod names;
mod pairwise;
mod parameters;
mod person_claims;
mod pkce;
mod prompt;
mod protected_resource;
mod redirect;
mod refresh;
mod registration;
mod request;
mod request_object;
mod resource;
mod response;
pub mod scope;
mod session_state;
mod stated_claims;
#[cfg(test)]
mod testing;

pub use self::{
    access_token::{ACCESS_TOKEN_TYPE, AccessToken},
    acr::{acr_among, acr_of, acr_values_supported, level_of_acr},
    algorithms::{client_algorithms, server_algorithms},
    assertion::{Assertion, AssertionRules, verify_assertion},
    authorization_details::AuthorizationDetails,
    challenge::{Challenge, ChallengeScheme},
    cimd::{
        ClientUrlFault, MAX_DOCUMENT_BYTES, check_client_url, check_has_redirects, is_client_url, read_client_document,
    },
    claims_request::{ClaimWish, ClaimsRequest},
    client_auth::{ASSERTION_TYPE, Presented, Proof, check_method, read_client},
    code::{CodeBinding, PresentedCode, code_lifetime},
    confirmation::Confirmation,
    device::{
        DEVICE_INTERVAL, DEVICE_LIFETIME, DeviceAuthorization, DevicePoll, DeviceState, normalize_user_code, user_code,
    },
    discovery::{Endpoints, ProviderFeatures},
    dpop::{
        DPOP_ALGORITHMS, DPOP_MAX_AGE, DpopProof, DpopRules, access_token_hash, check_nonce, one_proof, verify_proof,
    },
    error::{OAuthCode, OAuthError},
    exchange::{ExchangeRequest, TypedToken},
    exchange_decision::{ExchangeRules, Exchanged, MAX_ACTORS, TokenParty, WithoutActor, decide_exchange},
    id_token::{ID_TOKEN_TYPE, IdToken},
    interaction::{ConsentFacts, LoginReason, NextStep, SessionFacts, SignedIn, next_step},
    introspection::{
        INTROSPECTION_MEDIA_TYPE, INTROSPECTION_TYPE, Introspection, IntrospectionClaims, TokenFacts, wants_jwt,
    },
    jwt_bearer::{GrantAssertion, TrustedIssuer, peek_issuer, verify_grant},
    logout::{EndingSession, HintVerdict, LogoutDecision, LogoutHint, LogoutRequest, read_hint},
    logout_token::{LOGOUT_TYPE, LogoutClaims, front_channel_url},
    metadata::ClientMetadata,
    mtls::{CertificateRules, PeerCertificate, certificate_thumbprint, check_certificate},
    names::{
        AccessTokenFormat, AuthMethod, ClientType, GrantType, Profile, ResponseMode, ResponseType, ScopeMode,
        SubjectType, TokenType, UnknownName,
    },
    pairwise::{UnknownSector, pairwise_subject, sector_identifier, subject_for},
    parameters::Parameters,
    person_claims::{Address, PersonClaims, person_claim_names, scope_of_claim},
    pkce::{CodeChallenge, check_verifier, must_have_challenge},
    prompt::{Prompt, Prompts},
    protected_resource::ProtectedResource,
    redirect::{RedirectFault, check_registrable, is_registered, resolve_redirect_uri},
    refresh::{RefreshDecision, RefreshState, Use, decide_refresh, rotates},
    registration::{Flaw, Registration, RegistrationReply, RegistrationRequest, check_metadata, default_metadata},
    request::{AuthorizationRequest, Display, Refused},
    request_object::{ObjectMode, RequestObjectRules, is_registered_request_uri, read_request_object},
    resource::{audience, is_resource, narrow_resources, parse_resources},
    response::{AuthorizationResponse, Delivery, FormPost, JARM_TYPE, ReturnAddress},
    scope::Scopes,
    session_state::session_state,
};
