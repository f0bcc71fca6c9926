//! The conversation behind the person's back: a code for tokens, tokens for a person.

use deliver::{Answer, Call, Outbound, OutboundError};
use edge::Context;
use kernel::Secret;
use serde_json::Value;

use super::{
    cache::UpstreamCache,
    catalogue::{ClientAuthentication, Dialect},
    connection::{Connection, Voucher},
    error::SocialError,
    id_token::{self, Expected, IdTokenFlaw},
    issuer::IssuerRule,
    keys,
    person::{self, NoSubject, UpstreamPerson},
    tokens::UpstreamTokens,
};

/// What of this very sign-in the provider's answer is held against.
pub(crate) struct Bound<'a> {
    pub(crate) callback: &'a str,
    pub(crate) verifier: &'a str,
    pub(crate) nonce: &'a str,
}

/// A cause for the log; the person learns that the provider's answer was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamFlaw {
    #[error("{0}")]
    Outbound(#[from] OutboundError),
    #[error("the provider refused the code: {0}")]
    Refused(String),
    #[error("the answer is not JSON that means one thing")]
    Malformed,
    #[error("the answer lacks `{0}`")]
    Lacks(&'static str),
    #[error("the ID token is refused: {0}")]
    IdToken(#[from] IdTokenFlaw),
    #[error("{0}")]
    NoSubject(#[from] NoSubject),
    #[error("the user info is another person's")]
    OtherPerson,
    #[error("{0}")]
    Social(#[from] SocialError),
}

const MAX_ANSWER: usize = 128 * 1_024;
const MAX_DEPTH: usize = 16;

/// Whom the code speaks for (RFC 6749, section 4.1.3).
pub(crate) async fn redeem(
    cx: &Context,
    connection: &Connection,
    code: &Secret,
    bound: &Bound<'_>,
) -> Result<(UpstreamPerson, UpstreamTokens), UpstreamFlaw> {
    let answer = exchange(cx, connection, code, bound).await?;
    let tokens = UpstreamTokens::read(&answer, cx.now());
    let person = match &connection.voucher {
        Voucher::IdToken { issuer, keys, user_info, echoes_nonce, .. } => {
            let id_token = answer.get("id_token").and_then(Value::as_str).ok_or(UpstreamFlaw::Lacks("id_token"))?;
            let expected = Expected {
                issuer,
                client_id: &connection.provider.client_id,
                nonce: echoes_nonce.then_some(bound.nonce),
                access_token: tokens.access_token.as_ref().map(Secret::reveal),
                now: cx.now(),
            };
            let mut claims = proven_claims(cx, keys, id_token, &expected).await?;
            if let (Some(url), Some(token), None) = (user_info, &tokens.access_token, claims.get("email")) {
                add_user_info(cx, url, token, &mut claims).await?;
            }
            of_claims(issuer, &claims)?
        }
        Voucher::Profile { url, emails, dialect } => {
            let token = tokens.access_token.as_ref().ok_or(UpstreamFlaw::Lacks("access_token"))?;
            profile(cx, url, *emails, *dialect, token).await?
        }
    };
    Ok((person, tokens))
}

async fn exchange(
    cx: &Context,
    connection: &Connection,
    code: &Secret,
    bound: &Bound<'_>,
) -> Result<Value, UpstreamFlaw> {
    let secret = connection.client_secret(cx)?;
    let client_id = connection.provider.client_id.as_str();
    let mut form =
        vec![("grant_type", "authorization_code"), ("code", code.reveal()), ("redirect_uri", bound.callback)];
    if connection.facts.takes_pkce {
        form.push(("code_verifier", bound.verifier));
    }
    let call = Call::post(&connection.token).header("accept", "application/json").at_most(MAX_ANSWER);
    let call = match (&secret, connection.client) {
        (Some(secret), ClientAuthentication::Basic) => {
            call.form(&form).basic(&escaped(client_id), &escaped_secret(secret))
        }
        (Some(secret), ClientAuthentication::Post | ClientAuthentication::AppleJwt) => {
            form.extend([("client_id", client_id), ("client_secret", secret.reveal())]);
            call.form(&form)
        }
        (None, _) => {
            form.push(("client_id", client_id));
            call.form(&form)
        }
    };
    let answer = cx.part::<Outbound>().send(call).await?;
    let body = json(&answer)?;
    // Some answer 200 with an error inside.
    match body.get("error") {
        None | Some(Value::Null) if answer.is_success() => Ok(body),
        found => Err(UpstreamFlaw::Refused(word(found))),
    }
}

/// The claims of an ID token that holds; the issuer's keys are read again where they lack the one that it names.
async fn proven_claims(
    cx: &Context,
    url: &str,
    id_token: &str,
    expected: &Expected<'_>,
) -> Result<Value, UpstreamFlaw> {
    let kid = jose::peek_kid(id_token).ok();
    let cache = cx.part::<UpstreamCache>();
    let set = cache.keys(cx, url, |set| keys::find(set, kid.as_deref()).is_some()).await?;
    Ok(id_token::verify(id_token, expected, |kid| keys::find(&set.document, kid))?)
}

/// What the ID token lacks. The user info must be of the same person (OpenID Connect Core 1.0, section 5.3.2), and adds only.
async fn add_user_info(cx: &Context, url: &str, token: &Secret, claims: &mut Value) -> Result<(), UpstreamFlaw> {
    let more = get(cx, url, token).await?;
    if more.get("sub").is_none() || more.get("sub") != claims.get("sub") {
        return Err(UpstreamFlaw::OtherPerson);
    }
    let (Some(claims), Value::Object(more)) = (claims.as_object_mut(), more) else {
        return Err(UpstreamFlaw::Malformed);
    };
    // The word on the address comes from where the address comes from.
    claims.remove("email_verified");
    for (name, value) in more {
        claims.entry(name).or_insert(value);
    }
    Ok(())
}

fn of_claims(issuer: &IssuerRule, claims: &Value) -> Result<UpstreamPerson, NoSubject> {
    let person = person::of_claims(claims)?;
    Ok(UpstreamPerson { subject: issuer.subject(claims, &person.subject), ..person })
}

async fn profile(
    cx: &Context,
    url: &str,
    emails: Option<&str>,
    dialect: Dialect,
    token: &Secret,
) -> Result<UpstreamPerson, UpstreamFlaw> {
    let profile = get(cx, url, token).await?;
    let emails = match emails {
        // An application may have asked for no addresses; the person is known without.
        Some(url) => get(cx, url, token).await.ok(),
        None => None,
    };
    Ok(person::of_profile(dialect, &profile, emails.as_ref())?)
}

async fn get(cx: &Context, url: &str, token: &Secret) -> Result<Value, UpstreamFlaw> {
    let call = Call::get(url).header("accept", "application/json").bearer(token).at_most(MAX_ANSWER);
    json(&cx.part::<Outbound>().send(call).await?.success()?)
}

fn json(answer: &Answer) -> Result<Value, UpstreamFlaw> {
    jose::parse_strict(&answer.body, MAX_DEPTH).map_err(|_| UpstreamFlaw::Malformed)
}

/// An error code for the log, as far as it is one.
fn word(value: Option<&Value>) -> String {
    let text = value.and_then(Value::as_str).unwrap_or("no reason given");
    text.chars().filter(|letter| letter.is_ascii_graphic() || *letter == ' ').take(80).collect()
}

/// Basic credentials are form-encoded first (RFC 6749, section 2.3.1).
fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn escaped_secret(secret: &Secret) -> Secret {
    Secret::new(escaped(secret.reveal()))
}
