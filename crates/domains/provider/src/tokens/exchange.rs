//! Token exchange (RFC 8693): one of our tokens for another that is for less, or for somebody who acts in between.

use std::time::Duration;

use edge::{Context, Failure};
use identity::doors;
use kernel::{Timestamp, ports::SessionCaller};
use oauth::{
    AuthorizationDetails, Confirmation, ExchangeRequest, ExchangeRules, OAuthCode, OAuthError, Parameters, Scopes,
    TokenParty, TokenType, TypedToken, WithoutActor, decide_exchange,
};
use serde_json::Value;
use tenancy::settings_of;

use super::{
    answer::TokenResponse,
    authenticator::{AccessTokens, LiveToken},
    issue::{self, Issue},
    live,
    sender::Sender,
    subject::subject,
};
use crate::{
    clients::Client,
    error::refused,
    grants::{self, Grant, RefreshLine},
};

pub(super) async fn exchange(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
) -> Result<TokenResponse, Failure> {
    if client.metadata.is_public() {
        let why = "a client without credentials can not exchange tokens";
        return Err(refused(OAuthError::new(OAuthCode::UnauthorizedClient, why)));
    }
    let request = ExchangeRequest::read(parameters).map_err(refused)?;
    let given = read(cx, &request.subject).await?;
    let acting = match &request.actor {
        Some(actor) => Some(read(cx, actor).await?),
        None => None,
    };
    let client_id = client.client_id();
    let rules = ExchangeRules {
        client_id: &client_id,
        client: &client.metadata,
        issuer: &cx.tenant().issuer,
        without_actor: WithoutActor::default(),
        sender: &sender.confirmation,
        lifetime: settings_of(cx.tenant()).oauth.access_token_lifetime(),
    };
    let acting = acting.as_ref().map(Given::party);
    let exchanged = decide_exchange(&request, &given.party(), acting.as_ref(), &rules, cx.now()).map_err(refused)?;
    // Both: what the subject's token was bound to, and what the sender shows now.
    let kept = exchanged.confirmation.unwrap_or_default();
    let confirmation = Confirmation {
        jkt: kept.jkt.or_else(|| sender.confirmation.jkt.clone()),
        x5t_s256: kept.x5t_s256.or_else(|| sender.confirmation.x5t_s256.clone()),
    };
    let new = given.new_grant(cx, client, &exchanged.scopes, &exchanged.targets);
    let grant = new.as_ref().or(given.grant.as_ref());
    let sub = match grant {
        Some(grant) => subject(cx, client, grant.user_id)?,
        None => exchanged.sub,
    };
    let issue = Issue {
        client,
        grant,
        subject: Some(&sub),
        scopes: &exchanged.scopes,
        resources: &exchanged.targets,
        details: &AuthorizationDetails::default(),
        confirmation: &confirmation,
        actor: exchanged.act.as_ref(),
        at_most: Some(exchanged.expires_at.since(cx.now())),
    };
    let made = issue::access_token(cx, &issue).await?;
    if let Some(grant) = &new {
        grants::insert(cx.tx().await?, grant).await?;
    }
    made.keep(cx).await?;
    let kind = request.requested.as_str();
    Ok(TokenResponse::of(&made, &exchanged.scopes, &AuthorizationDetails::default()).exchanged(kind))
}

/// A token that was looked at and is good.
struct Given {
    sub: String,
    client_id: Option<String>,
    scopes: Scopes,
    expires_at: Timestamp,
    confirmation: Confirmation,
    act: Option<Value>,
    /// That the token hangs on.
    grant: Option<Grant>,
    /// Of a session's own token, which hangs on no grant.
    session: Option<SessionCaller>,
}

impl Given {
    fn party(&self) -> TokenParty<'_> {
        TokenParty {
            sub: &self.sub,
            client_id: self.client_id.as_deref(),
            scopes: Some(&self.scopes),
            expires_at: self.expires_at,
            confirmation: Some(&self.confirmation),
            act: self.act.as_ref(),
            may_act: None,
        }
    }

    /// What the token of a session is exchanged for needs a grant to hang on: it dies with the session.
    fn new_grant(&self, cx: &Context, client: &Client, scopes: &Scopes, resources: &[String]) -> Option<Grant> {
        let who = doors::who(self.session.as_ref()?).ok()?;
        Some(Grant {
            id: cx.new_id(),
            client_id: client.id,
            user_id: who.user.id,
            session_id: who.session.id,
            scope: scopes.to_string(),
            resources: resources.to_vec(),
            details: Value::Array(Vec::new()),
            claims: None,
            auth_time: who.session.authenticated_at,
            aal: who.session.aal(),
            amr: who.session.amr(),
            binding: None,
            is_offline: false,
            redeem_by: cx.now(),
            redeemed_at: Some(cx.now()),
            refresh: RefreshLine { generation: 1, nonce: cx.env().random(), rotated_at: None, rotated_by: None },
            created_at: cx.now(),
            expires_at: self.expires_at,
            ended: None,
            has_holdings: who.user.has_holdings,
        })
    }
}

/// Our own access tokens and the tokens of sessions; anything else is refused, and so is one of them that is over, revoked, or another
/// tenant's (section 2.2.2).
async fn read(cx: &Context, token: &TypedToken) -> Result<Given, Failure> {
    let refusal =
        || refused(OAuthError::invalid_request("subject_token or actor_token is not a valid token of this issuer"));
    if !matches!(token.kind, TokenType::AccessToken | TokenType::Jwt) {
        return Err(refused(OAuthError::invalid_request("only access tokens are exchanged")));
    }
    let text = token.token.reveal();
    if let Some(found) = cx.part::<AccessTokens>().read(cx.tenant(), text, cx.now()).await? {
        let LiveToken { claims, .. } = found;
        let grant = match claims.grant {
            Some(id) => {
                let standing = live::find(&cx.read(), id, cx.now()).await?.ok_or_else(refusal)?;
                live::check(&standing, cx.now()).map_err(|_| refusal())?;
                Some(standing.grant)
            }
            None => None,
        };
        return Ok(Given {
            sub: claims.sub.clone(),
            client_id: Some(claims.client_id.clone()),
            scopes: claims.scope.clone(),
            expires_at: Timestamp::from_seconds(claims.exp),
            confirmation: claims.cnf.clone(),
            act: claims.act.clone(),
            grant,
            session: None,
        });
    }
    let caller = cx
        .authenticate(text)
        .await
        .map_err(|refused| if refused.status() >= 500 { refused.into() } else { refusal() })?;
    let usual = settings_of(cx.tenant()).oauth.access_token_lifetime();
    let who = doors::who(&caller)?;
    Ok(Given {
        sub: who.user.id.typed().to_string(),
        client_id: None,
        scopes: Scopes::parse(&caller.scopes).map_err(refused)?,
        expires_at: who.session.expires_at.min(cx.now() + usual.max(Duration::from_secs(1))),
        confirmation: Confirmation::default(),
        act: None,
        grant: None,
        session: Some(caller),
    })
}
