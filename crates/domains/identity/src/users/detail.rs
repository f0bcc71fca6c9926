//! One user with what belongs to them: `GET /v1/users/{user_id}`.

use edge::{Context, Failure};
use kernel::{Id, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::{User, platform::UserView};
use crate::{
    factors::{self, FactorView},
    holdings,
    verification::OtherWaysIn,
};

/// An account at a provider as a user's record names it; the rest, `federation` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityRef;

kernel::resource! { IdentityRef, prefix: "idn", noun: "identity" }

/// An account at a provider by which the user is known.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UserIdentity")]
pub struct LinkedIdentity {
    pub id: Id<IdentityRef>,
    /// The provider's name in the settings.
    pub provider: String,
    /// The provider's name for the account.
    pub subject: String,
    /// The address that the provider gave last, by its word.
    pub email: Option<String>,
    pub created_at: Timestamp,
    /// When somebody last signed in by it.
    pub last_used_at: Option<Timestamp>,
}

/// A person of the application, with the accounts at providers by which they are known, their second factors, and what they hold.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UserDetail")]
pub(super) struct UserDetail {
    #[serde(flatten)]
    user: UserView,
    /// At most 20.
    identities: Vec<LinkedIdentity>,
    /// Active ones, passkeys and recovery codes among them.
    factors: Vec<FactorView>,
    /// Names of the roles in the whole application that they hold, by themselves or through a group, sorted.
    roles: Vec<String>,
    /// Slugs of the groups that they are in, sorted.
    groups: Vec<String>,
}

pub(super) async fn of(cx: &Context, user: User) -> Result<UserDetail, Failure> {
    let reader = cx.read();
    let identities = cx.part::<OtherWaysIn>().linked(&reader, user.id).await?;
    let factors = factors::held(&reader, user.id).await?.factors.into_iter().map(FactorView::own).collect();
    let holdings = holdings::of_user(cx, &user).await?;
    Ok(UserDetail { identities, factors, roles: holdings.roles(), groups: holdings.groups(), user: user.into() })
}
