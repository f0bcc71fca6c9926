//! `/oauth2/userinfo` (OpenID Connect Core 1.0, section 5.3).

use std::sync::Arc;

use edge::{ByToken, Context, DPOP, Endpoint, Failure, Parameters, Reply, Signable};
use identity::doors;
use macros::endpoint;
use oauth::{ClaimsRequest, OAuthCode, OAuthError, scope::OPENID};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    authenticator::{AccessTokens, LiveToken},
    error::BearerError,
    issue,
    person::person,
    presented::{Sent, Shown, challenged, check_sender, sent},
    sender,
};
use crate::clients;

/// What is told of a person, by the names of OpenID Connect Core 1.0, section 5.1.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Userinfo")]
struct Told {
    /// Who they are, as this client knows them.
    sub: String,
    #[serde(flatten)]
    claims: Map<String, Value>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [get_userinfo(), post_userinfo()]
}

/// The token, where it is not in the header.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UserinfoRequest")]
#[expect(dead_code, reason = "documents the form; the protocol's own rules read it")]
struct UserinfoForm {
    access_token: Option<String>,
}

/// Get the claims about the person
///
/// What the granted scopes and the `claims` parameter of the authorization request release (OpenID Connect Core 1.0, section 5.3). A JWT
/// where the client is registered for one.
#[endpoint(GET "/oauth2/userinfo", id = "oauth2.userinfo", errors = BearerError)]
async fn get_userinfo(cx: ByToken) -> Reply<Signable<Told>> {
    userinfo(&cx, "GET", None).await
}

/// Get the claims about the person, by a form
///
/// The same. The token may stand in the form instead of the header (RFC 6750, section 2.2).
#[endpoint(POST "/oauth2/userinfo", id = "oauth2.post_userinfo", errors = BearerError, silent = "it only reads")]
async fn post_userinfo(cx: ByToken, form: Parameters<UserinfoForm>) -> Reply<Signable<Told>> {
    let parameters =
        oauth::Parameters::from_pairs(form.into_pairs()).map_err(|error| challenged(&cx, error, Some(OPENID)))?;
    userinfo(&cx, "POST", parameters.get("access_token")).await
}

async fn userinfo(cx: &Context, method: &str, body: Option<&str>) -> Reply<Signable<Told>> {
    let refused = |error| challenged(cx, error, Some(OPENID));
    let Sent { token, is_dpop } = sent(cx, body).map_err(refused)?;
    let invalid = || refused(OAuthError::new(OAuthCode::InvalidToken, "the access token is not valid here"));
    let tokens = cx.part::<AccessTokens>();
    let LiveToken { claims, holder } = tokens.read(cx.tenant(), &token, cx.now()).await?.ok_or_else(invalid)?;
    check(cx, method, &token, is_dpop, &claims.cnf).await?;
    if !claims.is_for(&cx.tenant().issuer) {
        return Err(invalid());
    }
    // A client that speaks for itself is nobody to ask about.
    let holder = holder.filter(|_| claims.scope.is_openid()).ok_or_else(|| {
        refused(OAuthError::new(OAuthCode::InsufficientScope, "the access token does not carry the scope openid"))
    })?;
    let caller = tokens.person(cx.tenant(), &holder, Arc::from(""), cx.now()).await.map_err(|_| invalid())?;
    let user = doors::who(&caller)?.user;
    let wishes: ClaimsRequest =
        holder.claims.as_ref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut told = Told { sub: claims.sub.clone(), claims: person(user).released(&claims.scope, &wishes.userinfo) };
    let client = clients::find_public(cx, &claims.client_id).await?.ok_or_else(invalid)?;
    match client.metadata.userinfo_signed_response_alg {
        None => Signable::plain(told),
        Some(algorithm) => {
            // Section 5.3.2: who says it, and to whom.
            told.claims.insert("iss".to_owned(), json!(cx.tenant().issuer));
            told.claims.insert("aud".to_owned(), json!(claims.client_id));
            let key = issue::signer(cx, algorithm).await?;
            Signable::signed("application/jwt", issue::signed(&key, "JWT", &told)?)
        }
    }
}

/// Is the sender the one that the token is bound to?
async fn check(
    cx: &Context,
    method: &str,
    token: &str,
    is_dpop: bool,
    bound: &oauth::Confirmation,
) -> Result<(), Failure> {
    let refused = |error| challenged(cx, error, Some(OPENID));
    // Only a proof names an address.
    let urls = if is_dpop { cx.addresses("/oauth2/userinfo") } else { Vec::new() };
    let thumbprint = cx.client_certificate().map(|certificate| oauth::certificate_thumbprint(certificate.der()));
    let proof = oauth::one_proof(cx.header_values(DPOP)).map_err(refused)?;
    let shown = Shown { token, is_dpop, proof, thumbprint: thumbprint.as_deref(), method, urls: &urls };
    match check_sender(bound, &shown, cx.now()).map_err(refused)? {
        Some(proof) if !sender::is_first(cx, &proof).await? => {
            Err(refused(OAuthError::new(OAuthCode::InvalidDpopProof, "the DPoP proof was used before")))
        }
        _ => Ok(()),
    }
}
