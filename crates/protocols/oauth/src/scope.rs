//! Scopes (RFC 6749, section 3.3): what a client asks for, cut down to what it may have.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    error::{OAuthCode, OAuthError},
    metadata::ClientMetadata,
    names::{GrantType, ScopeMode},
    prompt::{Prompt, Prompts},
};

pub const OPENID: &str = "openid";
pub const PROFILE: &str = "profile";
pub const EMAIL: &str = "email";
pub const PHONE: &str = "phone";
pub const ADDRESS: &str = "address";
pub const OFFLINE_ACCESS: &str = "offline_access";
/// Those that OpenID Connect Core 1.0 gives a meaning (sections 5.4 and 11).
pub const OPENID_SCOPES: [&str; 6] = [OPENID, PROFILE, EMAIL, PHONE, ADDRESS, OFFLINE_ACCESS];

const MAX_BYTES: usize = 2_048;
const MAX_SCOPES: usize = 64;

/// Scope tokens in the order of the request, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Tokens of printable ASCII without quote and backslash, parted by spaces. Nothing is an error of this rule but their look.
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        if text.len() > MAX_BYTES {
            return Err(invalid("scope is too long"));
        }
        let mut scopes: Vec<String> = Vec::new();
        for scope in text.split(' ').filter(|scope| !scope.is_empty()) {
            if !is_scope_token(scope) {
                return Err(invalid("scope has characters that it may not have"));
            }
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        if scopes.len() > MAX_SCOPES {
            return Err(invalid("there are too many scopes"));
        }
        Ok(Self(scopes))
    }

    /// What a request without `scope` means: all that the client is registered for, but nothing of OpenID Connect. A request becomes
    /// one of that protocol by asking for it (Core 1.0, section 3.1.2.1), never by leaving something out.
    pub fn default_of(client: &ClientMetadata) -> Self {
        let plain = client.allowed_scopes.iter().filter(|scope| !OPENID_SCOPES.contains(&scope.as_str()));
        Self(plain.filter(|scope| is_scope_token(scope)).cloned().collect())
    }

    /// What of it the client may have. Nothing left is `invalid_scope` in both modes: a token for nothing is a mistake.
    pub fn narrow(self, allowed: &[String], mode: ScopeMode) -> Result<Self, OAuthError> {
        let before = self.0.len();
        let left = self.only(|scope| allowed.iter().any(|known| known == scope));
        if left.is_empty() || (mode == ScopeMode::Strict && left.0.len() < before) {
            return Err(invalid("the client may not ask for one of these scopes"));
        }
        Ok(left)
    }

    /// The scopes of a token that is made from this grant: those asked for, or all of it. Never more (RFC 6749, section 6).
    pub fn within(&self, requested: Option<&str>) -> Result<Self, OAuthError> {
        let Some(requested) = requested else { return Ok(self.clone()) };
        let requested = Self::parse(requested)?;
        if requested.is_empty() || !requested.is_subset_of(self) {
            return Err(invalid("scope is more than what was granted"));
        }
        Ok(requested)
    }

    #[must_use]
    pub fn only(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|scope| keep(scope));
        self
    }

    #[must_use]
    pub fn with(mut self, scope: &str) -> Self {
        if is_scope_token(scope) && !self.contains(scope) {
            self.0.push(scope.to_owned());
        }
        self
    }

    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|known| known == scope)
    }

    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.0.iter().all(|scope| other.contains(scope))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is it a request of OpenID Connect (Core 1.0, section 3.1.2.1)?
    pub fn is_openid(&self) -> bool {
        self.contains(OPENID)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Without `offline_access` where it has to be ignored (OpenID Connect Core 1.0, section 11): the client can do nothing with a
    /// refresh token, or the person is not asked. `is_policy` says that something else than `prompt=consent` stands for that: a
    /// consent page that is always shown, or an application of the tenant's own.
    #[must_use]
    pub fn without_idle_offline_access(self, client: &ClientMetadata, prompts: &Prompts, is_policy: bool) -> Self {
        let is_heard = client.may(GrantType::RefreshToken) && (prompts.contains(Prompt::Consent) || is_policy);
        self.only(|scope| scope != OFFLINE_ACCESS || is_heard)
    }

    /// Does a refresh token belong to this grant? Only where `offline_access` was granted.
    pub fn is_refreshable(&self, client: &ClientMetadata) -> bool {
        self.contains(OFFLINE_ACCESS) && client.may(GrantType::RefreshToken)
    }
}

fn is_scope_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidScope, description)
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl TryFrom<String> for Scopes {
    type Error = OAuthError;

    fn try_from(text: String) -> Result<Self, OAuthError> {
        Self::parse(&text)
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Scopes {
        Scopes::parse(text).unwrap()
    }

    fn client(grants: &[GrantType]) -> ClientMetadata {
        let allowed_scopes = ["openid", "offline_access", "a", "b"].map(str::to_owned).to_vec();
        ClientMetadata { grant_types: grants.to_vec(), allowed_scopes, ..ClientMetadata::default() }
    }

    #[test]
    fn scopes_keep_their_order_and_stand_once() {
        assert_eq!(scopes("b a  b openid ").to_string(), "b a openid");
        assert!(scopes("").is_empty());
        for bad in ["a\"b", "a\\b", "a\tb", "a\nb", "é", "a\u{7f}"] {
            assert_eq!(Scopes::parse(bad).unwrap_err().code, OAuthCode::InvalidScope, "{bad:?}");
        }
        let many = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        assert!(Scopes::parse(&many(64)).is_ok());
        assert!(Scopes::parse(&many(65)).is_err());
        assert!(Scopes::parse(&"a".repeat(2_049)).is_err());
    }

    #[test]
    fn a_client_gets_what_it_is_registered_for() {
        let allowed = ["a".to_owned(), "b".to_owned()];
        for (requested, mode, expected) in [
            ("a", ScopeMode::Strict, Some("a")),
            ("b a", ScopeMode::Strict, Some("b a")),
            ("a c", ScopeMode::Strict, None),
            ("a c", ScopeMode::Permissive, Some("a")),
            ("c", ScopeMode::Permissive, None),
            ("", ScopeMode::Strict, None),
            ("", ScopeMode::Permissive, None),
            ("A", ScopeMode::Strict, None),
        ] {
            let narrowed = scopes(requested).narrow(&allowed, mode).ok();
            assert_eq!(narrowed.map(String::from).as_deref(), expected, "{requested} {mode}");
        }
        assert_eq!(Scopes::default_of(&client(&[])).to_string(), "a b");
    }

    #[test]
    fn a_token_never_has_more_than_its_grant() {
        let granted = scopes("a b offline_access");
        for (requested, expected) in [
            (None, Some("a b offline_access")),
            (Some("b"), Some("b")),
            (Some("b a"), Some("b a")),
            (Some("b c"), None),
            (Some(" "), None),
            (Some("\""), None),
        ] {
            assert_eq!(granted.within(requested).ok().map(String::from).as_deref(), expected, "{requested:?}");
        }
    }

    #[test]
    fn offline_access_needs_a_use_and_a_consent() {
        let consent = Prompts::parse("consent").unwrap();
        for (grants, prompts, is_policy, is_kept) in [
            (&[GrantType::RefreshToken][..], &consent, false, true),
            (&[GrantType::RefreshToken], &Prompts::default(), false, false),
            (&[GrantType::RefreshToken], &Prompts::default(), true, true),
            (&[GrantType::AuthorizationCode], &consent, true, false),
        ] {
            let client = client(grants);
            let kept = scopes("openid offline_access").without_idle_offline_access(&client, prompts, is_policy);
            assert_eq!(kept.contains(OFFLINE_ACCESS), is_kept);
            assert_eq!(kept.is_refreshable(&client), is_kept);
            assert!(kept.is_openid());
        }
    }

    #[test]
    fn scopes_are_stored_as_text() {
        assert_eq!(serde_json::to_string(&scopes("a b")).unwrap(), r#""a b""#);
        assert_eq!(serde_json::from_str::<Scopes>(r#""a b""#).unwrap(), scopes("a b"));
    }
}
