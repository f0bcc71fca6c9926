//! The grant `authorization_code` (RFC 6749, section 4.1.3).

use edge::{Context, Failure, refuse};
use oauth::{AuthorizationDetails, CodeBinding, OAuthError, Parameters, PresentedCode, Scopes};

use super::{
    answer::TokenResponse,
    event::CodeReused,
    issue::{self, Issue, Made},
    live::{self, Standing},
    refresh_token::refresh_token,
    sender::{self, Sender},
};
use crate::{
    clients::{Client, live_resources},
    error::{refusal, refused},
    grants::{self, Grant, GrantEnd, ShownCode},
};

pub(super) async fn redeem(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
) -> Result<TokenResponse, Failure> {
    let code = parameters.required("code").map_err(refused)?;
    let shown = ShownCode::parse(code).ok_or_else(unknown)?;
    let found = live::find_with_code(&cx.read(), shown.grant, cx.now()).await?;
    let (standing, digest, code) = found.ok_or_else(unknown)?;
    let grant = &standing.grant;
    // Another client's code ends nothing: whoever holds it has no part in it. Nor does whoever knows the grant alone.
    if grant.client_id != client.id || !shown.is(&digest) {
        return Err(unknown());
    }
    let Some(code) = code.filter(|_| grant.redeemed_at.is_none()) else {
        return Err(reused(cx, grant).await?);
    };
    let binding = CodeBinding {
        tenant_id: cx.tenant_id(),
        client_id: client.client_id(),
        redirect_uri: code.redirect_uri,
        is_redirect_uri_named: code.is_redirect_uri_named,
        code_challenge: code.challenge,
        dpop_jkt: code.jkt,
        expires_at: grant.redeem_by,
    };
    let presented = PresentedCode {
        tenant_id: cx.tenant_id(),
        client_id: &client.client_id(),
        redirect_uri: parameters.get("redirect_uri"),
        code_verifier: parameters.get("code_verifier"),
        dpop_jkt: sender.confirmation.jkt.as_deref(),
    };
    binding.check(&presented, cx.now()).map_err(refused)?;
    let given = first_of(cx, parameters, client, sender, &standing, code.nonce.as_deref()).await?;
    match given.keep(cx, grant).await? {
        Some(answer) => Ok(answer),
        None => Err(reused(cx, grant).await?),
    }
}

/// The first tokens of a grant, signed; what has to be kept of them is not kept yet.
pub(crate) struct Given {
    made: Made,
    answer: TokenResponse,
    binding: Option<String>,
}

impl Given {
    /// In the request's transaction, the grant is redeemed. `None` where it was before.
    pub(crate) async fn keep(self, cx: &Context, grant: &Grant) -> Result<Option<TokenResponse>, Failure> {
        let tx = cx.tx().await?;
        if !grants::redeem(tx, grant, self.binding, cx.now()).await? {
            return Ok(None);
        }
        self.made.keep_in(tx).await?;
        Ok(Some(self.answer))
    }
}

/// The first tokens of a live grant, for a code of either kind.
pub(crate) async fn first_of(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
    standing: &Standing,
    nonce: Option<&str>,
) -> Result<Given, Failure> {
    live::check(standing, cx.now()).map_err(dead)?;
    let grant = &standing.grant;
    let parts = Parts::of(cx, parameters, client, grant)?;
    let made = issue::access_token(cx, &parts.issue(client, grant, sender)).await?;
    let id_token = if parts.scopes.is_openid() {
        Some(issue::id_token(cx, client, grant, nonce, &made.token).await?)
    } else {
        None
    };
    let refresh = issue::is_refreshable(client)
        .then(|| refresh_token(cx.vault(), cx.tenant_id(), grant, grant.refresh.generation));
    // Refresh tokens of public clients are held to the key that came with the code (RFC 9449, section 5; RFC 8705, section 4); others
    // prove themselves by their credentials.
    let is_bound = refresh.is_some() && client.metadata.is_public();
    let binding = sender::to_row(&sender.confirmation).filter(|_| is_bound);
    let answer =
        TokenResponse::of(&made, &parts.scopes, &parts.details).refresh_token(refresh.as_ref()).id_token(id_token);
    Ok(Given { made, answer, binding })
}

/// What of a grant the tokens of this request are for: all of it, or as little as the client asks for.
pub(super) struct Parts {
    pub(super) scopes: Scopes,
    pub(super) resources: Vec<String>,
    pub(super) details: AuthorizationDetails,
}

impl Parts {
    pub(super) fn of(cx: &Context, parameters: &Parameters, client: &Client, grant: &Grant) -> Result<Self, Failure> {
        let granted = Scopes::parse(&grant.scope).map_err(refused)?;
        let resources = live_resources(cx, client, &grant.resources).map_err(refused)?;
        let details: AuthorizationDetails = serde_json::from_value(grant.details.clone()).unwrap_or_default();
        Ok(Self {
            scopes: granted.within(parameters.get("scope")).map_err(refused)?,
            resources: oauth::narrow_resources(parameters.all("resource"), &resources).map_err(refused)?,
            details: details.within(parameters.get("authorization_details")).map_err(refused)?,
        })
    }

    pub(super) fn issue<'a>(&'a self, client: &'a Client, grant: &'a Grant, sender: &'a Sender) -> Issue<'a> {
        Issue {
            client,
            grant: Some(grant),
            subject: None,
            scopes: &self.scopes,
            resources: &self.resources,
            details: &self.details,
            confirmation: &sender.confirmation,
            actor: None,
            at_most: None,
        }
    }
}

/// Whoever comes second makes the first one's tokens worthless too (RFC 6749, section 4.1.2): one of the two is a thief.
async fn reused(cx: &Context, grant: &Grant) -> Result<Failure, Failure> {
    let tx = cx.tx().await?;
    if grants::end(tx, grant.id, GrantEnd::CodeReused, cx.now()).await? {
        tx.emit(&CodeReused { client_id: grant.client_id, user_id: grant.user_id });
    }
    Ok(refuse(refusal(OAuthError::invalid_grant("the code was used before"))))
}

fn unknown() -> Failure {
    refused(OAuthError::invalid_grant("the code is not known"))
}

pub(super) fn dead(why: live::Dead) -> Failure {
    refused(OAuthError::invalid_grant(why.to_string()))
}
