//! Request objects (RFC 9101; OpenID Connect Core 1.0, section 6; FAPI 2.0 Message Signing, section 5.3): the parameters of a
//! request as a JWT of the client.

use std::time::Duration;

use jose::{Algorithm, Expected, JoseError, JwkSet, Verified, read_unsecured, verify_with};
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    algorithms::narrowed,
    error::{OAuthCode, OAuthError},
    jwt::{Audience, LEEWAY, Times},
    metadata::ClientMetadata,
    names::Profile,
    parameters::Parameters,
};

const TYPES: [&str; 2] = ["oauth-authz-req+jwt", "JWT"];
/// FAPI 2.0 Message Signing, section 5.3.1: `nbf` is no older, and `exp` no later after it.
const FAPI2_SPAN: Duration = Duration::from_hours(1);
/// Claims of the JWT itself, which are no parameters (RFC 7519, section 4.1).
const OF_THE_JWT: [&str; 7] = ["iss", "aud", "exp", "nbf", "iat", "jti", "sub"];
/// Parameters whose value is JSON: they are objects here and text in a query (OpenID Connect Core 1.0, section 6.1; RFC 9396,
/// section 2).
const OF_JSON: [&str; 2] = ["claims", "authorization_details"];

/// What counts beside the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectMode {
    /// Nothing (RFC 9101, section 6.3).
    Jar,
    /// What the object does not say (OpenID Connect Core 1.0, section 6.1).
    OpenId,
}

/// Whom the object must come from and be meant for.
#[derive(Clone, Copy, Debug)]
pub struct RequestObjectRules<'a> {
    pub client_id: &'a str,
    pub keys: &'a JwkSet,
    /// `request_object_signing_alg`.
    pub algorithm: Option<Algorithm>,
    pub profile: Profile,
    pub issuer: &'a str,
    pub mode: ObjectMode,
    /// An object without a signature says no more than the query that brings it. A client that registered an algorithm signs.
    pub is_unsigned_allowed: bool,
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    aud: Option<Audience>,
    sub: Option<String>,
    #[serde(flatten)]
    times: Times,
}

/// The parameters that the object stands for. All refusals are `invalid_request_object`.
pub fn read_request_object(
    object: &str,
    outside: &Parameters,
    rules: &RequestObjectRules<'_>,
    now: Timestamp,
) -> Result<Parameters, OAuthError> {
    let verified = verify(object, rules).map_err(|_| refused("its signature, type or algorithm does not hold"))?;
    let claims: Claims = verified.claims().map_err(|_| refused("its claims can not be read"))?;
    check_claims(&claims, rules).and_then(|()| check_times(claims.times, rules.profile, now)).map_err(refused)?;
    let members: Map<String, Value> = verified.claims().map_err(|_| refused("its claims can not be read"))?;
    check_members(&members, outside, rules).map_err(refused)?;

    let mut pairs = Vec::new();
    for (name, value) in &members {
        if !OF_THE_JWT.contains(&name.as_str()) {
            write(name, value, &mut pairs)?;
        }
    }
    if rules.mode == ObjectMode::OpenId {
        let more = outside
            .pairs()
            .iter()
            .filter(|(name, _)| !members.contains_key(name) && name != "request" && name != "request_uri");
        pairs.extend(more.cloned());
    }
    if !pairs.iter().any(|(name, _)| name == "client_id") {
        pairs.push(("client_id".to_owned(), rules.client_id.to_owned()));
    }
    Parameters::from_pairs(pairs)
}

/// Is the object at this address one that was registered ahead? The fragment belongs to it: it is the digest of what is there.
pub fn is_registered_request_uri(uri: &str, client: &ClientMetadata) -> bool {
    client.request_uris.iter().any(|known| known == uri)
}

fn verify(object: &str, rules: &RequestObjectRules<'_>) -> Result<Verified, JoseError> {
    let may_be_unsigned = rules.is_unsigned_allowed && rules.algorithm.is_none() && rules.profile != Profile::Fapi2;
    if may_be_unsigned && let Ok(read) = read_unsecured(object, &TYPES) {
        return Ok(read);
    }
    let algorithms = narrowed(rules.algorithm, rules.profile);
    let expected = Expected { types: &TYPES, is_typ_required: false, algorithms: &algorithms };
    verify_with(object, &expected, rules.keys)
}

fn check_claims(claims: &Claims, rules: &RequestObjectRules<'_>) -> Result<(), &'static str> {
    // RFC 9101, section 4, recommends both; FAPI 2.0 Message Signing, section 5.3.2, asks for them.
    let must_say = rules.profile == Profile::Fapi2;
    if !claims.iss.as_deref().map_or(!must_say, |iss| iss == rules.client_id) {
        return Err("iss is not the client");
    }
    if !claims.aud.as_ref().map_or(!must_say, |aud| aud.contains(rules.issuer)) {
        return Err("aud is not this issuer");
    }
    // Otherwise it could be taken for a client assertion (RFC 9101, section 10.8).
    if claims.sub.as_deref() == Some(rules.client_id) {
        return Err("sub is the client");
    }
    Ok(())
}

fn check_times(times: Times, profile: Profile, now: Timestamp) -> Result<(), &'static str> {
    let [exp, nbf, iat] = [times.exp, times.nbf, times.iat].map(|time| time.map(Timestamp::from_seconds));
    if exp.is_some_and(|exp| now >= exp + LEEWAY) {
        return Err("it has expired");
    }
    if [nbf, iat].into_iter().flatten().any(|time| time > now + LEEWAY) {
        return Err("nbf or iat is ahead");
    }
    if profile == Profile::Fapi2 {
        let (exp, nbf) = exp.zip(nbf).ok_or("exp or nbf is missing")?;
        if nbf + FAPI2_SPAN < now || exp > nbf + FAPI2_SPAN {
            return Err("it lives for more than an hour");
        }
    }
    Ok(())
}

fn check_members(
    members: &Map<String, Value>,
    outside: &Parameters,
    rules: &RequestObjectRules<'_>,
) -> Result<(), &'static str> {
    if ["request", "request_uri"].iter().any(|name| members.contains_key(*name)) {
        return Err("it holds another one");
    }
    let must_name = rules.mode == ObjectMode::Jar;
    if !members.get("client_id").map_or(!must_name, |inside| inside == rules.client_id)
        || outside.get("client_id").is_some_and(|outside| outside != rules.client_id)
    {
        return Err("client_id is not the same inside and outside");
    }
    // OpenID Connect Core 1.0, section 6.1: OAuth needs it outside, and then it is the same.
    let response_type = outside.get("response_type").filter(|_| rules.mode == ObjectMode::OpenId);
    match (members.get("response_type"), response_type) {
        (Some(inside), Some(outside)) if inside != outside => Err("response_type is not the same inside and outside"),
        _ => Ok(()),
    }
}

/// A member as a query would have it. JSON stays JSON, a list of texts is a parameter that stands several times.
fn write(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) -> Result<(), OAuthError> {
    let mut push = |text: String| pairs.push((name.to_owned(), text));
    match value {
        Value::Null => {}
        Value::String(text) => push(text.clone()),
        Value::Number(_) | Value::Bool(_) => push(value.to_string()),
        Value::Array(_) | Value::Object(_) if OF_JSON.contains(&name) => push(value.to_string()),
        Value::Array(texts) => {
            for text in texts {
                push(text.as_str().ok_or_else(|| refused("a parameter is no text"))?.to_owned());
            }
        }
        Value::Object(_) => return Err(refused("a parameter is no text")),
    }
    Ok(())
}

fn refused(why: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidRequestObject, format!("the request object is refused: {why}"))
}

#[cfg(test)]
#[path = "request_object_tests.rs"]
mod tests;
