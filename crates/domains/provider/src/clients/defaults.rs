//! What a client of some type is where nothing else is said. Pure.

use oauth::{AuthMethod, ClientMetadata, ClientType, GrantType, Profile, ResponseType, default_metadata, scope};
use url::Url;

/// The defaults of the standards, with those of the type in their place.
pub(super) fn of(kind: ClientType, profile: Profile) -> ClientMetadata {
    let standard = default_metadata(profile);
    let with_person = || vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    let signing_in = [scope::OPENID, scope::PROFILE, scope::EMAIL, scope::OFFLINE_ACCESS].map(str::to_owned).to_vec();
    let confidential = match profile {
        Profile::Fapi2 => AuthMethod::PrivateKeyJwt,
        Profile::Standard | Profile::Mcp => AuthMethod::ClientSecretBasic,
    };
    match kind {
        ClientType::Spa | ClientType::Native => ClientMetadata {
            token_endpoint_auth_method: AuthMethod::None,
            grant_types: with_person(),
            allowed_scopes: signing_in,
            ..standard
        },
        ClientType::Web => ClientMetadata {
            token_endpoint_auth_method: confidential,
            grant_types: with_person(),
            allowed_scopes: signing_in,
            ..standard
        },
        ClientType::M2m => ClientMetadata {
            token_endpoint_auth_method: confidential,
            grant_types: vec![GrantType::ClientCredentials],
            response_types: Vec::new(),
            ..standard
        },
        ClientType::Saml => ClientMetadata {
            token_endpoint_auth_method: AuthMethod::None,
            grant_types: Vec::new(),
            response_types: Vec::new(),
            ..standard
        },
    }
}

/// What follows from what was said: the response type from the grants, the origin of a single-page app from where it is answered,
/// and under FAPI 2.0 tokens that are bound to a key.
pub(super) fn completed(
    metadata: ClientMetadata,
    kind: ClientType,
    profile: Profile,
    is_given: impl Fn(&str) -> bool,
) -> ClientMetadata {
    let mut metadata = metadata;
    if !is_given("response_types") {
        let has_code = metadata.may(GrantType::AuthorizationCode);
        metadata.response_types = if has_code { vec![ResponseType::Code] } else { Vec::new() };
    }
    if kind == ClientType::Spa && !is_given("allowed_origins") {
        metadata.allowed_origins = origins(&metadata.redirect_uris);
    }
    let is_binding_given =
        ["dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens"].into_iter().any(is_given);
    if profile == Profile::Fapi2 && !is_binding_given {
        metadata.dpop_bound_access_tokens = true;
    }
    metadata
}

fn origins(uris: &[String]) -> Vec<String> {
    let mut origins: Vec<_> =
        uris.iter().filter_map(|uri| Url::parse(uri).ok()).map(|url| url.origin().ascii_serialization()).collect();
    origins.sort();
    origins.dedup();
    origins
}

/// Does a client of this kind prove itself by a secret?
pub(super) fn has_secret(metadata: &ClientMetadata) -> bool {
    matches!(metadata.token_endpoint_auth_method, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost)
}

#[cfg(test)]
mod tests {
    use oauth::check_metadata;

    use super::*;

    #[test]
    fn with_an_address_the_defaults_of_every_type_hold_together() {
        for kind in ClientType::ALL {
            let mut metadata = completed(of(*kind, Profile::Standard), *kind, Profile::Standard, |_| false);
            if metadata.may(GrantType::AuthorizationCode) {
                metadata.redirect_uris.push("https://app.example/cb".to_owned());
            }
            assert_eq!(check_metadata(&metadata, *kind, Profile::Standard, false), Ok(()), "{kind}");
        }
    }

    #[test]
    fn under_fapi_a_web_application_lacks_only_address_and_keys() {
        let metadata = completed(of(ClientType::Web, Profile::Fapi2), ClientType::Web, Profile::Fapi2, |_| false);
        let flaws = check_metadata(&metadata, ClientType::Web, Profile::Fapi2, false).unwrap_err();
        let fields: Vec<_> = flaws.iter().map(|flaw| flaw.field.as_ref()).collect();
        assert_eq!(fields, ["redirect_uris", "jwks"]);
    }
}
