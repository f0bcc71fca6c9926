//! Redeeming an invitation: once, for an account whose address is proven by it.

use edge::{Context, Failure};
use identity::{
    Invited, Welcome,
    challenges::{self, Challenge, ChallengeError, ChallengeKind},
    flows::{self, Arrival, Method, Outcome},
    has_account,
    identifiers::EmailAddress,
    sessions,
    users::UserChanges,
};
use kernel::{Id, Secret};
use serde::Deserialize;

use super::{WaitlistEntry, error::InvitationError, event::InvitationAccepted, model::EntryState, store};

/// What an invitation carries.
#[derive(Deserialize)]
struct Payload {
    entry_id: Id<WaitlistEntry>,
}

pub(super) async fn accept(
    cx: &Context,
    token: &Secret,
    password: Option<Secret>,
    mut changes: UserChanges,
) -> Result<Outcome, Failure> {
    let (entry, email) = open(cx, token).await?;
    if let (false, Some(locale)) = (changes.locale.is_present(), entry.locale.clone()) {
        changes.locale = kernel::Patch::Value(locale);
    }
    let welcome: Welcome = Invited { email, password, changes }.prepare(cx).await?;
    sessions::ready(cx).await?;
    challenges::take(cx, ChallengeKind::Invitation, token, None, true).await?;
    let user = welcome.begin(cx).await?;
    let tx = cx.tx().await?;
    if !store::join(tx, entry.id, user.id, cx.now()).await? {
        return Err(invalid().into());
    }
    tx.emit(&InvitationAccepted { user_id: user.id, entry_id: entry.id });
    flows::arrive(cx, Arrival::new(user, Method::MagicLink)).await
}

/// Whom the invitation asks in, if it can be redeemed. Looking uses nothing up.
pub(super) async fn open(cx: &Context, token: &Secret) -> Result<(WaitlistEntry, EmailAddress), Failure> {
    if identity::is_somebody(cx)? {
        return Err(InvitationError::SignedIn.into());
    }
    let entry = entry_of(cx, &challenges::look(cx, ChallengeKind::Invitation, token).await?).await?;
    let email: EmailAddress = entry.email.parse().map_err(|_| invalid())?;
    if has_account(cx, &email).await? {
        return Err(InvitationError::AccountExists.into());
    }
    Ok((entry, email))
}

/// An entry that is approved still.
async fn entry_of(cx: &Context, challenge: &Challenge) -> Result<WaitlistEntry, Failure> {
    let Payload { entry_id } = serde_json::from_value(challenge.payload.clone()).map_err(|_| invalid())?;
    let entry = store::find(&cx.read(), entry_id).await?;
    Ok(entry.filter(|entry| entry.state == EntryState::Approved).ok_or_else(invalid)?)
}

fn invalid() -> InvitationError {
    ChallengeError::InvalidToken.into()
}
