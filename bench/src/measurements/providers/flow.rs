//! The authorization code flow, as one browser and one client go through it.

use anyhow::{Context, Result};

use super::side::{REDIRECT, Side};
use crate::http::{Client, Reply, Request, text_field};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(super) const TOKEN: &str = "/oauth2/token";

/// What the flow brought.
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
    /// Of the reply, in bytes.
    pub(super) length: usize,
}

/// The path of the request that a browser brings.
pub(super) fn authorization(side: &Side, wants_jwt: bool) -> String {
    let more = if wants_jwt { side.for_jwts } else { "" };
    format!(
        "/oauth2/authorize?response_type=code&client_id={}&redirect_uri={}&scope=openid%20profile%20email&state=af0ifjsldkj\
         &nonce=n-0S6_WzA2Mj&code_challenge={CHALLENGE}&code_challenge_method=S256{more}",
        side.web.id,
        escaped(REDIRECT),
    )
}

/// The form that redeems a code.
pub(super) fn redemption(code: &str) -> String {
    format!("grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}", escaped(REDIRECT))
}

/// The code that a redirect carries to the client.
pub(super) fn code<'a>(reply: &Reply<'a>) -> Result<&'a str> {
    let location = reply.location()?;
    let query = location.strip_prefix(REDIRECT).and_then(|rest| rest.strip_prefix('?'));
    let code = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("code=")));
    code.with_context(|| format!("no code, but {location}"))
}

pub(super) fn access_token(reply: Reply<'_>) -> Result<String> {
    reply.expect(200)?;
    Ok(text_field(reply.body, "access_token")?.to_owned())
}

/// The whole flow.
pub(super) fn tokens(side: &Side, browser: &str, wants_jwt: bool) -> Result<Tokens> {
    let mut client = Client::connect(side.address)?;
    let authorize = Request::get(&authorization(side, wants_jwt)).cookie(browser).to_bytes(side.address);
    let code = client.send(&authorize, |reply| code(&reply).map(str::to_owned))?;
    let redeem = Request::form(TOKEN, &redemption(&code)).basic(&side.web.basic).to_bytes(side.address);
    client.send(&redeem, |reply| {
        reply.expect(200)?;
        text_field(reply.body, "id_token")?;
        Ok(Tokens {
            access: text_field(reply.body, "access_token")?.to_owned(),
            refresh: text_field(reply.body, "refresh_token")?.to_owned(),
            length: reply.body.len(),
        })
    })
}

/// As much of URL escaping as an address needs within a query.
fn escaped(text: &str) -> String {
    text.replace(':', "%3A").replace('/', "%2F")
}
