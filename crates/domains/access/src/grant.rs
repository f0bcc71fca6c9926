//! Which words a role or a group may carry, and who may put them there: nobody gives what they don't hold themselves.
//!
//! This server's own permissions open this server's own API, so that they are given only by who holds them. All other words are the
//! application's: it alone knows what they open.

use edge::{Context, Failure};
use kernel::{Refusal, permission::is_granted};
use macros::Refusals;
use tenancy::Permissions;

/// Why words can't be given.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum GrantError {
    /// The caller does not hold one of the permissions.
    #[error("You don't hold `{word}` yourself.")]
    #[refusal(Forbidden, "scope_not_held")]
    NotHeld { word: String },
    /// A field is not valid.
    #[error("{0}")]
    #[refusal(transparent)]
    Field(Refusal),
}

pub(crate) const MOST_WORDS: usize = 100;
const MAX_WORD_BYTES: usize = 100;

/// The resources of this server's own API, those of later versions among them: a word of the application that names one today would be a
/// permission tomorrow, given by somebody who doesn't hold it.
const OWN_RESOURCES: [&str; 38] = [
    "api-keys",
    "applications",
    "audit",
    "authz",
    "billing",
    "clients",
    "compliance",
    "consent",
    "dashboard",
    "entitlements",
    "features",
    "federation",
    "governance",
    "groups",
    "hooks",
    "impersonation",
    "invitations",
    "locations",
    "me",
    "monetization",
    "oauth",
    "organizations",
    "plans",
    "profile",
    "provisioning",
    "resources",
    "risk",
    "roles",
    "scim",
    "security",
    "service-accounts",
    "sessions",
    "settings",
    "sso",
    "system",
    "tokens",
    "users",
    "webhooks",
];

/// Where words will count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In the whole application.
    Application,
    /// In one organization: nothing there opens this server's own API.
    Organization,
}

/// The words as they are kept: each once, sorted, all well formed, and none of this server's that the caller doesn't hold.
pub(crate) async fn checked(
    cx: &Context,
    field: &'static str,
    words: &[String],
    reach: Reach,
) -> Result<String, Failure> {
    let text =
        well_formed(field, words, |word| cx.part::<Permissions>().contains(word), reach).map_err(GrantError::Field)?;
    must_hold(cx, [text.as_str()]).await?;
    Ok(text)
}

/// May the caller hand these on? Asked wherever somebody is given a role or a group that has them, and before a transaction is open: what
/// an account holds is read.
pub(crate) async fn must_hold<'a>(cx: &Context, words: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
    let permissions = cx.part::<Permissions>();
    let own = words.into_iter().flat_map(|text| text.split(' ')).filter(|word| permissions.contains(word));
    let own: Vec<&str> = own.collect();
    if own.is_empty() {
        return Ok(());
    }
    let held = tenancy::api_keys::held(cx).await?;
    match own.into_iter().find(|word| !is_granted(&held, word)) {
        Some(word) => Err(GrantError::NotHeld { word: word.to_owned() }.into()),
        None => Ok(()),
    }
}

/// Space-separated words, one by one.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Does the word name a resource of this server's own?
pub(crate) fn is_own(word: &str) -> bool {
    word.split(':').next().is_some_and(|resource| OWN_RESOURCES.contains(&resource))
}

fn well_formed(
    field: &'static str,
    words: &[String],
    is_permission: impl Fn(&str) -> bool,
    reach: Reach,
) -> Result<String, Refusal> {
    if words.len() > MOST_WORDS {
        return Err(Refusal::validation(field, "too_many", format!("{MOST_WORDS} at most.")));
    }
    for (index, word) in words.iter().enumerate() {
        let flaw = |code, message: &str| Refusal::validation(format!("{field}.{index}"), code, message.to_owned());
        if !is_word(word) {
            return Err(flaw(
                "invalid",
                "`resource:action` in lower-case letters, digits, `-`, `_` and `.`, 100 bytes at most.",
            ));
        }
        let is_own = is_own(word);
        match reach {
            Reach::Organization if is_own => {
                return Err(flaw("reserved", "This server's own permissions are not held within an organization."));
            }
            _ if is_own && !is_permission(word) => {
                return Err(flaw("reserved", "This resource is the server's own, and has no such permission."));
            }
            _ => {}
        }
    }
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    Ok(words.join(" "))
}

/// `resource:action`, with more parts where the application likes.
fn is_word(word: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte))
    };
    word.len() <= MAX_WORD_BYTES && word.contains(':') && word.split(':').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &[&str], reach: Reach) -> Result<String, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let is_permission = |word: &str| word == "users:read";
        well_formed("permissions", &words, is_permission, reach).map_err(|refusal| {
            refusal.fields.first().map(|flaw| format!("{} {}", flaw.field, flaw.code)).unwrap_or_default()
        })
    }

    #[test]
    fn words_are_kept_once_and_in_order() {
        let words = ["tickets:write", "users:read", "tickets:read", "tickets:write", "eu.books:ledger:close"];
        assert_eq!(
            text(&words, Reach::Application).unwrap(),
            "eu.books:ledger:close tickets:read tickets:write users:read"
        );
        assert_eq!(text(&[], Reach::Organization).unwrap(), "");
    }

    #[test]
    fn what_is_no_word_or_may_become_a_permission_is_refused() {
        for word in [
            "",
            "tickets",
            ":",
            "a:",
            ":a",
            "Tickets:read",
            "a:b c",
            "tickets:*",
            "a:b\n",
            "ä:b",
            "-a:b",
            &format!("a:{}", "b".repeat(99)),
        ] {
            assert_eq!(text(&["a:b", word], Reach::Application).unwrap_err(), "permissions.1 invalid", "{word:?}");
        }
        for word in ["users:conquer", "webhooks:write", "me:read", "billing:read"] {
            assert_eq!(text(&[word], Reach::Application).unwrap_err(), "permissions.0 reserved", "{word}");
        }
        assert_eq!(text(&["users:read"], Reach::Organization).unwrap_err(), "permissions.0 reserved");
        assert!(text(&vec!["a:b"; 101], Reach::Application).unwrap_err().ends_with("too_many"));
    }
}
