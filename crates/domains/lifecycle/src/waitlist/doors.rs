//! An invitation, for pages: the slice's use cases with plain values.

use edge::{Context, Failure};
use identity::{
    flows::Outcome,
    users::{self, UserChanges},
};
use kernel::{Patch, Secret};

use super::accept;

/// Whom an invitation asks in.
pub struct Invitation {
    /// The account's address: whoever holds the invitation has opened this mailbox.
    pub email: String,
    /// As it was given when the person joined the list.
    pub name: Option<String>,
}

/// What the person says of themselves as they accept.
pub struct Acceptance {
    pub password: Option<Secret>,
    pub name: Option<String>,
    /// BCP 47.
    pub locale: String,
}

/// What an invitation would lead to, refused as its acceptance would be. Nothing is used up: mail scanners look too.
pub async fn look(cx: &Context, token: &Secret) -> Result<Invitation, Failure> {
    let (entry, _) = accept::open(cx, token).await?;
    Ok(Invitation { email: entry.email, name: entry.name })
}

/// The account, and what follows a sign-in.
pub async fn accept(cx: &Context, token: &Secret, acceptance: Acceptance) -> Result<Outcome, Failure> {
    let Acceptance { password, name, locale } = acceptance;
    let changes = UserChanges {
        name: users::line("name", name.map_or(Patch::Absent, Patch::Value), 200)?,
        locale: users::locale("locale", Patch::Value(locale))?,
        ..UserChanges::default()
    };
    accept::accept(cx, token, password, changes).await
}
