use edge::{Context, Failure};
use kernel::Secret;
use tenancy::teams;

use super::{DashboardSignUp, event::DeploymentClaimed};
use crate::auth::{self, AuthError, Registration};

/// An account of the dashboard. With the claim token it owns the first team; without, it gets a team of its own.
pub(crate) async fn sign_up(cx: &Context, registration: Registration, team: Option<String>, claim: Option<Secret>) -> Result<(), Failure> {
    if claim.is_none() && !cx.part::<DashboardSignUp>().is_open {
        return Err(AuthError::SignUpClosed.into());
    }
    let team = team.unwrap_or_else(|| "My team".to_owned());
    let account = auth::sign_up(cx, registration).await?;
    let tx = cx.tx().await?;
    match (account, claim) {
        (Some(account), Some(claim)) => {
            let digest = vault::digest(claim.reveal().as_bytes());
            teams::redeem_claim(tx, &digest, account.uuid(), cx.now()).await?.ok_or(AuthError::ClaimRefused)?;
            tx.emit(&DeploymentClaimed { user_id: account });
        }
        (Some(account), None) => {
            teams::create(tx, &team, account.uuid(), cx.now()).await?;
        }
        // Whoever holds the claim token may know that the address is taken, and keeps the token for another one.
        (None, Some(_)) => return Err(crate::users::UserError::EmailTaken.into()),
        (None, None) => {}
    }
    Ok(())
}
