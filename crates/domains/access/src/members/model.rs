//! Somebody who is in an organization. Pure.

use identity::{holdings::Rank, users::UserId};
use kernel::Timestamp;

use super::error::MemberError;

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) user_id: UserId,
    pub(super) version: i64,
    pub(super) rank: Rank,
    /// Names of the roles that they have in the organization, sorted.
    pub(super) roles: Vec<String>,
    pub(super) person: Person,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// What others see of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) picture: Option<String>,
    pub(super) primary_email: Option<String>,
}

/// An organization keeps an owner, once it has one. `after`: what becomes of the member, `None` where they go.
pub(super) fn must_keep_owner(before: Rank, after: Option<Rank>, other_owners: i64) -> Result<(), MemberError> {
    let steps_down = before == Rank::Owner && after != Some(Rank::Owner);
    if steps_down && other_owners == 0 { Err(MemberError::LastOwner) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_owner_stays_one() {
        for (before, after, others, is_kept) in [
            (Rank::Owner, Some(Rank::Admin), 0, true),
            (Rank::Owner, None, 0, true),
            (Rank::Owner, None, 1, false),
            (Rank::Owner, Some(Rank::Owner), 0, false),
            (Rank::Admin, None, 0, false),
            (Rank::Member, Some(Rank::Owner), 0, false),
        ] {
            assert_eq!(must_keep_owner(before, after, others).is_err(), is_kept, "{before:?} {after:?} {others}");
        }
    }
}
