//! Token exchange (RFC 8693): who may act for whom, and what the new token holds.

use std::time::Duration;

use kernel::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    confirmation::Confirmation,
    error::{OAuthCode, OAuthError},
    exchange::ExchangeRequest,
    metadata::ClientMetadata,
    scope::Scopes,
};

/// How many actors a token may name, one inside the other (section 4.1).
pub const MAX_ACTORS: usize = 4;

/// A token that was verified: its signature or handle, that it was not revoked, that it is this tenant's.
#[derive(Clone, Copy, Debug)]
pub struct TokenParty<'a> {
    pub sub: &'a str,
    /// The client that the token was given to.
    pub client_id: Option<&'a str>,
    /// `None` for a token that has no scopes, such as an ID token: nothing limits beside the client's own.
    pub scopes: Option<&'a Scopes>,
    pub expires_at: Timestamp,
    pub confirmation: Option<&'a Confirmation>,
    /// Who acts already (section 4.1).
    pub act: Option<&'a Value>,
    /// Who may act (section 4.4).
    pub may_act: Option<&'a Value>,
}

/// What becomes of a request that names no actor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutActor {
    Refuse,
    /// The client that asks is named as the one who acts.
    #[default]
    ClientActs,
    /// The new token does not tell that another holds it (section 1.1).
    Impersonate,
}

/// The client that asks, and what the tenant lets it do.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeRules<'a> {
    pub client_id: &'a str,
    pub client: &'a ClientMetadata,
    pub issuer: &'a str,
    pub without_actor: WithoutActor,
    /// What the sender of the request shows: the key of its proof, its certificate.
    pub sender: &'a Confirmation,
    /// Of an access token.
    pub lifetime: Duration,
}

/// What the new token holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    pub sub: String,
    pub act: Option<Value>,
    pub scopes: Scopes,
    pub targets: Vec<String>,
    pub expires_at: Timestamp,
    /// The bindings that the subject's token had: the new one keeps them, beside those that it gets on its own.
    pub confirmation: Option<Confirmation>,
}

/// Decides; a token that does not do is `invalid_request` (section 2.2.2).
pub fn decide_exchange(
    request: &ExchangeRequest,
    subject: &TokenParty<'_>,
    actor: Option<&TokenParty<'_>>,
    rules: &ExchangeRules<'_>,
    now: Timestamp,
) -> Result<Exchanged, OAuthError> {
    if request.actor.is_some() != actor.is_some() {
        return Err(refused("the actor token was not looked at"));
    }
    for party in [Some(subject), actor].into_iter().flatten() {
        if now >= party.expires_at {
            return Err(refused("a token has expired"));
        }
        // Else exchanging it would be a way to be rid of the binding.
        if party.confirmation.is_some_and(|bound| !bound.is_shown_by(rules.sender)) {
            return Err(refused("a token is bound to a key that the sender did not show"));
        }
    }
    let act = decide_actor(subject, actor, rules)?;
    Ok(Exchanged {
        sub: subject.sub.to_owned(),
        act,
        scopes: decide_scopes(request, subject, rules.client)?,
        targets: decide_targets(request, rules.client)?,
        expires_at: subject.expires_at.min(now + rules.lifetime),
        confirmation: subject.confirmation.filter(|bound| !bound.is_none()).cloned(),
    })
}

fn decide_actor(
    subject: &TokenParty<'_>,
    actor: Option<&TokenParty<'_>>,
    rules: &ExchangeRules<'_>,
) -> Result<Option<Value>, OAuthError> {
    let identity = match actor {
        Some(actor) => identity(rules.issuer, actor.sub, actor.client_id),
        None => identity(rules.issuer, rules.client_id, Some(rules.client_id)),
    };
    if subject.may_act.is_some_and(|allowed| !is_allowed(&identity, allowed)) {
        return Err(refused("the subject does not let this actor act"));
    }
    match (actor, rules.without_actor) {
        (None, WithoutActor::Refuse) => return Err(refused("actor_token is missing")),
        // Whoever acts already is not forgotten by leaving the actor out.
        (None, WithoutActor::Impersonate) => return Ok(subject.act.cloned()),
        (Some(_), _) | (None, WithoutActor::ClientActs) => {}
    }
    let mut act = identity;
    if let Some(before) = subject.act {
        act.insert("act".to_owned(), before.clone());
    }
    let act = Value::Object(act);
    if depth(&act) > MAX_ACTORS {
        return Err(refused("too many actors stand one behind the other"));
    }
    Ok(Some(act))
}

fn identity(issuer: &str, sub: &str, client_id: Option<&str>) -> Map<String, Value> {
    let mut identity = Map::from_iter([("iss".to_owned(), json!(issuer)), ("sub".to_owned(), json!(sub))]);
    if let Some(client_id) = client_id {
        identity.insert("client_id".to_owned(), json!(client_id));
    }
    identity
}

/// Every claim of `may_act` is one of the actor's, and at least one of them says who it is.
fn is_allowed(identity: &Map<String, Value>, may_act: &Value) -> bool {
    let Some(allowed) = may_act.as_object() else { return false };
    let names_one = allowed.contains_key("sub") || allowed.contains_key("client_id");
    names_one && allowed.iter().all(|(name, value)| identity.get(name) == Some(value))
}

fn depth(act: &Value) -> usize {
    std::iter::successors(Some(act), |act| act.get("act")).take(MAX_ACTORS + 1).count()
}

/// Of the scopes that the subject's token and the client both have, those asked for.
fn decide_scopes(
    request: &ExchangeRequest,
    subject: &TokenParty<'_>,
    client: &ClientMetadata,
) -> Result<Scopes, OAuthError> {
    let available = match subject.scopes {
        Some(scopes) => scopes.clone().only(|scope| client.allowed_scopes.iter().any(|known| known == scope)),
        None => Scopes::default_of(client),
    };
    let Some(wanted) = &request.scopes else { return Ok(available) };
    let available: Vec<_> = available.iter().map(str::to_owned).collect();
    wanted.clone().narrow(&available, client.scope_mode)
}

fn decide_targets(request: &ExchangeRequest, client: &ClientMetadata) -> Result<Vec<String>, OAuthError> {
    if request.targets.iter().all(|target| client.allowed_resources.contains(target)) {
        return Ok(request.targets.clone());
    }
    Err(OAuthError::new(OAuthCode::InvalidTarget, "resource or audience is not one of those that may be asked for"))
}

fn refused(why: &'static str) -> OAuthError {
    OAuthError::invalid_request(why)
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
