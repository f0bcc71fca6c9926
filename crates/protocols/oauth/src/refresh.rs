//! What a refresh token that is presented gets (RFC 6749, section 6; RFC 9700, section 4.14.2).

use std::time::Duration;

use kernel::Timestamp;

use crate::{confirmation::Confirmation, error::OAuthError, metadata::ClientMetadata, names::Profile};

/// What is known of the token that was presented, and of the family it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshState<'a> {
    pub client_id: &'a str,
    /// What the family is bound to from its first token on.
    pub confirmation: &'a Confirmation,
    /// When the family ends, by age or by idleness, whichever is first.
    pub expires_at: Timestamp,
    /// The person, an administrator or an earlier reuse ended it.
    pub is_revoked: bool,
    /// `None`: it is the newest of its family.
    pub used: Option<Use<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use<'a> {
    pub at: Timestamp,
    /// What its sender showed then.
    pub by: &'a Confirmation,
    /// Was its successor presented, or is that one itself followed by another? Then the answer arrived.
    pub is_successor_used: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshDecision {
    /// A successor takes its place.
    Rotate,
    /// New access tokens; the refresh token stays.
    Keep,
    /// The answer was lost: the same successor once more.
    SameSuccessor,
    /// It was used before, and not a moment ago by the same sender: one of its two holders is a thief. The family ends.
    Reused,
    Expired,
    Revoked,
    /// Another client's, or without the key it is bound to. The family goes on: its holder did nothing wrong.
    NotTheirs,
}

impl RefreshDecision {
    /// The answer where there are no new tokens (RFC 6749, section 5.2).
    pub fn refusal(self) -> Option<OAuthError> {
        let description = match self {
            Self::Rotate | Self::Keep | Self::SameSuccessor => return None,
            Self::Reused => "the refresh token was used before",
            Self::Expired => "the refresh token has expired",
            Self::Revoked => "the refresh token was revoked",
            Self::NotTheirs => "the refresh token was issued to another client, or for another key",
        };
        Some(OAuthError::invalid_grant(description))
    }
}

/// Does a refresh token change at each use? FAPI 2.0 Security Profile, section 5.3.2.1, says no: there the token is of no use without
/// the client's key, and an answer that is lost must not end the grant. Public clients rotate always.
pub fn rotates(client: &ClientMetadata, profile: Profile) -> bool {
    client.is_public() || profile != Profile::Fapi2
}

/// `sender` is what the client shows now; `grace` is how long after its use a token still brings its successor again, zero for never.
pub fn decide_refresh(
    state: &RefreshState<'_>,
    client_id: &str,
    sender: &Confirmation,
    rotates: bool,
    grace: Duration,
    now: Timestamp,
) -> RefreshDecision {
    if client_id != state.client_id || !state.confirmation.is_shown_by(sender) {
        return RefreshDecision::NotTheirs;
    }
    if state.is_revoked {
        return RefreshDecision::Revoked;
    }
    let is_expired = now >= state.expires_at;
    match &state.used {
        Some(used) if is_retry(used, sender, grace, now) && !is_expired => RefreshDecision::SameSuccessor,
        // Reuse of a token that is too old all the same: whoever has its successors still has to lose them.
        Some(used) if !is_retry(used, sender, grace, now) => RefreshDecision::Reused,
        _ if is_expired => RefreshDecision::Expired,
        _ if rotates => RefreshDecision::Rotate,
        _ => RefreshDecision::Keep,
    }
}

fn is_retry(used: &Use<'_>, sender: &Confirmation, grace: Duration, now: Timestamp) -> bool {
    !grace.is_zero() && now.since(used.at) <= grace && used.by == sender && !used.is_successor_used
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::AuthMethod;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);
    const GRACE: Duration = Duration::from_secs(10);

    #[test]
    fn a_token_is_used_once_but_for_a_lost_answer() {
        use RefreshDecision::{Expired, Keep, NotTheirs, Reused, Revoked, Rotate, SameSuccessor};
        let (bearer, key, other) = (Confirmation::default(), Confirmation::key("a"), Confirmation::key("b"));
        let fresh = RefreshState {
            client_id: "app",
            confirmation: &bearer,
            expires_at: Timestamp::from_seconds(2_000),
            is_revoked: false,
            used: None,
        };
        let used = |at, by, is_successor_used| RefreshState {
            used: Some(Use { at: Timestamp::from_seconds(at), by, is_successor_used }),
            ..fresh.clone()
        };
        let bound = RefreshState { confirmation: &key, ..fresh.clone() };
        let over = Timestamp::from_seconds(1_000);
        for (state, client, sender, rotates, expected) in [
            (fresh.clone(), "app", &bearer, true, Rotate),
            (fresh.clone(), "app", &key, true, Rotate),
            (fresh.clone(), "app", &bearer, false, Keep),
            (fresh.clone(), "other", &bearer, true, NotTheirs),
            (bound.clone(), "app", &key, true, Rotate),
            (bound.clone(), "app", &other, true, NotTheirs),
            (bound, "app", &bearer, true, NotTheirs),
            (RefreshState { is_revoked: true, ..fresh.clone() }, "app", &bearer, true, Revoked),
            (RefreshState { is_revoked: true, ..used(999, &bearer, false) }, "app", &bearer, true, Revoked),
            (RefreshState { is_revoked: true, ..fresh.clone() }, "other", &bearer, true, NotTheirs),
            (RefreshState { expires_at: over, ..fresh.clone() }, "app", &bearer, true, Expired),
            (RefreshState { expires_at: over, ..used(999, &bearer, false) }, "app", &bearer, true, Expired),
            (RefreshState { expires_at: over, ..used(1, &bearer, false) }, "app", &bearer, true, Reused),
            (used(1_000, &bearer, false), "app", &bearer, true, SameSuccessor),
            (used(990, &bearer, false), "app", &bearer, true, SameSuccessor),
            (used(989, &bearer, false), "app", &bearer, true, Reused),
            (used(999, &bearer, true), "app", &bearer, true, Reused),
            (used(999, &bearer, false), "other", &bearer, true, NotTheirs),
            (used(999, &key, false), "app", &bearer, true, Reused),
            (used(999, &key, false), "app", &other, true, Reused),
            (used(999, &key, false), "app", &key, true, SameSuccessor),
        ] {
            assert_eq!(decide_refresh(&state, client, sender, rotates, GRACE, NOW), expected, "{state:?} {sender:?}");
        }
        let at_once = used(1_000, &bearer, false);
        assert_eq!(decide_refresh(&at_once, "app", &bearer, true, Duration::ZERO, NOW), Reused);
    }

    #[test]
    fn only_tokens_come_without_a_refusal() {
        for (decision, is_refused) in [
            (RefreshDecision::Rotate, false),
            (RefreshDecision::Keep, false),
            (RefreshDecision::SameSuccessor, false),
            (RefreshDecision::Reused, true),
            (RefreshDecision::Expired, true),
            (RefreshDecision::Revoked, true),
            (RefreshDecision::NotTheirs, true),
        ] {
            assert_eq!(decision.refusal().is_some(), is_refused, "{decision:?}");
        }
    }

    #[test]
    fn only_fapi_2_keeps_its_tokens() {
        for (method, profile, expected) in [
            (AuthMethod::None, Profile::Standard, true),
            (AuthMethod::None, Profile::Fapi2, true),
            (AuthMethod::PrivateKeyJwt, Profile::Fapi2, false),
            (AuthMethod::PrivateKeyJwt, Profile::Standard, true),
            (AuthMethod::None, Profile::Mcp, true),
        ] {
            let client = ClientMetadata { token_endpoint_auth_method: method, ..ClientMetadata::default() };
            assert_eq!(rotates(&client, profile), expected, "{method} {profile}");
        }
    }
}
