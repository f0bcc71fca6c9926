use edge::{Body, Endpoint, Nothing, Reply, SignedInWith, no_content, versioned};
use kernel::{Patch, Secret, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{MeRead, MeWrite};
use crate::{
    passwords::{self, PasswordError},
    sessions::SignedInRows,
    users::{self, User, UserChanges, UserError, input},
};

/// One's own profile.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Profile")]
struct ProfileView {
    id: TypedId<User>,
    email: Option<String>,
    email_verified: bool,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    picture: Option<String>,
    locale: Option<String>,
    attributes: Map<String, Value>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<User> for ProfileView {
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
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// What to change about oneself: an absent field stays, `null` clears it. The email address has its own way, which proves it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ProfileUpdate {
    name: Patch<String>,
    given_name: Patch<String>,
    family_name: Patch<String>,
    locale: Patch<String>,
    attributes: Patch<Map<String, Value>>,
}

/// The old password and the new one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    current: Secret,
    next: Secret,
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [get_profile(), update_profile(), change_password()]
}

/// Get one's own profile
///
/// What the tenant's applications may show the person of themselves.
#[endpoint(GET "/api/v1/me/profile", id = "me.profile.get")]
async fn get_profile(cx: SignedInWith<MeRead>) -> Reply<ProfileView> {
    let user = SignedInRows::of(cx.caller())?.user.clone();
    versioned(user.version, user)
}

/// Update one's own profile
///
/// The email address can't be changed here: it has to be proven first.
#[endpoint(PATCH "/api/v1/me/profile", id = "me.profile.update", errors = UserError)]
async fn update_profile(cx: SignedInWith<MeWrite>, body: Body<ProfileUpdate>) -> Reply<ProfileView> {
    let user = SignedInRows::of(cx.caller())?.user.clone();
    let changes = UserChanges {
        name: input::line("name", body.0.name, 200)?,
        given_name: input::line("given_name", body.0.given_name, 100)?,
        family_name: input::line("family_name", body.0.family_name, 100)?,
        locale: input::locale("locale", body.0.locale)?,
        unsafe_metadata: body.0.attributes,
        ..UserChanges::default()
    };
    let user = users::patch(&cx, user, changes).await?;
    versioned(user.version, user)
}

/// Change one's own password
///
/// Other sessions go on; end them with `me.sessions.revoke_others`.
#[endpoint(POST "/api/v1/me/password", id = "me.change_password", errors = PasswordError, limit = SignIn)]
async fn change_password(cx: SignedInWith<MeWrite>, body: Body<PasswordChange>) -> Reply<Nothing> {
    let user = SignedInRows::of(cx.caller())?.user.clone();
    passwords::change(&cx, &user, &body.0.current, &body.0.next, false).await?;
    no_content()
}
