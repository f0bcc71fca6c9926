//! The grant `authorization_code` (RFC 6749, section 4.1.3).

use edge::{Context, Failure, refuse};
use kernel::Timestamp;
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
    grants::{self, ApplicationAuthorized, Carried, Code, Grant, GrantEnd, KeptCode, ShownCode},
};

pub(super) async fn redeem(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
) -> Result<TokenResponse, Failure> {
    let code = parameters.required("code").map_err(refused)?;
    match ShownCode::read(cx, code).ok_or_else(unknown)? {
        ShownCode::Carried(carried) => redeem_carried(cx, parameters, client, sender, *carried).await,
        ShownCode::Kept(kept) => redeem_kept(cx, parameters, client, sender, &kept).await,
    }
}

/// The grant comes out of the code, and is kept from here on: that it is there says that the code was used.
async fn redeem_carried(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
    carried: Carried,
) -> Result<TokenResponse, Failure> {
    let Carried { grant, code, is_told } = carried;
    // Another client's code ends nothing: whoever holds it has no part in it.
    if grant.client_id != client.id {
        return Err(unknown());
    }
    let id = grant.id;
    let given = async {
        check(cx, parameters, client, sender, &code, grant.redeem_by)?;
        let standing = live::behind(cx, grant, client.is_active()).await?.map_err(dead)?;
        let given = first_of(cx, parameters, client, sender, &standing, code.nonce.as_deref()).await?;
        Ok::<_, Failure>((standing.grant, given))
    };
    let redeemed = match given.await {
        Ok((grant, given)) => given.begin(cx, grant, is_told).await?,
        Err(failure) => Err(failure),
    };
    match redeemed {
        Ok(answer) => Ok(answer),
        // A code that was used ends what came of it, whatever else is wrong with it now.
        Err(failure) => match live::find(&cx.read(), id, cx.now()).await? {
            Some(standing) => Err(reused(cx, &standing.grant).await?),
            None => Err(failure),
        },
    }
}

/// The grant was kept when it was given: its code only names it.
async fn redeem_kept(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
    shown: &KeptCode,
) -> Result<TokenResponse, Failure> {
    let found = live::find_with_code(&cx.read(), shown.grant, cx.now()).await?;
    let (standing, digest, code) = found.ok_or_else(unknown)?;
    let grant = &standing.grant;
    // As above. Nor does whoever knows the grant alone end anything.
    if grant.client_id != client.id || !shown.is(&digest) {
        return Err(unknown());
    }
    let Some(code) = code.filter(|_| grant.redeemed_at.is_none()) else {
        return Err(reused(cx, grant).await?);
    };
    check(cx, parameters, client, sender, &code, grant.redeem_by)?;
    let given = first_of(cx, parameters, client, sender, &standing, code.nonce.as_deref()).await?;
    match given.keep(cx, grant).await? {
        Some(answer) => Ok(answer),
        None => Err(reused(cx, grant).await?),
    }
}

/// Is the code shown by whom, where and as it was asked for?
fn check(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
    code: &Code,
    expires_at: Timestamp,
) -> Result<(), Failure> {
    let binding = CodeBinding {
        tenant_id: cx.tenant_id(),
        client_id: client.client_id(),
        redirect_uri: code.redirect_uri.clone(),
        is_redirect_uri_named: code.is_redirect_uri_named,
        code_challenge: code.challenge.clone(),
        dpop_jkt: code.jkt.clone(),
        expires_at,
    };
    let presented = PresentedCode {
        tenant_id: cx.tenant_id(),
        client_id: &client.client_id(),
        redirect_uri: parameters.get("redirect_uri"),
        code_verifier: parameters.get("code_verifier"),
        dpop_jkt: sender.confirmation.jkt.as_deref(),
    };
    binding.check(&presented, cx.now()).map_err(refused)
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
        self.made.keep_in(tx);
        Ok(Some(self.answer))
    }
}

impl Given {
    /// In the request's transaction, the grant begins. Inside, a refusal where it began before, or what it belongs to was ended.
    async fn begin(self, cx: &Context, grant: Grant, is_told: bool) -> Result<Result<TokenResponse, Failure>, Failure> {
        let grant = Grant { redeemed_at: Some(cx.now()), binding: self.binding, ..grant };
        let tx = cx.tx().await?;
        if !grants::insert_redeemed(tx, &grant).await? {
            return Ok(Err(dead(live::Dead::Ended)));
        }
        self.made.keep_in(tx);
        if !is_told {
            tx.emit(&ApplicationAuthorized {
                application_id: grant.client_id,
                user_id: grant.user_id,
                session_id: grant.session_id,
                scope: grant.scope,
                is_new_consent: false,
            });
        }
        Ok(Ok(self.answer))
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
