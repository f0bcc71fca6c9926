//! What the account that stays takes over from the one that goes, and what of it can't be had twice. Pure.

use identity::users::{Metadata, User, UserState, is_too_large};
use schemars::JsonSchema;
use serde::Serialize;

/// Rows of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "UserMergeMove")]
pub(super) struct Moved {
    /// The kind of thing, as in the export of a user.
    pub(super) kind: &'static str,
    pub(super) count: u64,
}

/// What both have and one can keep: the account that stays keeps its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "UserMergeConflict")]
pub(super) struct Conflict {
    /// The field, or the kind of thing.
    pub(super) field: String,
    /// What the account that stays has.
    pub(super) kept: Option<String>,
    /// What goes with the other account; an email address or phone number that is proven follows as a further one instead.
    pub(super) lost: Option<String>,
}

/// The account that stays, with its gaps filled, and what it could not take over.
pub(super) fn fill(mut target: User, source: &User) -> (User, Vec<Conflict>) {
    let mut conflicts = Vec::new();
    let mut take = |field: &str, own: &mut Option<String>, other: &Option<String>| match (&*own, other) {
        (None, Some(_)) => own.clone_from(other),
        (Some(kept), Some(lost)) if kept != lost => {
            conflicts.push(conflict(field, Some(kept.clone()), Some(lost.clone())));
        }
        _ => {}
    };
    take("username", &mut target.username, &source.username);
    take("external_id", &mut target.external_id, &source.external_id);
    take("name", &mut target.profile.name, &source.profile.name);
    take("given_name", &mut target.profile.given_name, &source.profile.given_name);
    take("family_name", &mut target.profile.family_name, &source.profile.family_name);
    take("picture", &mut target.profile.picture, &source.profile.picture);
    take("locale", &mut target.profile.locale, &source.profile.locale);
    metadata("public_metadata", &mut target.public_metadata, &source.public_metadata, &mut conflicts);
    metadata("private_metadata", &mut target.private_metadata, &source.private_metadata, &mut conflicts);
    metadata("unsafe_metadata", &mut target.unsafe_metadata, &source.unsafe_metadata, &mut conflicts);
    if source.state == UserState::Disabled && target.state == UserState::Active {
        conflicts.push(conflict("state", Some("active".to_owned()), Some("disabled".to_owned())));
    }
    target.last_sign_in_at = target.last_sign_in_at.max(source.last_sign_in_at);
    (target, conflicts)
}

/// The primary identifiers that both have: one stays the primary one.
pub(super) fn primaries(target: &User, source: &User) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    if let (Some(kept), Some(lost)) = (&target.primary_email, &source.primary_email) {
        conflicts.push(conflict("primary_email", Some(kept.address.clone()), Some(lost.address.clone())));
    }
    if let (Some(kept), Some(lost)) = (&target.primary_phone, &source.primary_phone) {
        conflicts.push(conflict("primary_phone", Some(kept.number.clone()), Some(lost.number.clone())));
    }
    conflicts
}

fn metadata(field: &str, own: &mut Metadata, other: &Metadata, conflicts: &mut Vec<Conflict>) {
    let mut merged = own.clone();
    for (key, value) in other {
        match own.get(key) {
            None => drop(merged.insert(key.clone(), value.clone())),
            Some(kept) if kept != value => {
                conflicts.push(conflict(&format!("{field}.{key}"), Some(kept.to_string()), Some(value.to_string())));
            }
            Some(_) => {}
        }
    }
    if is_too_large(&merged) {
        conflicts.push(conflict(field, None, Some("together they are larger than 16 KiB".to_owned())));
    } else {
        *own = merged;
    }
}

pub(super) fn conflict(field: &str, kept: Option<String>, lost: Option<String>) -> Conflict {
    Conflict { field: field.to_owned(), kept, lost }
}

#[cfg(test)]
mod tests {
    use identity::users::UserId;
    use kernel::Timestamp;
    use serde_json::json;

    use super::*;

    fn user(id: u128, name: Option<&str>, metadata: &serde_json::Value) -> User {
        let mut user = User::nobody(UserId::from_u128(id), Timestamp::from_seconds(0));
        user.profile.name = name.map(str::to_owned);
        user.public_metadata = metadata.as_object().unwrap().clone();
        user
    }

    #[test]
    fn gaps_are_filled_and_what_both_have_stays() {
        let target = user(1, Some("Ada"), &json!({ "plan": "pro", "seats": 3 }));
        let mut source = user(2, Some("Ada L."), &json!({ "plan": "free", "since": 1815, "seats": 3 }));
        source.username = Some("ada".to_owned());
        source.state = UserState::Disabled;
        let (filled, conflicts) = fill(target.clone(), &source);
        assert_eq!(filled.profile.name.as_deref(), Some("Ada"));
        assert_eq!(filled.username.as_deref(), Some("ada"));
        assert_eq!(json!(filled.public_metadata), json!({ "plan": "pro", "seats": 3, "since": 1815 }));
        assert_eq!(filled.state, UserState::Active);
        let fields: Vec<_> = conflicts.iter().map(|conflict| conflict.field.as_str()).collect();
        assert_eq!(fields, ["name", "public_metadata.plan", "state"]);
        let (same, none) = fill(target.clone(), &target);
        assert_eq!((same, none.len()), (target, 0));
    }

    #[test]
    fn metadata_that_would_be_too_large_stays_as_it_is() {
        let target = user(1, None, &json!({ "a": "x".repeat(9_000) }));
        let source = user(2, None, &json!({ "b": "x".repeat(9_000) }));
        let (filled, conflicts) = fill(target.clone(), &source);
        assert_eq!(filled.public_metadata, target.public_metadata);
        assert_eq!(conflicts[0].field, "public_metadata");
    }
}
