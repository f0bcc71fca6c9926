//! From which state an application may go to which. Pure.

use std::time::Duration;

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::ApplicationError;
use crate::{
    teams::Role,
    tenants::{TenantRecord, TenantState},
};

/// How long a deleted application can be had back.
pub(super) const RESTORABLE: Duration = Duration::from_hours(30 * 24);

/// A state that an application can be put into by a change; deleting it is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum NextState {
    /// It serves.
    Active,
    /// It refuses everything, and nothing is lost.
    Suspended,
}

/// When one that was deleted at that time is erased.
pub(super) fn erased_at(deleted_at: Timestamp) -> Timestamp {
    deleted_at + RESTORABLE
}

/// The application with another name or in another state; an absent one stays. A deleted one can be brought back by those who may
/// delete it, as long as it is not about to be erased; nothing else can be done with it.
pub(super) fn change(
    before: &TenantRecord,
    name: Option<String>,
    state: Option<NextState>,
    role: Role,
    now: Timestamp,
) -> Result<TenantRecord, ApplicationError> {
    if before.state == TenantState::Deleted {
        if state != Some(NextState::Active) || before.deleted_at.is_none_or(|at| erased_at(at) <= now) {
            return Err(ApplicationError::Deleted);
        }
        if !role.deletes_applications() {
            return Err(ApplicationError::InsufficientRole);
        }
    }
    let state = match state {
        Some(NextState::Active) => TenantState::Active,
        Some(NextState::Suspended) => TenantState::Suspended,
        None => before.state,
    };
    let name = name.unwrap_or_else(|| before.name.clone());
    Ok(TenantRecord { name, state, deleted_at: None, ..before.clone() })
}

/// Deleted from now on. Deleting twice is no error and no change.
pub(super) fn delete(
    before: &TenantRecord,
    confirmation: &str,
    role: Role,
    now: Timestamp,
) -> Result<TenantRecord, ApplicationError> {
    if !role.deletes_applications() {
        return Err(ApplicationError::InsufficientRole);
    }
    if confirmation != before.slug.as_str() {
        return Err(ApplicationError::Confirmation);
    }
    if before.state == TenantState::Deleted {
        return Ok(before.clone());
    }
    Ok(TenantRecord { state: TenantState::Deleted, deleted_at: Some(now), ..before.clone() })
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;
    use crate::{settings::Settings, tenants::Environment};

    fn application() -> TenantRecord {
        TenantRecord {
            id: Id::from_u128(7),
            slug: "acme".parse().unwrap(),
            name: "Acme".to_owned(),
            environment: Environment::Production,
            state: TenantState::Active,
            team_id: Some(Id::from_u128(8)),
            is_primary: false,
            settings: Settings::default(),
            version: 1,
            created_at: at(0),
            updated_at: at(0),
            deleted_at: None,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn who_deletes_types_the_slug() {
        for typed in ["", "Acme", "ACME", "acme ", "other"] {
            let result = delete(&application(), typed, Role::Owner, at(1));
            assert!(matches!(result, Err(ApplicationError::Confirmation)), "{typed:?}");
        }
        assert_eq!(delete(&application(), "acme", Role::Owner, at(1)).unwrap().deleted_at, Some(at(1)));
    }

    #[test]
    fn owners_and_admins_delete_and_bring_back() {
        for role in Role::ALL {
            let may = matches!(role, Role::Owner | Role::Admin);
            assert_eq!(delete(&application(), "acme", role, at(1)).is_ok(), may, "{role:?}");
            let deleted = delete(&application(), "acme", Role::Owner, at(1)).unwrap();
            assert_eq!(change(&deleted, None, Some(NextState::Active), role, at(2)).is_ok(), may, "{role:?}");
        }
    }

    #[test]
    fn deleting_twice_does_not_begin_the_days_anew() {
        let deleted = delete(&application(), "acme", Role::Admin, at(1)).unwrap();
        assert_eq!(delete(&deleted, "acme", Role::Admin, at(9)).unwrap(), deleted);
    }

    #[test]
    fn a_deleted_one_comes_back_within_its_days_and_does_nothing_else() {
        let deleted = delete(&application(), "acme", Role::Owner, at(0)).unwrap();
        let last = erased_at(at(0));
        let back = |now| change(&deleted, None, Some(NextState::Active), Role::Owner, now);
        assert_eq!(back(at(5)).unwrap(), application());
        assert!(matches!(back(last), Err(ApplicationError::Deleted)));
        for (name, state) in [(Some("x".to_owned()), None), (None, Some(NextState::Suspended)), (None, None)] {
            assert!(matches!(change(&deleted, name, state, Role::Owner, at(5)), Err(ApplicationError::Deleted)));
        }
    }
}
