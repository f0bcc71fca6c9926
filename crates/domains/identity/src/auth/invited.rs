//! Signing up on an invitation: whoever redeems it has opened the mailbox that it went to.

use edge::{Context, Failure};
use kernel::{Patch, Refusal, Secret};
use tenancy::settings_of;

use super::{error::AuthError, guest::newcomer};
use crate::{
    identifiers::EmailAddress,
    passwords,
    users::{self, User, UserChanges},
};

/// Somebody who was asked in.
pub struct Invited {
    pub email: EmailAddress,
    pub password: Option<Secret>,
    /// The rest of the profile.
    pub changes: UserChanges,
}

/// The same, checked and with the password hashed: nothing is slow from here on.
pub struct Welcome {
    changes: UserChanges,
    phc: Option<String>,
}

impl Invited {
    /// Before the invitation is redeemed, so that nobody waits for the writer behind a hash. An account needs a password where
    /// the application doesn't let one begin without.
    pub async fn prepare(self, cx: &Context) -> Result<Welcome, Failure> {
        let Self { email, password, changes } = self;
        let phc = match password {
            Some(password) => {
                passwords::ensure_room(cx)?;
                let context = [email.as_str(), &cx.tenant().slug];
                Some(passwords::check_and_hash(cx, &password, &context).await.map_err(AuthError::from)?)
            }
            None if settings_of(cx.tenant()).sign_in.passwordless_sign_up => None,
            None => return Err(Refusal::validation("password", "required", "This field is required.").into()),
        };
        let changes = UserChanges { email: Patch::Value(email), email_verified: Some(true), ..changes };
        Ok(Welcome { changes, phc })
    }
}

impl Welcome {
    /// The account, in the transaction that redeems the invitation.
    pub async fn begin(self, cx: &Context) -> Result<User, Failure> {
        let user = newcomer(cx, self.changes).await?;
        if let Some(phc) = self.phc {
            passwords::store::put(cx.tx().await?, user.id, &phc, false, cx.now()).await?;
        }
        Ok(user)
    }
}

/// Has this address an account already?
pub async fn has_account(cx: &Context, email: &EmailAddress) -> Result<bool, Failure> {
    Ok(users::store::find_by_email(&cx.read(), email).await?.is_some())
}
