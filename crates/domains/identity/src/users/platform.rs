//! `/v1/users`: users as an application's backend and the dashboard see them.

use edge::{Body, Can, CanOn, Endpoint, Listed, Nothing, Paging, Query, Reply, created, listed, no_content, versioned};
use kernel::{Id, Patch, Refusal, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    User, UserError, UserState, UsersRead, UsersWrite, actions,
    detail::{self, UserDetail},
    input::{self, NewPassword, NewUser, UserChanges, UserFilter, UserKey},
    model::Metadata,
};
use crate::{holdings::OrganizationId, passwords};

/// A person of the application.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub(crate) struct UserView {
    id: Id<User>,
    primary_email: Option<String>,
    /// Has the person proven that the mailbox is theirs?
    email_verified: bool,
    primary_phone: Option<String>,
    phone_verified: bool,
    username: Option<String>,
    /// Your own id for this person.
    external_id: Option<String>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    picture: Option<String>,
    locale: Option<String>,
    /// Readable by the person, written by you.
    public_metadata: Metadata,
    /// Readable and written by you alone: absent where the person reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    private_metadata: Option<Metadata>,
    /// Written by the person: never trust it.
    unsafe_metadata: Metadata,
    state: UserState,
    /// A guest, who may give themselves an identifier and become somebody.
    is_anonymous: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    last_sign_in_at: Option<Timestamp>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let (primary_email, email_verified) =
            user.primary_email.map_or((None, false), |email| (Some(email.address), email.verified_at.is_some()));
        let (primary_phone, phone_verified) =
            user.primary_phone.map_or((None, false), |phone| (Some(phone.number), phone.verified_at.is_some()));
        Self {
            id: user.id,
            primary_email,
            email_verified,
            primary_phone,
            phone_verified,
            username: user.username,
            external_id: user.external_id,
            name: user.profile.name,
            given_name: user.profile.given_name,
            family_name: user.profile.family_name,
            picture: user.profile.picture,
            locale: user.profile.locale,
            public_metadata: user.public_metadata,
            private_metadata: Some(user.private_metadata),
            unsafe_metadata: user.unsafe_metadata,
            state: user.state,
            is_anonymous: user.is_anonymous,
            created_at: user.created_at,
            updated_at: user.updated_at,
            last_sign_in_at: user.last_sign_in_at,
        }
    }
}

impl UserView {
    /// Without what is for the application alone.
    pub(crate) fn for_the_person(self) -> Self {
        Self { private_metadata: None, ..self }
    }
}

/// The fields that creating and changing share: serde can't flatten and refuse unknown fields at once.
macro_rules! user_input {
    ($(#[$meta:meta])* struct $name:ident { $($(#[$own_meta:meta])* $own:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        struct $name {
            /// A changed address is unverified again.
            primary_email: Patch<String>,
            email_verified: Option<bool>,
            /// E.164, for example +4915123456789. A changed number is unverified again.
            primary_phone: Patch<String>,
            phone_verified: Option<bool>,
            /// 3 to 64 letters, digits, dots, dashes, underscores.
            username: Patch<String>,
            /// Your own id for this person, unique in the application.
            external_id: Patch<String>,
            name: Patch<String>,
            given_name: Patch<String>,
            family_name: Patch<String>,
            /// An https URL.
            picture: Patch<String>,
            /// A language tag (BCP 47).
            locale: Patch<String>,
            /// Up to 16 KiB; replaced whole.
            public_metadata: Patch<Metadata>,
            /// Up to 16 KiB; replaced whole.
            private_metadata: Patch<Metadata>,
            /// Up to 16 KiB; replaced whole.
            unsafe_metadata: Patch<Metadata>,
            $($(#[$own_meta])* $own: $type,)*
        }

        impl $name {
            fn changes(&mut self) -> Result<UserChanges, Refusal> {
                Ok(UserChanges {
                    email: input::field("primary_email", std::mem::take(&mut self.primary_email))?,
                    email_verified: std::mem::take(&mut self.email_verified),
                    phone: input::field("primary_phone", std::mem::take(&mut self.primary_phone))?,
                    phone_verified: std::mem::take(&mut self.phone_verified),
                    username: input::field("username", std::mem::take(&mut self.username))?,
                    external_id: input::line("external_id", std::mem::take(&mut self.external_id), 255)?,
                    name: input::line("name", std::mem::take(&mut self.name), 200)?,
                    given_name: input::line("given_name", std::mem::take(&mut self.given_name), 100)?,
                    family_name: input::line("family_name", std::mem::take(&mut self.family_name), 100)?,
                    picture: input::picture("picture", std::mem::take(&mut self.picture))?,
                    locale: input::locale("locale", std::mem::take(&mut self.locale))?,
                    public_metadata: std::mem::take(&mut self.public_metadata),
                    private_metadata: std::mem::take(&mut self.private_metadata),
                    unsafe_metadata: std::mem::take(&mut self.unsafe_metadata),
                })
            }
        }
    };
}

user_input! {
    /// A user to create: with a password, a foreign password hash, or neither.
    struct UserCreate {
        /// Checked against the password policy and hashed here.
        password: Option<Secret>,
        /// As another system stored it: bcrypt, scrypt, Argon2, PBKDF2, Firebase's scrypt, salted SHA or PHPass.
        password_hash: Option<Secret>,
    }
}

user_input! {
    /// What to change about a user: an absent field stays, `null` clears it.
    struct UserUpdate {}
}

/// Which users to list; all that are given must hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct UserListQuery {
    /// Beginning of an email address, username, name or phone number.
    q: Option<String>,
    /// This address, however spelled.
    email: Option<String>,
    /// This number.
    phone: Option<String>,
    /// This username, in any case.
    username: Option<String>,
    /// Your own id for the person.
    external_id: Option<String>,
    /// Active or disabled ones only.
    state: Option<UserState>,
    /// Holders of the role of this name in the whole application, by themselves or through a group.
    role: Option<String>,
    /// Those who are in this organization.
    organization_id: Option<OrganizationId>,
    /// Created at this time or later.
    created_from: Option<Timestamp>,
    /// Created before this time.
    created_to: Option<Timestamp>,
}

/// A new password, or the demand for one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UserPasswordSet {
    /// Without it, only `must_change` is set.
    password: Option<Secret>,
    /// The next sign-in must choose another password first.
    #[serde(default)]
    must_change: bool,
    /// End all sessions of the user.
    #[serde(default)]
    end_sessions: bool,
}

pub(super) fn endpoints() -> [Endpoint; 8] {
    [
        list_users(),
        create_user(),
        get_user(),
        update_user(),
        delete_user(),
        disable_user(),
        enable_user(),
        set_password(),
    ]
}

/// List users
///
/// Newest first. Filters narrow the list; `q` searches by the beginning of an email address, username, name or phone number.
#[endpoint(GET "/v1/users", id = "users.list")]
async fn list_users(cx: Can<UsersRead>, query: Query<UserListQuery>, page: Paging<UserKey>) -> Reply<Listed<UserView>> {
    let filter = query.0.filter()?;
    listed(&cx, actions::list(&cx, &filter, &page.0).await?)
}

/// Create a user
///
/// With a password, with a password hash from another system, or with neither: such a user signs in by other means or is asked
/// to set one.
#[endpoint(POST "/v1/users", id = "users.create", errors = UserError)]
async fn create_user(cx: Can<UsersWrite>, mut body: Body<UserCreate>) -> Reply<UserView> {
    let user = actions::create(&cx, body.0.new_user()?).await?;
    let (version, path) = (user.version, format!("/v1/users/{}", user.id));
    Ok(created(user)?.version(version).location(&path))
}

/// Get a user
///
/// By either spelling of the id, with the accounts at providers by which they are known, their second factors, and their roles and
/// groups. The ETag is the user's version: send it in `If-Match` when you change the user.
#[endpoint(GET "/v1/users/{user_id}", id = "users.get")]
async fn get_user(cx: CanOn<UsersRead, User>) -> Reply<UserDetail> {
    versioned(cx.target.version, detail::of(&cx, cx.target.clone()).await?)
}

/// Update a user
///
/// A merge patch (RFC 7396): absent fields stay, `null` clears. A changed email address or phone number is unverified until
/// proven or until `email_verified` says otherwise.
#[endpoint(PATCH "/v1/users/{user_id}", id = "users.update", errors = UserError)]
async fn update_user(cx: CanOn<UsersWrite, User>, mut body: Body<UserUpdate>) -> Reply<UserView> {
    let user = actions::patch(&cx, cx.target.clone(), body.0.changes()?).await?;
    versioned(user.version, user)
}

/// Erase a user
///
/// Sessions end at once and personal data is gone from every table. The audit trail keeps the id as a pseudonym.
#[endpoint(DELETE "/v1/users/{user_id}", id = "users.delete", errors = UserError)]
async fn delete_user(cx: CanOn<UsersWrite, User>) -> Reply<Nothing> {
    actions::delete(&cx, &cx.target).await?;
    no_content()
}

/// Disable a user
///
/// New sign-ins are refused, sessions and refresh tokens end now.
#[endpoint(POST "/v1/users/{user_id}/disable", id = "users.disable", errors = UserError)]
async fn disable_user(cx: CanOn<UsersWrite, User>) -> Reply<UserView> {
    let user = actions::disable(&cx, cx.target.clone()).await?;
    versioned(user.version, user)
}

/// Enable a user
///
/// The user may sign in again. Sessions that ended stay ended.
#[endpoint(POST "/v1/users/{user_id}/enable", id = "users.enable", errors = UserError)]
async fn enable_user(cx: CanOn<UsersWrite, User>) -> Reply<UserView> {
    let user = actions::enable(&cx, cx.target.clone()).await?;
    versioned(user.version, user)
}

/// Set a user's password
///
/// Sets a password, or requires the user to choose one at the next sign-in, or both; optionally ends their sessions.
#[endpoint(POST "/v1/users/{user_id}/password", id = "users.set_password", errors = passwords::PasswordError)]
async fn set_password(cx: CanOn<UsersWrite, User>, body: Body<UserPasswordSet>) -> Reply<Nothing> {
    let UserPasswordSet { password, must_change, end_sessions } = body.0;
    passwords::set(&cx, &cx.target, password, must_change, end_sessions).await?;
    no_content()
}

impl UserListQuery {
    fn filter(self) -> Result<UserFilter, Refusal> {
        let parse_error =
            |name, error: crate::identifiers::IdentifierError| Refusal::validation(name, "invalid", error.to_string());
        Ok(UserFilter {
            text: self.q.map(|text| text.trim().to_lowercase()),
            email: self.email.map(|text| text.parse()).transpose().map_err(|error| parse_error("email", error))?,
            phone: self.phone.map(|text| text.parse()).transpose().map_err(|error| parse_error("phone", error))?,
            username: self.username.map(|text| text.to_ascii_lowercase()),
            external_id: self.external_id,
            state: self.state,
            role: self.role,
            organization: self.organization_id,
            group: None,
            created_from: self.created_from,
            created_to: self.created_to,
        })
    }
}

impl UserCreate {
    fn new_user(&mut self) -> Result<NewUser, Refusal> {
        let changes = self.changes()?;
        let password = match (self.password.take(), self.password_hash.take()) {
            (Some(_), Some(_)) => {
                return Err(Refusal::validation(
                    "password_hash",
                    "ambiguous",
                    "Send a password or a password hash, not both.",
                ));
            }
            (Some(password), None) => Some(NewPassword::Plain { password, must_change: false }),
            (None, Some(hash)) => Some(NewPassword::Hashed(hash.reveal().to_owned())),
            (None, None) => None,
        };
        Ok(NewUser { changes, password })
    }
}
