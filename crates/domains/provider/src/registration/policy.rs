//! What of a client's own words is believed. The rest is the application's to decide. Pure, but for the settings.

use edge::Context;
use kernel::permission::is_granted;
use oauth::{ClientMetadata, ClientType, GrantType, OAuthCode, OAuthError, Profile, Registration, check_metadata};
use tenancy::is_development;

use super::access::Registrar;
use crate::clients::{Client, all_own_scopes, is_own_scope};

/// What anybody may register for: grants in which a person is asked.
const WITH_A_PERSON: [GrantType; 3] = [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::DeviceCode];

/// The metadata of a new client: scopes that it may not have are left out (RFC 7591, section 2), grants refused.
pub(super) fn admitted(
    cx: &Context,
    registrar: &Registrar,
    registration: &Registration,
    profile: Profile,
) -> Result<ClientMetadata, OAuthError> {
    let mut metadata = registration.metadata.clone();
    metadata.require_pkce = tenancy::settings_of(cx.tenant()).oauth.require_pkce;
    if matches!(registrar, Registrar::Anyone) {
        only_with_a_person(&metadata)?;
    }
    let held = match registrar {
        Registrar::Anyone => "",
        Registrar::Holder(scopes) => scopes,
    };
    if registration.has_scopes {
        metadata.allowed_scopes.retain(|scope| is_own_scope(cx, scope) || is_granted(held, scope));
    } else if registration.kind != ClientType::M2m {
        metadata.allowed_scopes = all_own_scopes(cx);
    }
    checked(cx, &metadata, registration.kind, profile)?;
    Ok(metadata)
}

/// The metadata of a client that describes itself anew (RFC 7592, section 2.2): never more than it had, beside what everybody may
/// have, and what the application decided stays.
pub(super) fn updated(
    cx: &Context,
    before: &Client,
    registration: &Registration,
    profile: Profile,
) -> Result<ClientMetadata, OAuthError> {
    let old = &before.metadata;
    let new = registration.metadata.clone();
    let may_have = |grant: &GrantType| old.may(*grant) || WITH_A_PERSON.contains(grant);
    if !new.grant_types.iter().all(may_have) {
        return Err(not_alone());
    }
    let allowed_scopes = if registration.has_scopes {
        let may_have = |scope: &String| old.allowed_scopes.contains(scope) || is_own_scope(cx, scope);
        new.allowed_scopes.iter().filter(|scope| may_have(scope)).cloned().collect()
    } else {
        old.allowed_scopes.clone()
    };
    let metadata = ClientMetadata {
        allowed_scopes,
        scope_mode: old.scope_mode,
        allowed_resources: old.allowed_resources.clone(),
        description: old.description.clone(),
        skip_consent: old.skip_consent,
        require_pkce: old.require_pkce,
        access_token_signed_response_alg: old.access_token_signed_response_alg,
        access_token_format: old.access_token_format,
        access_token_lifetime: old.access_token_lifetime,
        refresh_token_lifetime: old.refresh_token_lifetime,
        ..new
    };
    checked(cx, &metadata, registration.kind, profile)?;
    Ok(metadata)
}

fn only_with_a_person(metadata: &ClientMetadata) -> Result<(), OAuthError> {
    if metadata.grant_types.iter().all(|grant| WITH_A_PERSON.contains(grant)) { Ok(()) } else { Err(not_alone()) }
}

fn not_alone() -> OAuthError {
    let why = "grant_types: a client that nobody vouches for acts for people only";
    OAuthError::new(OAuthCode::InvalidClientMetadata, why)
}

fn checked(cx: &Context, metadata: &ClientMetadata, kind: ClientType, profile: Profile) -> Result<(), OAuthError> {
    check_metadata(metadata, kind, profile, is_development(cx.tenant())).map_err(|flaws| {
        let first = flaws.first().map(oauth::Flaw::to_error);
        first.unwrap_or_else(|| OAuthError::new(OAuthCode::InvalidClientMetadata, "the metadata is not valid"))
    })
}
