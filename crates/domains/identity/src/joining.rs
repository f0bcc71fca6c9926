//! People who come by another domain's proof: a provider, an enterprise connection. What such a domain needs of this one, and no
//! more; the session itself comes from [`crate::flows`], as for every other door.

use edge::{Context, Failure};
use kernel::{Id, ports::SessionCaller};
use serde_json::json;
use store::{Query, StoreError, Tx};
use tenancy::{messaging::Template, settings_of};

use crate::{
    auth::{self, SignedUp, guest},
    factors,
    identifiers::{Contact, EmailAddress},
    notices, passkeys,
    users::{self, Email, Profile, User, UserError, UserId},
};

/// Somebody who has no account yet.
pub struct Newcomer {
    pub email: Option<EmailAddress>,
    /// Is the mailbox theirs, by the word of somebody whom the application believes?
    pub is_email_proven: bool,
    pub profile: Profile,
}

/// What became of a newcomer.
pub enum Joined {
    New(Box<User>),
    /// The application takes nobody, or nobody with such an address.
    Closed,
    /// Somebody has the address, since a moment perhaps.
    Taken,
}

/// Would [`join`] take somebody with this address, or with none?
pub fn takes(cx: &Context, email: Option<&EmailAddress>) -> bool {
    let contact = email.cloned().map(Contact::Email);
    settings_of(cx.tenant()).sign_in.passwordless_sign_up && auth::takes_newcomer(cx, contact.as_ref()).is_ok()
}

/// An account for a newcomer, under the same rules as a sign-up by any other door: that of the guest whose session is presented, or a
/// new one. Without an address they are known by what they came by alone.
pub async fn join(cx: &Context, newcomer: Newcomer) -> Result<Joined, Failure> {
    let Newcomer { email, is_email_proven, profile } = newcomer;
    if !takes(cx, email.as_ref()) {
        return Ok(Joined::Closed);
    }
    let verified_at = is_email_proven.then_some(cx.now());
    let primary_email = email.map(|email| Email { address: email.as_str().to_owned(), verified_at });
    if let Some(guest) = guest::presented(cx).await? {
        let after = User {
            version: guest.version + 1,
            primary_email,
            profile: profile.under(guest.profile.clone()),
            is_anonymous: false,
            has_holdings: false,
            updated_at: cx.now(),
            ..guest.clone()
        };
        return Ok(Joined::New(Box::new(guest::upgrade(cx, &guest, after).await?)));
    }
    let user = User { version: 1, primary_email, profile, ..users::blank(cx) };
    let tx = cx.tx().await?;
    if !users::store::insert_if_free(tx, &user).await.map_err(UserError::from)? {
        return Ok(Joined::Taken);
    }
    tx.emit(&SignedUp { user_id: user.id });
    Ok(Joined::New(Box::new(user)))
}

pub async fn find(db: &impl Query, id: UserId) -> Result<Option<User>, StoreError> {
    users::store::find(db, id).await
}

/// Who has this address, proven or not.
pub async fn holder(db: &impl Query, email: &EmailAddress) -> Result<Option<User>, StoreError> {
    users::store::find_by_email(db, email).await
}

/// May this session change by what the person gets in? It must have proven them lately, and by a second factor where they have one:
/// whoever finds an open session, or knows a password, makes themselves no way in.
pub async fn may_change_ways_in(cx: &Context, caller: &SessionCaller) -> Result<bool, StoreError> {
    let freshness = settings_of(cx.tenant()).mfa.step_up_freshness();
    if cx.now().since(caller.authenticated_at) > freshness {
        return Ok(false);
    }
    let held = factors::held(&cx.read(), Id::from_uuid(caller.user_id)).await?;
    Ok(caller.aal >= 2 || !held.factors.iter().any(|factor| factor.kind.is_full()))
}

/// Tell the person, at the address that they have, that there is another way in, or one less.
pub async fn tell_of_way_in(cx: &Context, user: &User, is_new: bool, name: &str) -> Result<(), Failure> {
    let template = if is_new { Template::FactorAdded } else { Template::FactorRemoved };
    notices::tell(cx, user, template, json!({ "factor": name })).await
}

/// Can the person get in by anything that is kept here: a password, a passkey, a proven address? What another domain has hung on the
/// account is that domain's to count.
pub async fn has_way_in(cx: &Context, tx: &Tx, user: UserId) -> Result<bool, StoreError> {
    passkeys::has_way_in(cx, tx, user).await
}
