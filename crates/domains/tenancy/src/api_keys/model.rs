//! What an API key is, and what may be granted to one. Pure.

use kernel::{Actor, Id, Timestamp, permission::is_granted};

use super::ApiKeyError;
use crate::Permissions;

/// A key that is not revoked; it may have expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: Id<Self>,
    pub version: i64,
    pub name: String,
    /// Space-separated permissions.
    pub scopes: String,
    /// The beginning of the secret, to recognise it by.
    pub prefix: String,
    pub previous_expires_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// Within about a minute.
    pub last_used_at: Option<Timestamp>,
    pub created_by: Actor,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A key to be issued, checked.
pub(crate) struct NewApiKey {
    pub(crate) name: String,
    pub(crate) scopes: String,
    pub(crate) expires_at: Option<Timestamp>,
}

const MAX_SCOPES: usize = 200;
/// `pc_sk_` and four of the secret's 43 random digits: enough to tell one's keys apart, no help in guessing the other 39.
const SHOWN: usize = vault::ApiKeySecret::PREFIX.len() + 4;

pub(super) fn prefix(secret: &str) -> String {
    secret.chars().take(SHOWN).collect()
}

/// The scopes as they are stored: known ones, each once, sorted, and none that the creator lacks.
pub(super) fn grant(asked: &[String], held: &str, permissions: &Permissions) -> Result<String, ApiKeyError> {
    if asked.is_empty() || asked.len() > MAX_SCOPES {
        return Err(ApiKeyError::ScopeCount);
    }
    if let Some(index) = asked.iter().position(|scope| !permissions.contains(scope)) {
        return Err(ApiKeyError::UnknownScope { index });
    }
    let mut scopes: Vec<&str> = asked.iter().map(String::as_str).collect();
    scopes.sort_unstable();
    scopes.dedup();
    covers(held, scopes.iter().copied())?;
    Ok(scopes.join(" "))
}

/// Does `held` include all of these? Who has fewer rights than a key may not lay hands on the key's secret either.
pub(super) fn covers<'a>(held: &str, scopes: impl IntoIterator<Item = &'a str>) -> Result<(), ApiKeyError> {
    match scopes.into_iter().find(|scope| !is_granted(held, scope)) {
        Some(scope) => Err(ApiKeyError::ScopeNotHeld { scope: scope.to_owned() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELD: &str = "api-keys:write users:read users:write";

    fn granted(asked: &[&str]) -> Result<String, ApiKeyError> {
        let permissions = Permissions::new(["users:write", "users:read", "settings:write", "api-keys:write"]);
        grant(&asked.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>(), HELD, &permissions)
    }

    #[test]
    fn a_key_is_granted_what_its_creator_holds() {
        assert_eq!(granted(&["users:write", "users:read", "users:write"]).unwrap(), "users:read users:write");
        assert!(
            matches!(granted(&["users:read", "settings:write"]), Err(ApiKeyError::ScopeNotHeld { scope }) if scope == "settings:write")
        );
    }

    #[test]
    fn what_is_no_permission_is_refused() {
        for scope in ["", "*", "users", "users:*", "users:read users:write", "Users:read", "users:rea", "users:read "] {
            assert!(
                matches!(granted(&["users:read", scope]), Err(ApiKeyError::UnknownScope { index: 1 })),
                "{scope:?}"
            );
        }
        assert!(matches!(granted(&[]), Err(ApiKeyError::ScopeCount)));
        assert!(matches!(granted(&["users:read"; 201]), Err(ApiKeyError::ScopeCount)));
    }

    #[test]
    fn a_key_is_recognised_by_ten_characters() {
        assert_eq!(prefix("pc_sk_abcdefghij"), "pc_sk_abcd");
    }
}
