//! The grant `client_credentials` (RFC 6749, section 4.4): a client that speaks for itself. A JWT leaves nothing behind.

use edge::{Context, Failure};
use oauth::{
    AuthorizationDetails, OAuthCode, OAuthError, Parameters, Scopes, parse_resources,
    scope::{ADDRESS, EMAIL, OFFLINE_ACCESS, OPENID, PHONE, PROFILE},
};

use super::{
    answer::TokenResponse,
    issue::{self, Issue},
    sender::Sender,
};
use crate::{
    clients::{self, Client},
    error::refused,
};

/// Nobody signs in, so that these have no meaning here.
const OF_PEOPLE: [&str; 6] = [OPENID, PROFILE, EMAIL, PHONE, ADDRESS, OFFLINE_ACCESS];

pub(super) async fn issue(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
) -> Result<TokenResponse, Failure> {
    Wanted::of(cx, parameters, client)?.issue(cx, client, sender).await
}

/// What a client wants for itself, and may have.
pub(super) struct Wanted {
    scopes: Scopes,
    resources: Vec<String>,
    details: AuthorizationDetails,
}

impl Wanted {
    pub(super) fn of(cx: &Context, parameters: &Parameters, client: &Client) -> Result<Self, Failure> {
        // Section 4.4: confidential clients only.
        if client.metadata.is_public() {
            return Err(refused(OAuthError::new(
                OAuthCode::UnauthorizedClient,
                "a client without credentials can not speak for itself",
            )));
        }
        let scopes = scopes(parameters, client).map_err(refused)?;
        let resources = resources(cx, parameters, client).map_err(refused)?;
        let details = match parameters.get("authorization_details") {
            Some(text) => {
                AuthorizationDetails::parse(text, &client.metadata.authorization_details_types).map_err(refused)?
            }
            None => AuthorizationDetails::default(),
        };
        Ok(Self { scopes, resources, details })
    }

    pub(super) async fn issue(&self, cx: &Context, client: &Client, sender: &Sender) -> Result<TokenResponse, Failure> {
        let Self { scopes, resources, details } = self;
        let made = issue::access_token(
            cx,
            &Issue {
                client,
                grant: None,
                subject: None,
                scopes,
                resources,
                details,
                confirmation: &sender.confirmation,
                actor: None,
                at_most: None,
            },
        )
        .await?;
        made.keep(cx).await?;
        Ok(TokenResponse::of(&made, scopes, details))
    }
}

fn scopes(parameters: &Parameters, client: &Client) -> Result<Scopes, OAuthError> {
    let metadata = &client.metadata;
    let Some(requested) = parameters.get("scope") else { return Ok(Scopes::default_of(metadata)) };
    let allowed: Vec<String> =
        metadata.allowed_scopes.iter().filter(|scope| !OF_PEOPLE.contains(&scope.as_str())).cloned().collect();
    Scopes::parse(requested)?.narrow(&allowed, metadata.scope_mode)
}

/// Those that the client is registered for, and this server itself.
pub(super) fn resources(cx: &Context, parameters: &Parameters, client: &Client) -> Result<Vec<String>, OAuthError> {
    parse_resources(parameters.all("resource"), &clients::resources_of(cx, client))
}
