//! Token exchange (RFC 8693): what is asked for.

use kernel::Secret;

use crate::{
    error::{OAuthCode, OAuthError},
    names::TokenType,
    parameters::Parameters,
    scope::Scopes,
};

const MAX_TARGETS: usize = 16;

/// A token and what it is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedToken {
    pub token: Secret,
    pub kind: TokenType,
}

/// The request (section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRequest {
    pub subject: TypedToken,
    pub actor: Option<TypedToken>,
    /// An access token, or one that is a JWT.
    pub requested: TokenType,
    /// Absent, all that may be had.
    pub scopes: Option<Scopes>,
    /// `resource` and `audience`, each once: where the new token is to be used.
    pub targets: Vec<String>,
}

impl ExchangeRequest {
    pub fn read(parameters: &Parameters) -> Result<Self, OAuthError> {
        let subject = typed(parameters, "subject_token", "subject_token_type")?
            .ok_or_else(|| OAuthError::invalid_request("subject_token is missing"))?;
        let actor = typed(parameters, "actor_token", "actor_token_type")?;
        let requested = parameters.get("requested_token_type").map_or(Ok(TokenType::AccessToken), parse_type)?;
        if !matches!(requested, TokenType::AccessToken | TokenType::Jwt) {
            return Err(OAuthError::invalid_request("this requested_token_type is not issued"));
        }
        let scopes = parameters.get("scope").map(Scopes::parse).transpose()?;
        let mut targets: Vec<String> = Vec::new();
        for target in parameters.all("resource").chain(parameters.all("audience")) {
            if !targets.iter().any(|known| known == target) {
                targets.push(target.to_owned());
            }
        }
        if targets.len() > MAX_TARGETS {
            return Err(OAuthError::new(OAuthCode::InvalidTarget, "there are too many resources and audiences"));
        }
        Ok(Self { subject, actor, requested, scopes, targets })
    }
}

/// The type is required with the token, and forbidden without.
fn typed(parameters: &Parameters, token: &'static str, kind: &'static str) -> Result<Option<TypedToken>, OAuthError> {
    match (parameters.get(token), parameters.get(kind)) {
        (None, None) => Ok(None),
        (Some(token), Some(kind)) => Ok(Some(TypedToken { token: Secret::new(token), kind: parse_type(kind)? })),
        _ => Err(OAuthError::invalid_request(format!("{token} and {kind} belong together"))),
    }
}

fn parse_type(name: &str) -> Result<TokenType, OAuthError> {
    name.parse().map_err(|_| OAuthError::invalid_request("this type of token is not supported"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<ExchangeRequest, OAuthCode> {
        let text = body.replace("T:", "urn:ietf:params:oauth:token-type:");
        ExchangeRequest::read(&Parameters::parse(text.as_bytes()).unwrap()).map_err(|error| error.code)
    }

    #[test]
    fn tokens_come_with_their_types() {
        let read_one =
            read("subject_token=s&subject_token_type=T:access_token&audience=b&resource=https://a&audience=b");
        let request = read_one.unwrap();
        assert_eq!(request.subject.token.reveal(), "s");
        assert_eq!((request.requested, request.actor), (TokenType::AccessToken, None));
        assert_eq!(request.targets, ["https://a", "b"]);
        let subject = "subject_token=s&subject_token_type=T:access_token";
        let actor = read(&format!("{subject}&actor_token=a&actor_token_type=T:id_token")).unwrap().actor;
        assert_eq!(actor.map(|actor| actor.kind), Some(TokenType::IdToken));
        for body in [
            "",
            "subject_token=s",
            "subject_token_type=T:access_token",
            "subject_token=s&subject_token_type=T:saml2",
            &format!("{subject}&actor_token=a"),
            &format!("{subject}&actor_token_type=T:jwt"),
            &format!("{subject}&requested_token_type=T:refresh_token"),
            &format!("{subject}&requested_token_type=T:id_token"),
        ] {
            assert_eq!(read(body).err(), Some(OAuthCode::InvalidRequest), "{body}");
        }
        assert_eq!(read(&format!("{subject}&scope=a\"b")).err(), Some(OAuthCode::InvalidScope));
    }
}
