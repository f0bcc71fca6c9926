//! Logout that a client asks for (OpenID Connect RP-Initiated Logout 1.0): is the person asked, and where do they go then?

use jose::{Algorithm, Expected, JwkSet, verify_with};
use serde::Deserialize;
use url::Url;

use crate::{error::OAuthError, jwt::Audience, metadata::ClientMetadata, parameters::Parameters};

/// What the request says (section 2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    pub id_token_hint: Option<String>,
    pub client_id: Option<String>,
    pub post_logout_redirect_uri: Option<String>,
    pub state: Option<String>,
    pub logout_hint: Option<String>,
    pub ui_locales: Option<String>,
}

/// An ID token of ours, which may have expired long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutHint {
    /// As that client knows the person.
    pub sub: String,
    pub sid: Option<String>,
    pub client_id: String,
}

/// What `id_token_hint` turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HintVerdict {
    Absent,
    /// Not of this issuer and one of its clients: whoever sent it has proven nothing.
    Bad,
    Good(LogoutHint),
}

/// The session of the browser that the request came with, as the client of the hint knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndingSession<'a> {
    pub sub: &'a str,
    pub sid: &'a str,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutDecision {
    /// The person says whether they meant it, lest any page sign them out.
    pub must_ask: bool,
    /// Where the browser goes when the session is over; without, a page of the server's own says that it is.
    pub redirect_to: Option<String>,
}

impl LogoutRequest {
    pub fn read(parameters: &Parameters) -> Self {
        let get = |name| parameters.get(name).map(str::to_owned);
        Self {
            id_token_hint: get("id_token_hint"),
            client_id: get("client_id"),
            post_logout_redirect_uri: get("post_logout_redirect_uri"),
            state: get("state"),
            logout_hint: get("logout_hint"),
            ui_locales: get("ui_locales"),
        }
    }

    /// The client that the request comes from, to be looked up. The one that is named is the one of the hint.
    pub fn client_id<'a>(&'a self, hint: &'a HintVerdict) -> Result<Option<&'a str>, OAuthError> {
        match (self.client_id.as_deref(), hint) {
            (Some(named), HintVerdict::Good(hint)) if named != hint.client_id => {
                Err(OAuthError::invalid_request("client_id is not that of the ID token"))
            }
            (None, HintVerdict::Good(hint)) => Ok(Some(&hint.client_id)),
            (named, _) => Ok(named),
        }
    }

    /// Decides; a refusal is an error page, and the session stays.
    ///
    /// The address is one of those registered, byte for byte. Without a good hint the person is asked; with a bad one there is no
    /// way back to a client that may not be the sender (section 2; the hint's client is then unknown).
    pub fn decide(
        &self,
        hint: &HintVerdict,
        client: Option<&ClientMetadata>,
        session: Option<EndingSession<'_>>,
    ) -> Result<LogoutDecision, OAuthError> {
        let is_meant = match (hint, session) {
            (HintVerdict::Good(hint), Some(session)) => {
                hint.sub == session.sub && hint.sid.as_deref().is_none_or(|sid| sid == session.sid)
            }
            (HintVerdict::Good(_), None) => true,
            (HintVerdict::Absent | HintVerdict::Bad, _) => false,
        };
        let redirect_to = match (&self.post_logout_redirect_uri, client) {
            _ if *hint == HintVerdict::Bad => None,
            (Some(uri), Some(client)) if client.post_logout_redirect_uris.contains(uri) => Some(self.with_state(uri)?),
            (Some(_), Some(_)) => {
                return Err(OAuthError::invalid_request("post_logout_redirect_uri is not registered for this client"));
            }
            (Some(_) | None, _) => None,
        };
        Ok(LogoutDecision { must_ask: !is_meant, redirect_to })
    }

    fn with_state(&self, uri: &str) -> Result<String, OAuthError> {
        let Some(state) = &self.state else { return Ok(uri.to_owned()) };
        let mut url = Url::parse(uri).map_err(|_| OAuthError::invalid_request("post_logout_redirect_uri is no URI"))?;
        url.query_pairs_mut().append_pair("state", state);
        Ok(url.into())
    }
}

/// Was this ID token issued here? Its time does not matter (section 2). `keys` are all that ID tokens were signed with.
pub fn read_hint(hint: Option<&str>, issuer: &str, keys: &JwkSet) -> HintVerdict {
    #[derive(Deserialize)]
    struct Claims {
        iss: String,
        sub: String,
        aud: Audience,
        azp: Option<String>,
        sid: Option<String>,
        // Every ID token has them (Core 1.0, section 2), and what else is signed for a client, as userinfo, has not.
        exp: i64,
        iat: i64,
    }
    let Some(hint) = hint else { return HintVerdict::Absent };
    let expected = Expected { types: &["JWT"], is_typ_required: false, algorithms: &Algorithm::ALL };
    let claims = verify_with(hint, &expected, keys).and_then(|verified| verified.claims::<Claims>());
    match claims {
        Ok(claims) if claims.iss == issuer && claims.iat <= claims.exp => {
            let client_id =
                claims.azp.filter(|azp| claims.aud.contains(azp)).or_else(|| claims.aud.only().map(str::to_owned));
            client_id.map_or(HintVerdict::Bad, |client_id| {
                HintVerdict::Good(LogoutHint { sub: claims.sub, sid: claims.sid, client_id })
            })
        }
        _ => HintVerdict::Bad,
    }
}

#[cfg(test)]
#[path = "logout_tests.rs"]
mod tests;
