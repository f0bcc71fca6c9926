use edge::{Context, Failure};
use kernel::{Id, Refusal, Secret};
use tenancy::teams;

use super::{DashboardSignUp, event::DeploymentClaimed, members};
use crate::{
    auth::{self, AuthError, Identifier, Invited, Registration},
    users::UserError,
};

/// What lets somebody sign up beyond the open door.
pub(super) enum Ticket {
    None,
    /// From the set-up link of a fresh deployment.
    Claim(Secret),
    /// From an invitation into a team.
    Invitation(Secret),
}

impl Ticket {
    pub(super) fn of(claim: Option<Secret>, invitation: Option<Secret>) -> Result<Self, Refusal> {
        match (claim, invitation) {
            (None, None) => Ok(Self::None),
            (Some(claim), None) => Ok(Self::Claim(claim)),
            (None, Some(invitation)) => Ok(Self::Invitation(invitation)),
            (Some(_), Some(_)) => Err(Refusal::validation(
                "invitation_token",
                "conflict",
                "Send one of claim_token and invitation_token.",
            )),
        }
    }
}

/// An account of the dashboard, with a team of its own, the first team, or the team that asked for it.
pub(super) async fn sign_up(
    cx: &Context,
    registration: Registration,
    team: Option<String>,
    ticket: Ticket,
) -> Result<(), Failure> {
    match ticket {
        Ticket::None if !cx.part::<DashboardSignUp>().is_open => Err(AuthError::SignUpClosed.into()),
        Ticket::None => {
            if let Some(account) = auth::sign_up(cx, registration).await? {
                let name = team.as_deref().unwrap_or("My team");
                teams::create(cx.tx().await?, name, account.uuid(), cx.now()).await?;
            }
            Ok(())
        }
        Ticket::Claim(claim) => with_claim(cx, registration, &claim).await,
        Ticket::Invitation(token) => with_invitation(cx, registration, &token).await,
    }
}

async fn with_claim(cx: &Context, registration: Registration, claim: &Secret) -> Result<(), Failure> {
    let account = auth::sign_up(cx, registration).await?;
    let tx = cx.tx().await?;
    let digest = vault::digest(claim.reveal().as_bytes());
    // Taken for nobody where the address is taken, and rolled back with the refusal: only who holds the token learns of it.
    let owner = account.unwrap_or(Id::from_u128(0));
    teams::redeem_claim(tx, &digest, owner.uuid(), cx.now()).await?.ok_or(AuthError::ClaimRefused)?;
    let user_id = account.ok_or(UserError::EmailTaken)?;
    tx.emit(&DeploymentClaimed { user_id });
    Ok(())
}

/// Whoever holds the token has opened the mailbox: the address is proven, and that it is taken may be told.
async fn with_invitation(cx: &Context, registration: Registration, token: &Secret) -> Result<(), Failure> {
    let Registration { identifier: Identifier::Email(email), password, changes, .. } = registration else {
        return Err(AuthError::OneIdentifier.into());
    };
    // Looked at first, so that a token that is worth nothing does not cost a hash.
    let seen = members::seen(cx, token, Some(&email)).await?;
    let welcome = Invited { email, password: Some(password), changes }.prepare(cx).await?;
    let account = welcome.begin(cx).await?;
    members::redeem(cx, token, seen, account.id).await?;
    Ok(())
}
