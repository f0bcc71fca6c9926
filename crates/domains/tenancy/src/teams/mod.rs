//! Teams: the people who run applications.
//!
//! Owns teams, memberships, what each role may do, who is asked in, and the one-use claims that make the first owner. Does not own the people: they
//! are users of the console's tenant, whom `identity` signs up and in. Functions here that write run in a system transaction, as the
//! dashboard's endpoints open it.

mod claims;
mod directory;
mod error;
mod event;
mod invitations;
mod members;
mod model;
mod role;
mod store;

use ::store::{Query, StoreError, Tx};
use kernel::{EventFacts, Timestamp};
use uuid::Uuid;

pub(crate) use claims::new_claim;
pub use claims::{CLAIM_PREFIX, redeem_claim};
pub use directory::Teams;
pub use error::TeamError;
pub use event::{
    TeamCreated, TeamDeleted, TeamMemberAdded, TeamMemberInvited, TeamMemberRemoved, TeamMemberRoleChanged,
};
pub use invitations::{Invitation, invite, redeem_invitation};
pub use members::{change_role, leave_all, remove};
pub use model::{Member, Membership, Team, TeamId, chosen};
pub use role::Role;

kernel::resource! { Team, prefix: "team", noun: "team" }
kernel::resource! { Member, prefix: "mbr", noun: "member" }

pub(crate) const EVENTS: &[EventFacts] = &[
    TeamCreated::FACTS,
    TeamDeleted::FACTS,
    TeamMemberAdded::FACTS,
    TeamMemberInvited::FACTS,
    TeamMemberRoleChanged::FACTS,
    TeamMemberRemoved::FACTS,
];

/// A new team that nobody runs yet.
pub(crate) async fn found(tx: &Tx, name: &str, now: Timestamp) -> Result<TeamId, StoreError> {
    let team = tx.db().env().new_id();
    store::insert(tx, team, name, now).await?;
    tx.emit(&TeamCreated { team_id: team, name: name.to_owned() });
    Ok(team)
}

/// A new team and its first owner.
pub async fn create(tx: &Tx, name: &str, owner: Uuid, now: Timestamp) -> Result<TeamId, StoreError> {
    let team = found(tx, name, now).await?;
    join(tx, team, owner, Role::Owner, now).await?;
    Ok(team)
}

/// `false`: the person is a member already, in whatever role.
pub async fn join(tx: &Tx, team: TeamId, user: Uuid, role: Role, now: Timestamp) -> Result<bool, StoreError> {
    let has_joined = store::insert_member(tx, team, user, role, now).await?;
    if has_joined {
        tx.emit(&TeamMemberAdded { team_id: team, user_id: user, role });
    }
    Ok(has_joined)
}

/// The teams of a dashboard account, the oldest membership first. `db` is bound to the system.
pub async fn of(db: &impl Query, user: Uuid) -> Result<Vec<Membership>, StoreError> {
    store::memberships(db, user).await
}

/// The role of an account in a team; `None` where it is no member. `db` is bound to the system.
pub async fn role_in(db: &impl Query, team: TeamId, user: Uuid) -> Result<Option<Role>, StoreError> {
    store::role_in_team(db, team, user).await
}
