use edge::{Context, Failure};
use kernel::{Id, Secret};
use tenancy::teams;

use super::{DashboardSignUp, event::DeploymentClaimed};
use crate::{
    auth::{self, AuthError, Registration},
    users::UserError,
};

/// An account of the dashboard. With the claim token it owns the first team; without, it gets a team of its own.
pub(crate) async fn sign_up(
    cx: &Context,
    registration: Registration,
    team: Option<String>,
    claim: Option<Secret>,
) -> Result<(), Failure> {
    if claim.is_none() && !cx.part::<DashboardSignUp>().is_open {
        return Err(AuthError::SignUpClosed.into());
    }
    let account = auth::sign_up(cx, registration).await?;
    let tx = cx.tx().await?;
    if let Some(claim) = claim {
        let digest = vault::digest(claim.reveal().as_bytes());
        // Taken for nobody where the address is taken, and rolled back with the refusal: only who holds the token learns of it.
        let owner = account.unwrap_or(Id::from_u128(0));
        teams::redeem_claim(tx, &digest, owner.uuid(), cx.now()).await?.ok_or(AuthError::ClaimRefused)?;
        let user_id = account.ok_or(UserError::EmailTaken)?;
        tx.emit(&DeploymentClaimed { user_id });
    } else if let Some(account) = account {
        let name = team.as_deref().unwrap_or("My team");
        teams::create(tx, name, account.uuid(), cx.now()).await?;
    }
    Ok(())
}
