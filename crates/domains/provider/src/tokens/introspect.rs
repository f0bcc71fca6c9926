//! `POST /oauth2/introspect` (RFC 7662; as a JWT: RFC 9701).

use std::sync::Arc;

use bytes::Bytes;
use edge::{ByClient, Context, Endpoint, Failure, Reply, Signable};
use http::header::{ACCEPT, AUTHORIZATION};
use jose::Algorithm;
use kernel::{
    Actor, ActorKind, Permission,
    permission::is_granted,
    ports::{ApiKeyAuthenticator, ApiKeyCaller},
};
use macros::endpoint;
use oauth::{INTROSPECTION_MEDIA_TYPE, INTROSPECTION_TYPE, Introspection, OAuthError, TokenFacts, wants_jwt};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Map;
use tenancy::ApiKeys;
use vault::ApiKeySecret;

use super::{
    TokensIntrospect,
    authenticator::{AccessTokens, LiveToken},
    claims::Claims,
    error::TokenError,
    issue, live,
    refresh_token::{self, PresentedRefresh},
    subject::subject,
};
use crate::{
    clients::{self, Client},
    error::refused,
};

/// The token that is asked about (RFC 7662, section 2.1), and the client's credentials where they are not in a header.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "OauthIntrospectionRequest")]
#[expect(dead_code, reason = "documents the form; the protocol's own rules read it")]
struct IntrospectionRequest {
    token: String,
    /// `access_token` or `refresh_token`; a token says itself what it is.
    token_type_hint: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [introspect()]
}

/// Introspect a token
///
/// Whether an access token, or a refresh token of the client that asks, counts now, and what it says (RFC 7662). With
/// `Accept: application/token-introspection+jwt` the answer is a signed JWT (RFC 9701). Of a token that does not count nothing else is
/// said.
#[endpoint(POST "/oauth2/introspect", id = "oauth2.introspect", errors = TokenError, silent = "it only reads")]
async fn introspect(cx: ByClient, form: edge::Parameters<IntrospectionRequest>) -> Reply<Signable<Introspection>> {
    let parameters = oauth::Parameters::from_pairs(form.into_pairs()).map_err(refused)?;
    let asker = asker(&cx, &parameters).await?;
    let token = parameters.required("token").map_err(refused)?;
    let is_jwt_wanted = wants_jwt(cx.header(ACCEPT));
    let said = match &asker {
        Asker::Client(client) if token.starts_with(refresh_token::PREFIX) => {
            of_refresh_token(&cx, client, token).await?
        }
        _ => match cx.part::<AccessTokens>().read(cx.tenant(), token, cx.now()).await? {
            Some(LiveToken { claims, .. }) if !is_jwt_wanted => return Signable::written(written(&claims)?),
            Some(LiveToken { claims, .. }) => of_access_token(&claims),
            None => Introspection::inactive(),
        },
    };
    if is_jwt_wanted {
        let key = issue::signer(&cx, asker.algorithm()).await?;
        let name = asker.name();
        let claims = said.to_claims(&cx.tenant().issuer, &name, cx.now());
        return Signable::signed(INTROSPECTION_MEDIA_TYPE, issue::signed(&key, INTROSPECTION_TYPE, &claims)?);
    }
    Signable::plain(said)
}

/// Who may ask (RFC 7662, section 2.1).
enum Asker {
    Client(Arc<Client>),
    Key(ApiKeyCaller),
}

impl Asker {
    /// RFC 9701, section 6; an API key is registered for nothing.
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Client(client) => client.metadata.introspection_signed_response_alg.unwrap_or(Algorithm::Rs256),
            Self::Key(_) => Algorithm::EdDsa,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Client(client) => client.client_id(),
            Self::Key(key) => key.key_id.to_string(),
        }
    }
}

async fn asker(cx: &Context, parameters: &oauth::Parameters) -> Result<Asker, Failure> {
    let bearer = cx.header(AUTHORIZATION).and_then(|header| header.split_once(' '));
    let key = bearer
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && token.starts_with(ApiKeySecret::PREFIX));
    if let Some((_, secret)) = key {
        let invalid = || refused(OAuthError::invalid_client("the API key is not known, or lacks tokens:introspect"));
        let key = cx.part::<ApiKeys>().authenticate(cx.tenant(), secret, cx.now()).await?.ok_or_else(invalid)?;
        if !is_granted(&key.scopes, TokensIntrospect::NAME) {
            return Err(invalid());
        }
        cx.identify(Actor { kind: ActorKind::ApiKey, id: Some(key.key_id) });
        return Ok(Asker::Key(key));
    }
    let client = clients::authenticate(cx, parameters).await?.client;
    // Anybody may say that they are a public client, and so try tokens.
    if client.metadata.is_public() {
        return Err(refused(OAuthError::invalid_client("a client without credentials may not ask about tokens")));
    }
    Ok(Asker::Client(client))
}

/// Resource servers ask for the same tokens again and again.
fn written(claims: &Claims) -> Result<Bytes, Failure> {
    if let Some(known) = claims.introspected.get() {
        return Ok(known.clone());
    }
    let json = serde_json::to_vec(&of_access_token(claims)).map_err(issue::unwritten)?;
    Ok(claims.introspected.get_or_init(|| json.into()).clone())
}

fn of_access_token(claims: &Claims) -> Introspection {
    Introspection::active(TokenFacts {
        scope: (!claims.scope.is_empty()).then(|| claims.scope.to_string()),
        client_id: claims.client_id.clone(),
        username: None,
        token_type: Some(if claims.cnf.jkt.is_some() { "DPoP" } else { "Bearer" }),
        exp: claims.exp,
        iat: claims.iat,
        nbf: None,
        sub: Some(claims.sub.clone()),
        aud: claims.aud.clone(),
        iss: claims.iss.clone(),
        jti: Some(claims.jti.clone()),
        cnf: (!claims.cnf.is_none()).then(|| claims.cnf.clone()),
        act: claims.act.clone(),
        acr: claims.acr.clone(),
        auth_time: claims.auth_time,
        authorization_details: claims.authorization_details.clone(),
        more: Map::new(),
    })
}

/// Only its own client hears of it: to all others it is a secret of that one.
async fn of_refresh_token(cx: &Context, client: &Client, token: &str) -> Result<Introspection, Failure> {
    let Some(presented) = PresentedRefresh::parse(token) else { return Ok(Introspection::inactive()) };
    let Some(standing) = live::find(&cx.read(), presented.grant, cx.now()).await? else {
        return Ok(Introspection::inactive());
    };
    let grant = &standing.grant;
    let is_theirs = grant.client_id == client.id
        && presented.generation == grant.refresh.generation
        && presented.is_genuine(cx.vault(), cx.tenant_id(), grant);
    if !is_theirs || live::check(&standing, cx.now()).is_err() {
        return Ok(Introspection::inactive());
    }
    Ok(Introspection::active(TokenFacts {
        scope: Some(grant.scope.clone()).filter(|scope| !scope.is_empty()),
        client_id: client.client_id(),
        exp: grant.expires_at.as_seconds(),
        iat: grant.created_at.as_seconds(),
        sub: Some(subject(cx, client, grant.user_id)?),
        iss: cx.tenant().issuer.clone(),
        ..TokenFacts::default()
    }))
}
