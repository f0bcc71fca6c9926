//! `POST /v1/sessions/tokens`: what a client has at hand, a refresh token or a one-time code, for tokens.

use std::borrow::Cow;

use edge::{Context, Endpoint, Failure, Limit, OptionalBody, Public, Reply, SessionCookies, Transport};
use kernel::{Refusal, Secret};
use macros::{Refusals, endpoint};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    HandOffError, HandOffs, HandedCode, SessionError, actions,
    platform::{TokensView, with_tokens},
};
use crate::flows::{SignInResult, platform_result};

/// What to exchange for tokens.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RefreshRequest {
    /// Left out in cookie mode, where it comes in its cookie.
    pub(crate) refresh_token: Option<Secret>,
}

/// What to exchange for tokens: a refresh token, or a code with its `code_verifier`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct TokenRequest {
    /// Left out in cookie mode, where it comes in its cookie, and beside a code.
    refresh_token: Option<Secret>,
    /// The one-time code that came with the redirect.
    code: Option<Secret>,
    /// With a code: whose S256 challenge the sign-in began with.
    code_verifier: Option<Secret>,
    /// With a code: what a device keeps that was trusted before; it stands in for the second factor.
    device_token: Option<Secret>,
    /// With a code: where to put the tokens. Those of a refresh token go where it came from.
    transport: Option<Transport>,
}

/// Why nothing is exchanged.
#[derive(Debug, thiserror::Error, Refusals)]
enum ExchangeError {
    /// Both a refresh token and what belongs to a code were sent.
    #[error("Send a refresh token, or a code with its code_verifier, and not both.")]
    #[refusal(Validation, "one_grant", field = "refresh_token", code = "one_grant")]
    OneGrant,
    /// The refresh token or the code is not known here, or not good any more.
    #[error("The code is not known here.")]
    #[refusal(Unauthorized, "invalid_grant")]
    Grant,
    #[error(transparent)]
    #[refusal(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    #[refusal(transparent)]
    HandOff(#[from] HandOffError),
}

/// One of the two, told apart.
enum Grant {
    Refresh(Option<Secret>),
    Code(HandedCode, Transport),
}

impl TokenRequest {
    fn read(self) -> Result<Grant, Refusal> {
        let Self { refresh_token, code, code_verifier, device_token, transport } = self;
        let is_of_code = code.is_some() || code_verifier.is_some() || device_token.is_some() || transport.is_some();
        match (refresh_token, code, code_verifier) {
            (Some(_), ..) if is_of_code => Err(ExchangeError::OneGrant.into()),
            (None, Some(code), Some(code_verifier)) => {
                Ok(Grant::Code(HandedCode { code, code_verifier, device_token }, transport.unwrap_or_default()))
            }
            (None, Some(_), None) => {
                Err(Refusal::validation("code_verifier", "required", "Send the verifier that belongs to the code."))
            }
            (None, None, _) if is_of_code => {
                Err(Refusal::validation("code", "required", "Send the code that came with the redirect."))
            }
            (token, ..) => Ok(Grant::Refresh(token)),
        }
    }
}

/// What came of it; `state` tells.
#[derive(Serialize)]
#[serde(untagged)]
enum TokensResult {
    Refreshed(Refreshed),
    SignedIn(SignInResult),
}

/// Of a refresh token.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Refreshed {
    /// The session goes on with new tokens.
    Refreshed(Box<TokensView>),
}

/// One choice among the states of both.
impl JsonSchema for TokensResult {
    fn schema_name() -> Cow<'static, str> {
        "TokensResult".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let both = [Refreshed::json_schema(generator), SignInResult::json_schema(generator)];
        let states: Vec<&Value> = both.iter().filter_map(|states| states.get("oneOf")?.as_array()).flatten().collect();
        json_schema!({ "oneOf": states, "description": "What came of it; `state` tells." })
    }
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [exchange_tokens()]
}

/// Exchange a refresh token or a code
///
/// A refresh token is answered with new tokens and used up. Presenting it again ends the session, but for a short grace in which
/// the same client, having lost the answer, gets the same successor (RFC 9700, section 4.14). A one-time code, with the
/// `code_verifier` of whoever began, is answered as at `POST /v1/auth/handoff`: a session with its tokens, or a flow that asks for
/// more. Codes count as sign-ins do.
#[endpoint(POST "/v1/sessions/tokens", id = "sessions.tokens.create", errors = ExchangeError, limit = Token,
    silent = "the commonest write of all; the session's row says when it was refreshed last, and reuse and sign-ins have events")]
async fn exchange_tokens(cx: Public, body: OptionalBody<TokenRequest>) -> Reply<TokensResult> {
    match body.0.read()? {
        Grant::Refresh(token) => {
            let (token, transport) = presented_refresh(&cx, token)?;
            let opened = actions::refresh(&cx, &token, transport).await?;
            with_tokens(&cx, opened, transport, |tokens| {
                TokensResult::Refreshed(Refreshed::Refreshed(Box::new(tokens)))
            })
        }
        Grant::Code(handed, transport) => {
            cx.count_openly(Limit::SignIn, None)?;
            cx.admit_session().await?;
            let redeem = cx.part::<HandOffs>().0.ok_or(ExchangeError::Grant)?;
            let outcome = redeem(&cx, handed).await?;
            platform_result(&cx, outcome, transport, TokensResult::SignedIn)
        }
    }
}

/// The refresh token of the body, or of the cookie where the body has none.
pub(crate) fn presented_refresh(cx: &Context, token: Option<Secret>) -> Result<(Secret, Transport), Failure> {
    if let Some(token) = token {
        return Ok((token, Transport::Bearer));
    }
    let token = SessionCookies::refresh_token(cx)
        .ok_or_else(|| Refusal::validation("refresh_token", "required", "Send a refresh token."))?;
    Ok((token, Transport::Cookie))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a body is read as, or the field that is refused.
    fn read(body: Value) -> String {
        match serde_json::from_value::<TokenRequest>(body).unwrap().read() {
            Ok(Grant::Refresh(None)) => "the cookie".to_owned(),
            Ok(Grant::Refresh(Some(_))) => "a refresh token".to_owned(),
            Ok(Grant::Code(_, transport)) => format!("a code, {transport:?}"),
            Err(refusal) => format!("{} {}", refusal.reason, refusal.fields[0].field),
        }
    }

    #[test]
    fn a_body_holds_one_of_the_two_whole() {
        assert_eq!(read(json!({})), "the cookie");
        assert_eq!(read(json!({ "refresh_token": "r" })), "a refresh token");
        assert_eq!(read(json!({ "code": "c", "code_verifier": "v" })), "a code, Bearer");
        assert_eq!(read(json!({ "code": "c", "code_verifier": "v", "transport": "cookie" })), "a code, Cookie");
        assert_eq!(read(json!({ "code": "c" })), "invalid_fields code_verifier");
        for of_code in
            [json!({ "code_verifier": "v" }), json!({ "device_token": "d" }), json!({ "transport": "cookie" })]
        {
            assert_eq!(read(of_code.clone()), "invalid_fields code");
            let mut both = of_code;
            both["refresh_token"] = "r".into();
            assert_eq!(read(both), "one_grant refresh_token");
        }
        let both = json!({ "refresh_token": "r", "code": "c", "code_verifier": "v" });
        assert_eq!(read(both), "one_grant refresh_token");
    }
}
