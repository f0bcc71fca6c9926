//! The grant `refresh_token` (RFC 6749, section 6): rotation, its grace, and the end of a line that was used twice.

use edge::{Context, Failure, refuse};
use oauth::{Confirmation, OAuthError, Parameters, RefreshDecision, RefreshState, Use, decide_refresh, rotates};
use tenancy::settings_of;

use super::{
    answer::TokenResponse,
    authorization_code::{Parts, dead},
    event::ApplicationRefreshReused,
    issue,
    live::{self, Dead, Standing},
    refresh_token::{PresentedRefresh, refresh_token},
    sender::{self, Sender},
};
use crate::{
    clients::{Client, profile_of},
    error::{refusal, refused},
    grants::{self, Grant, GrantEnd},
};

pub(super) async fn refresh(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
) -> Result<TokenResponse, Failure> {
    let presented =
        PresentedRefresh::parse(parameters.required("refresh_token").map_err(refused)?).ok_or_else(unknown)?;
    let mut found = live::find(&cx.read(), presented.grant, cx.now()).await?;
    // A second look is needed only where another request rotated in between.
    for _ in 0..2 {
        let standing = found.ok_or_else(unknown)?;
        let grant = &standing.grant;
        if grant.client_id != client.id || !presented.is_genuine(cx.vault(), cx.tenant_id(), grant) {
            return Err(unknown());
        }
        let by = digest(cx, client, &sender.confirmation);
        let decision = decide(cx, &standing, &presented, client, sender, &by);
        if decision == RefreshDecision::Reused {
            return Err(reused(cx, grant).await?);
        }
        if let Some(error) = decision.refusal() {
            return Err(refused(error));
        }
        live::check(&standing, cx.now()).map_err(dead)?;
        cx.count(edge::Limit::TokenUser, grant.user_id.uuid())?;
        // Signed before the writer is taken, so that nobody waits for it behind a signature.
        let parts = Parts::of(cx, parameters, client, grant)?;
        let made = issue::access_token(cx, &parts.issue(client, grant, sender)).await?;
        let id_token = if parts.scopes.is_openid() {
            Some(issue::id_token(cx, client, grant, None, &made.token).await?)
        } else {
            None
        };
        let answer = |generation| {
            let refresh = refresh_token(cx.vault(), cx.tenant_id(), grant, generation);
            TokenResponse::of(&made, &parts.scopes, &parts.details).refresh_token(Some(&refresh)).id_token(id_token)
        };
        if decision != RefreshDecision::Rotate {
            made.keep(cx).await?;
            return Ok(answer(grant.refresh.generation));
        }
        // Of two that rotate at once one wins.
        if grants::rotate(cx.tx().await?, grant, &by, cx.now()).await? {
            made.keep(cx).await?;
            return Ok(answer(grant.refresh.generation + 1));
        }
        // Within the transaction: what the other one wrote may still wait for its group's commit, where readers don't see it.
        found = live::find(cx.tx().await?, presented.grant, cx.now()).await?;
    }
    Err(unknown())
}

fn decide(
    cx: &Context,
    standing: &Standing,
    presented: &PresentedRefresh,
    client: &Client,
    sender: &Sender,
    by: &[u8; 16],
) -> RefreshDecision {
    let Grant { refresh: line, binding, expires_at, .. } = &standing.grant;
    let oauth = &settings_of(cx.tenant()).oauth;
    let profile = profile_of(cx, client);
    let id = client.client_id();
    // Who rotated last is kept as a digest, which says no more than whether it was this sender.
    let is_same = line.rotated_by.as_ref() == Some(by);
    let other = Confirmation::key("somebody else");
    let by = if is_same { &sender.confirmation } else { &other };
    let is_last_but_one = presented.generation.checked_add(1) == Some(line.generation);
    let used = (presented.generation != line.generation).then(|| Use {
        at: line.rotated_at.unwrap_or_default(),
        by,
        is_successor_used: !is_last_but_one,
    });
    let state = RefreshState {
        client_id: &id,
        confirmation: &sender::from_row(binding.as_deref()),
        expires_at: *expires_at,
        is_revoked: live::check(standing, cx.now()) == Err(Dead::Ended),
        used,
    };
    decide_refresh(
        &state,
        &id,
        &sender.confirmation,
        rotates(&client.metadata, profile),
        oauth.refresh_grace(),
        cx.now(),
    )
}

/// The client that refreshes, with what it shows, as far as it can be told apart without being followed.
fn digest(cx: &Context, client: &Client, shown: &Confirmation) -> [u8; 16] {
    let shown = sender::to_row(shown).unwrap_or_default();
    let parts = [client.id.as_bytes(), shown.as_bytes(), cx.user_agent().unwrap_or_default().as_bytes()];
    let mac = cx.vault().mac("oauth refresh client", &parts);
    let mut digest = [0; 16];
    digest.copy_from_slice(&mac[..16]);
    digest
}

/// One of the two holders is a thief, and nobody can say which (RFC 9700, section 4.14.2).
async fn reused(cx: &Context, grant: &Grant) -> Result<Failure, Failure> {
    let tx = cx.tx().await?;
    if grants::end(tx, grant.id, GrantEnd::RefreshReused, cx.now()).await? {
        tx.emit(&ApplicationRefreshReused { client_id: grant.client_id, user_id: grant.user_id });
    }
    Ok(refuse(refusal(OAuthError::invalid_grant("the refresh token was used before"))))
}

fn unknown() -> Failure {
    refused(OAuthError::invalid_grant("the refresh token is not known"))
}
