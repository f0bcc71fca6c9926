//! What the sender of a token request holds: a key, by a DPoP proof (RFC 9449), a certificate (RFC 8705), or nothing.

use edge::{Context, DPOP, Failure};
use http::{HeaderName, HeaderValue};
use oauth::{Confirmation, DPOP_MAX_AGE, DpopProof, DpopRules, OAuthCode, OAuthError, Profile};

use super::nonce;
use crate::{
    clients::{Authenticated, profile_of},
    error::refused,
    replays,
};

pub(crate) const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What the tokens of this request are bound to, and what refresh tokens may be held to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sender {
    /// What access tokens are bound to.
    pub(crate) confirmation: Confirmation,
    /// A nonce for the next proof, where this request came with one.
    pub(crate) nonce: Option<HeaderValue>,
}

/// Reads and proves what the request shows. Before the transaction is open.
pub(crate) async fn of(cx: &Context, authenticated: &Authenticated, path: &str) -> Result<Sender, Failure> {
    let client = &authenticated.client;
    let profile = profile_of(cx, client);
    let proof = proof(cx, path, profile).await?;
    let metadata = &client.metadata;
    if metadata.dpop_bound_access_tokens && proof.is_none() {
        return Err(missing("the client is registered for DPoP: send a proof"));
    }
    // A certificate that was shown binds only where the client asked for that, or has no other way to keep to its profile.
    let wants_certificate =
        metadata.tls_client_certificate_bound_access_tokens || (profile == Profile::Fapi2 && proof.is_none());
    let x5t_s256 = authenticated.thumbprint.clone().filter(|_| wants_certificate);
    if metadata.tls_client_certificate_bound_access_tokens && x5t_s256.is_none() {
        return Err(missing("the client is registered for tokens that are bound to its certificate: show it"));
    }
    let nonce = proof.is_some().then(|| nonce::header(cx)).flatten();
    let confirmation = Confirmation { jkt: proof.map(|proof| proof.jkt), x5t_s256 };
    // FAPI 2.0 Security Profile, section 5.3.2.1: only sender-constrained access tokens.
    if profile == Profile::Fapi2 && confirmation.is_none() {
        return Err(missing("the profile of the client asks for a DPoP proof or a certificate"));
    }
    Ok(Sender { confirmation, nonce })
}

/// The DPoP proof, if there is one. It counts once.
pub(crate) async fn proof(cx: &Context, path: &str, profile: Profile) -> Result<Option<DpopProof>, Failure> {
    let Some(proof) = oauth::one_proof(cx.header_values(DPOP)).map_err(refused)? else { return Ok(None) };
    let urls = cx.addresses(path);
    let rules = DpopRules { method: "POST", urls: &urls, access_token: None, max_age: DPOP_MAX_AGE };
    let proof = oauth::verify_proof(proof, &rules, cx.now()).map_err(refused)?;
    // A nonce bounds how long a proof that was made ahead can be used (RFC 9449, section 11.2). It costs each client a second request,
    // so that only the strict profile asks for it.
    let is_required = profile == Profile::Fapi2;
    oauth::check_nonce(proof.nonce.as_deref(), is_required, |nonce| nonce::is_ours(cx, nonce)).map_err(|error| {
        let failure = refused(error);
        match nonce::header(cx) {
            Some(value) => failure.header(DPOP_NONCE, value),
            None => failure,
        }
    })?;
    if is_first(cx, &proof).await? {
        Ok(Some(proof))
    } else {
        Err(refused(OAuthError::new(OAuthCode::InvalidDpopProof, "the DPoP proof was used before")))
    }
}

/// Is the proof shown for the first time (RFC 9449, section 11.1)?
pub(crate) async fn is_first(cx: &Context, proof: &DpopProof) -> Result<bool, Failure> {
    Ok(replays::remember(cx, replays::DPOP, &proof.jkt, &proof.jti, proof.remember_until).await?)
}

fn missing(why: &'static str) -> Failure {
    refused(OAuthError::invalid_request(why))
}

/// A binding as the grant's row keeps it, in the words of the claims.
pub(crate) fn to_row(confirmation: &Confirmation) -> Option<String> {
    let parts = [("jkt:", &confirmation.jkt), ("x5t:", &confirmation.x5t_s256)];
    let parts: Vec<String> =
        parts.into_iter().filter_map(|(name, value)| Some(format!("{name}{}", value.as_ref()?))).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

pub(crate) fn from_row(row: Option<&str>) -> Confirmation {
    let mut confirmation = Confirmation::default();
    for part in row.unwrap_or_default().split(' ') {
        if let Some(jkt) = part.strip_prefix("jkt:") {
            confirmation.jkt = Some(jkt.to_owned());
        } else if let Some(x5t) = part.strip_prefix("x5t:") {
            confirmation.x5t_s256 = Some(x5t.to_owned());
        }
    }
    confirmation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_comes_back_as_it_was_kept() {
        let both = Confirmation { jkt: Some("a".into()), x5t_s256: Some("b".into()) };
        for one in [Confirmation::default(), Confirmation::key("a"), Confirmation::certificate("b"), both] {
            assert_eq!(from_row(to_row(&one).as_deref()), one);
        }
        assert_eq!(to_row(&Confirmation::default()), None);
    }
}
