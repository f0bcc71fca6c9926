//! The authorization request (RFC 6749, section 4.1.1; OpenID Connect Core 1.0, section 3.1.2.1), read once and kept as it was understood.

use serde::{Deserialize, Serialize};

use crate::{
    acr::acr_of,
    authorization_details::AuthorizationDetails,
    claims_request::ClaimsRequest,
    error::{OAuthCode, OAuthError},
    metadata::ClientMetadata,
    names::{ClientType, GrantType, Profile, ResponseMode, ResponseType},
    parameters::Parameters,
    pkce::{CodeChallenge, must_have_challenge},
    prompt::Prompts,
    redirect::resolve_redirect_uri,
    resource::parse_resources,
    response::ReturnAddress,
    scope::{OPENID, Scopes},
};

pub use self::values::Display;
use self::values::{names, read_display, read_max_age, read_thumbprint};

#[cfg(test)]
pub(crate) mod tests;
mod values;

/// What a client asks for, checked against its registration. It is kept as it stands until the person has answered: nothing that
/// the browser sends later changes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    /// Did the request name it? Then the token request has to name it too (RFC 6749, section 4.1.3).
    pub is_redirect_uri_named: bool,
    pub response_type: ResponseType,
    /// Decided: never the plain `jwt`.
    pub response_mode: ResponseMode,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// Narrowed to what the client may have.
    pub scopes: Scopes,
    pub code_challenge: Option<CodeChallenge>,
    pub resources: Vec<String>,
    pub prompts: Prompts,
    /// Seconds; the request's own or the client's default.
    pub max_age: Option<u32>,
    /// The request's own or the client's default, the best first.
    pub acr_values: Vec<String>,
    pub login_hint: Option<String>,
    pub id_token_hint: Option<String>,
    pub ui_locales: Vec<String>,
    pub display: Option<Display>,
    pub claims: ClaimsRequest,
    pub authorization_details: AuthorizationDetails,
    /// RFC 9449, section 10: the thumbprint of the key that the code is bound to.
    pub dpop_jkt: Option<String>,
}

/// Why a request is not heard, and who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub error: OAuthError,
    /// The client, where client and address are known to be good; else the person, on a page here (RFC 6749, section 4.1.2.1).
    pub back: Option<ReturnAddress>,
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self { error, back: None }
    }
}

impl AuthorizationRequest {
    /// Reads the parameters for the client that `client_id` names. Those of a request object or a pushed request have taken the place
    /// of the others before (RFC 9101, section 6.3; RFC 9126, section 4): a `request` or `request_uri` that is left is refused.
    ///
    /// `is_pushed` says that they came, or come right now, through the pushed authorization request endpoint.
    pub fn parse(
        parameters: &Parameters,
        client: &ClientMetadata,
        client_type: ClientType,
        profile: Profile,
        is_pushed: bool,
    ) -> Result<Self, Refused> {
        let client_id = parameters.required("client_id")?;
        let is_openid = parameters.get("scope").is_some_and(|scope| scope.split(' ').any(|scope| scope == OPENID));
        let redirect_uri = resolve_redirect_uri(
            parameters.get("redirect_uri"),
            &client.redirect_uris,
            client_type,
            is_openid || profile == Profile::Fapi2,
        )?;
        let back = ReturnAddress::read(parameters, redirect_uri);
        check_kind(parameters, client)
            .and_then(|()| check_profile(redirect_uri, client, client_type, profile, is_pushed))
            .and_then(|()| read(parameters, client_id, &back, client, profile))
            .map_err(|error| Refused { error, back: Some(back) })
    }

    /// Where the answer goes.
    pub fn return_address(&self) -> ReturnAddress {
        ReturnAddress { redirect_uri: self.redirect_uri.clone(), mode: self.response_mode, state: self.state.clone() }
    }

    /// What the person has to agree to: the scopes, and those that single claims stand for.
    pub fn consent_scopes(&self) -> Scopes {
        self.claims.scopes().iter().fold(self.scopes.clone(), Scopes::with)
    }

    /// The single claims to remember of a sign-in at this level. A class of `acr_values` that names the level goes along, so that tokens
    /// call it so.
    pub fn claims_at(&self, level: u8) -> ClaimsRequest {
        let acr = acr_of(level, self.acr_values.iter().map(String::as_str));
        let is_named = self.acr_values.iter().any(|wanted| wanted == acr);
        if is_named { self.claims.clone().with_acr(acr) } else { self.claims.clone() }
    }

    /// The context classes that are asked for, the best first, and whether a sign-in below them is none: the `acr` claim speaks before
    /// `acr_values`, which is always a wish only (OpenID Connect Core 1.0, sections 3.1.2.1 and 5.5.1.1).
    pub fn wanted_acr(&self) -> (Vec<&str>, bool) {
        match self.claims.acr() {
            Some((values, is_essential)) if !values.is_empty() => (values, is_essential),
            _ => (self.acr_values.iter().map(String::as_str).collect(), false),
        }
    }
}

/// Is it a request that is spoken here, and by this client?
fn check_kind(parameters: &Parameters, client: &ClientMetadata) -> Result<(), OAuthError> {
    let not_supported = [
        ("request", OAuthCode::RequestNotSupported),
        ("request_uri", OAuthCode::RequestUriNotSupported),
        ("registration", OAuthCode::RegistrationNotSupported),
    ];
    if let Some((name, code)) = not_supported.into_iter().find(|(name, _)| parameters.get(name).is_some()) {
        return Err(OAuthError::new(code, format!("{name} is not supported here")));
    }
    let response_type = parameters.required("response_type")?;
    let Ok(response_type) = response_type.parse::<ResponseType>() else {
        return Err(OAuthError::new(OAuthCode::UnsupportedResponseType, "response_type must be code"));
    };
    if !client.response_types.contains(&response_type) || !client.may(GrantType::AuthorizationCode) {
        return Err(OAuthError::new(OAuthCode::UnauthorizedClient, "the client is not registered for this"));
    }
    if parameters.get("response_mode").is_some_and(|mode| mode.parse::<ResponseMode>().is_err()) {
        return Err(OAuthError::invalid_request("response_mode is not supported"));
    }
    Ok(())
}

/// RFC 9126, section 6, and FAPI 2.0 Security Profile, section 5.3.2: pushed, by a confidential client, to an https address.
fn check_profile(
    redirect_uri: &str,
    client: &ClientMetadata,
    client_type: ClientType,
    profile: Profile,
    is_pushed: bool,
) -> Result<(), OAuthError> {
    let is_fapi = profile == Profile::Fapi2;
    if (is_fapi || client.require_pushed_authorization_requests) && !is_pushed {
        return Err(OAuthError::invalid_request("the client has to push its authorization requests"));
    }
    if is_fapi && client.is_public() {
        return Err(OAuthError::new(OAuthCode::UnauthorizedClient, "the profile is for confidential clients"));
    }
    if is_fapi && client_type != ClientType::Native && !redirect_uri.starts_with("https://") {
        return Err(OAuthError::invalid_request("the profile asks for an https redirect_uri"));
    }
    Ok(())
}

fn read(
    parameters: &Parameters,
    client_id: &str,
    back: &ReturnAddress,
    client: &ClientMetadata,
    profile: Profile,
) -> Result<AuthorizationRequest, OAuthError> {
    let text = |name| parameters.get(name).map(str::to_owned);
    let code_challenge =
        CodeChallenge::parse(parameters.get("code_challenge"), parameters.get("code_challenge_method"))?;
    if code_challenge.is_none() && must_have_challenge(client, profile) {
        return Err(OAuthError::invalid_request("code_challenge is missing"));
    }
    let authorization_details = match parameters.get("authorization_details") {
        Some(details) => AuthorizationDetails::parse(details, &client.authorization_details_types)?,
        None => AuthorizationDetails::default(),
    };
    let claims = match parameters.get("claims") {
        Some(claims) => ClaimsRequest::parse(claims, &client.allowed_scopes)?,
        None => ClaimsRequest::default(),
    };
    let acr_values = parameters.get("acr_values").map(names).transpose()?;
    Ok(AuthorizationRequest {
        client_id: client_id.to_owned(),
        redirect_uri: back.redirect_uri.clone(),
        is_redirect_uri_named: parameters.get("redirect_uri").is_some(),
        response_type: ResponseType::Code,
        response_mode: back.mode,
        state: back.state.clone(),
        nonce: text("nonce"),
        scopes: read_scopes(parameters.get("scope"), !authorization_details.is_empty(), client)?,
        code_challenge,
        resources: parse_resources(parameters.all("resource"), &client.allowed_resources)?,
        prompts: parameters.get("prompt").map(Prompts::parse).transpose()?.unwrap_or_default(),
        max_age: parameters.get("max_age").map(read_max_age).transpose()?.or(client.default_max_age),
        acr_values: acr_values.unwrap_or_else(|| client.default_acr_values.clone()),
        login_hint: text("login_hint"),
        id_token_hint: text("id_token_hint"),
        ui_locales: parameters.get("ui_locales").map(names).transpose()?.unwrap_or_default(),
        display: parameters.get("display").and_then(read_display),
        claims,
        authorization_details,
        dpop_jkt: parameters.get("dpop_jkt").map(read_thumbprint).transpose()?,
    })
}

/// A request for something finer than scopes may come without any (RFC 9396, section 2).
fn read_scopes(scope: Option<&str>, has_details: bool, client: &ClientMetadata) -> Result<Scopes, OAuthError> {
    let scopes = match scope {
        Some(scope) => Scopes::parse(scope)?.narrow(&client.allowed_scopes, client.scope_mode)?,
        None if has_details => Scopes::default(),
        None => Scopes::default_of(client),
    };
    // Whether the person is asked is the caller's to know.
    let scopes = scopes.without_idle_offline_access(client, &Prompts::default(), true);
    if scopes.is_empty() && !has_details {
        return Err(OAuthError::new(OAuthCode::InvalidScope, "scope is missing, or nothing of it is left"));
    }
    Ok(scopes)
}
