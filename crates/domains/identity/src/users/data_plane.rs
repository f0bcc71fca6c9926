//! `/api/v1/users`: the same users with the data plane's names and ids.

use edge::{Body, Can, CanOn, Endpoint, Listed, Nothing, Paging, Query, Reply, created, listed, no_content, versioned};
use kernel::{Id, Patch, Refusal, Secret, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    User, UserError, UserState, UsersRead, UsersWrite, actions,
    input::{self, NewPassword, NewUser, UserChanges, UserFilter, UserKey},
    model::Metadata,
};
use crate::holdings::GroupRef;

/// A person of the tenant.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "User")]
struct UserView {
    id: TypedId<User>,
    email: Option<String>,
    email_verified: bool,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    picture: Option<String>,
    locale: Option<String>,
    /// Written by the person and by administrators.
    attributes: Metadata,
    state: UserState,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let (email, email_verified) =
            user.primary_email.map_or((None, false), |email| (Some(email.address), email.verified_at.is_some()));
        Self {
            id: user.id.typed(),
            email,
            email_verified,
            name: user.profile.name,
            given_name: user.profile.given_name,
            family_name: user.profile.family_name,
            picture: user.profile.picture,
            locale: user.profile.locale,
            attributes: user.unsafe_metadata,
            state: user.state,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// A user to create.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct UserCreate {
    email: Patch<String>,
    email_verified: Option<bool>,
    name: Patch<String>,
    /// Checked against the password policy and hashed here.
    password: Option<Secret>,
    /// The first sign-in must choose another password first.
    password_must_be_reset: bool,
    attributes: Patch<Metadata>,
}

/// What to change about a user: an absent field stays, `null` clears it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct UserUpdate {
    /// A changed address is unverified again.
    email: Patch<String>,
    email_verified: Option<bool>,
    name: Patch<String>,
    given_name: Patch<String>,
    family_name: Patch<String>,
    picture: Patch<String>,
    locale: Patch<String>,
    attributes: Patch<Metadata>,
}

/// Which users to list; all that are given must hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct UserListQuery {
    /// Beginning of an email address, username, name or phone number.
    q: Option<String>,
    /// Active or disabled ones only.
    state: Option<UserState>,
    /// Those who are in this group.
    group: Option<Id<GroupRef>>,
}

pub(super) fn endpoints() -> [Endpoint; 7] {
    [list_users(), create_user(), get_user(), update_user(), delete_user(), disable_user(), enable_user()]
}

/// List users
///
/// Newest first; `q` searches by the beginning of an email address, username, name or phone number.
#[endpoint(GET "/api/v1/users", id = "users.list")]
async fn list_users(cx: Can<UsersRead>, query: Query<UserListQuery>, page: Paging<UserKey>) -> Reply<Listed<UserView>> {
    let filter = UserFilter {
        text: query.0.q.map(|text| text.trim().to_lowercase()),
        state: query.0.state,
        group: query.0.group,
        ..UserFilter::default()
    };
    listed(&cx, actions::list(&cx, &filter, &page.0).await?)
}

/// Create a user
///
/// With a password or without; a user without one signs in by other means or is asked to set one.
#[endpoint(POST "/api/v1/users", id = "users.create", errors = UserError)]
async fn create_user(cx: Can<UsersWrite>, body: Body<UserCreate>) -> Reply<UserView> {
    let user = actions::create(&cx, body.0.try_into()?).await?;
    let (version, path) = (user.version, format!("/api/v1/users/{}", user.id.typed()));
    Ok(created(user)?.version(version).location(&path))
}

/// Get a user
///
/// By either spelling of the id. The ETag is the user's version: send it in `If-Match` when you change the user.
#[endpoint(GET "/api/v1/users/{user_id}", id = "users.get")]
async fn get_user(cx: CanOn<UsersRead, User>) -> Reply<UserView> {
    versioned(cx.target.version, cx.target.clone())
}

/// Update a user
///
/// A merge patch (RFC 7396): absent fields stay, `null` clears.
#[endpoint(PATCH "/api/v1/users/{user_id}", id = "users.update", errors = UserError)]
async fn update_user(cx: CanOn<UsersWrite, User>, body: Body<UserUpdate>) -> Reply<UserView> {
    let user = actions::patch(&cx, cx.target.clone(), body.0.try_into()?).await?;
    versioned(user.version, user)
}

/// Erase a user
///
/// Sessions end at once and personal data is gone from every table. The audit trail keeps the id as a pseudonym.
#[endpoint(DELETE "/api/v1/users/{user_id}", id = "users.delete", errors = UserError)]
async fn delete_user(cx: CanOn<UsersWrite, User>) -> Reply<Nothing> {
    actions::delete(&cx, &cx.target).await?;
    no_content()
}

/// Disable a user
///
/// New sign-ins are refused, sessions and refresh tokens end now.
#[endpoint(POST "/api/v1/users/{user_id}/disable", id = "users.disable", errors = UserError)]
async fn disable_user(cx: CanOn<UsersWrite, User>) -> Reply<UserView> {
    let user = actions::disable(&cx, cx.target.clone()).await?;
    versioned(user.version, user)
}

/// Enable a user
///
/// The user may sign in again. Sessions that ended stay ended.
#[endpoint(POST "/api/v1/users/{user_id}/enable", id = "users.enable", errors = UserError)]
async fn enable_user(cx: CanOn<UsersWrite, User>) -> Reply<UserView> {
    let user = actions::enable(&cx, cx.target.clone()).await?;
    versioned(user.version, user)
}

impl TryFrom<UserCreate> for NewUser {
    type Error = Refusal;

    fn try_from(body: UserCreate) -> Result<Self, Refusal> {
        let must_change = body.password_must_be_reset;
        Ok(Self {
            changes: UserChanges {
                email: input::field("email", body.email)?,
                email_verified: body.email_verified,
                name: input::line("name", body.name, 200)?,
                unsafe_metadata: body.attributes,
                ..UserChanges::default()
            },
            password: body.password.map(|password| NewPassword::Plain { password, must_change }),
        })
    }
}

impl TryFrom<UserUpdate> for UserChanges {
    type Error = Refusal;

    fn try_from(body: UserUpdate) -> Result<Self, Refusal> {
        Ok(Self {
            email: input::field("email", body.email)?,
            email_verified: body.email_verified,
            name: input::line("name", body.name, 200)?,
            given_name: input::line("given_name", body.given_name, 100)?,
            family_name: input::line("family_name", body.family_name, 100)?,
            picture: input::picture("picture", body.picture)?,
            locale: input::locale("locale", body.locale)?,
            unsafe_metadata: body.attributes,
            ..Self::default()
        })
    }
}
