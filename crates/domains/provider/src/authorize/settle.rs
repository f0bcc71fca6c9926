//! The end of a request: the grant with its code, or the person's no.

use edge::{Browser, Html, Reply};
use identity::doors::Whoever;
use oauth::{AuthorizationResponse, OAuthCode, OAuthError, code_lifetime, scope::OPENID};

use super::{
    answer::{self, Fault, Way, hand_over, sealed},
    decide::{Visit, expired},
    event::ApplicationDenied,
};
use crate::{
    clients::{Client, profile_of},
    consents::{self, Consent},
    grants::{self, ApplicationAuthorized, Carried, Code, Grant, RefreshLine},
    requests,
    session_management::SessionState,
};

/// Answer: nothing is missing.
pub(super) async fn go(cx: &Browser, visit: Visit, who: Whoever<'_>, way: Way) -> Reply<Html> {
    finish(cx, visit, who, None, way).await
}

/// The person agrees: remembered, and answered.
pub(crate) async fn allow(cx: &Browser, visit: Visit, who: Whoever<'_>, consent: Consent) -> Reply<Html> {
    finish(cx, visit, who, Some(consent), Way::Straight).await
}

/// The person does not (RFC 6749, section 4.1.2.1).
pub(crate) async fn deny(cx: &Browser, visit: Visit, who: Whoever<'_>) -> Reply<Html> {
    let error = OAuthError::new(OAuthCode::AccessDenied, "the person did not agree");
    let (application_id, kept) = (visit.client.id, visit.kept.clone());
    let reply = answer::refuse(cx, Fault::of(&visit, error), Way::Straight).await?;
    let tx = cx.tx().await?;
    if let Some((_, hash)) = kept
        && !requests::take(tx, &hash, cx.now()).await?
    {
        return Err(expired().into());
    }
    tx.emit(&ApplicationDenied { application_id, user_id: who.user.id });
    Ok(reply)
}

/// The code is made and the answer signed before anything is written; all of it is written together. `consent` is what was
/// remembered before, where the person has just agreed to more. Who only passes by leaves nothing behind: the code carries the grant.
async fn finish(cx: &Browser, visit: Visit, who: Whoever<'_>, consent: Option<Consent>, way: Way) -> Reply<Html> {
    let Visit { client, asked, kept, .. } = visit;
    let request = &asked.request;
    let grant = grant(cx, &client, request, who);
    let code = Code {
        redirect_uri: request.redirect_uri.clone(),
        is_redirect_uri_named: request.is_redirect_uri_named,
        challenge: request.code_challenge.clone(),
        jkt: request.dpop_jkt.clone(),
        nonce: request.nonce.clone(),
    };
    let is_told = kept.is_some() || asked.pushed.is_some() || consent.is_some();
    let carried = Carried { grant, code, is_told };
    let sealed_code = carried.seal(cx);
    let is_carried = sealed_code.is_some();
    let Carried { grant, code, .. } = carried;
    let secret = sealed_code.unwrap_or_else(|| grants::new_code(cx, grant.id));
    let session = SessionState::of(cx, &client, &request.redirect_uri, request.scopes.contains(OPENID))?;
    let response = AuthorizationResponse::code(&cx.tenant().issuer, secret.reveal()).in_session(session.told);
    let delivery = sealed(cx, &client, &request.return_address(), &response).await?;
    if is_told || !is_carried {
        let tx = cx.tx().await?;
        // Each request has one answer: of two windows with the same one, one gets it.
        for used in kept.iter().map(|(_, hash)| hash).chain(&asked.pushed) {
            if !requests::take(tx, used, cx.now()).await? {
                return Err(expired().into());
            }
        }
        let is_new_consent = consent.is_some();
        if let Some(consent) = consent {
            consents::put(tx, who.user.id, client.id, &consent.and(request), cx.now()).await?;
        }
        if !is_carried {
            grants::insert_with_code(tx, &grant, &secret, &code).await?;
        }
        tx.emit(&ApplicationAuthorized {
            application_id: client.id,
            user_id: who.user.id,
            session_id: who.session.id,
            scope: grant.scope,
            is_new_consent,
        });
    }
    Ok(hand_over(cx, &client, delivery, way)?.headers(session.cookie))
}

fn grant(cx: &Browser, client: &Client, request: &oauth::AuthorizationRequest, who: Whoever<'_>) -> Grant {
    let settings = &tenancy::settings_of(cx.tenant()).oauth;
    let claims = request.claims_at(who.session.aal());
    let own = client.metadata.refresh_token_lifetime.map(|seconds| std::time::Duration::from_secs(seconds.into()));
    Grant {
        id: cx.new_id(),
        client_id: client.id,
        user_id: who.user.id,
        session_id: who.session.id,
        scope: request.scopes.to_string(),
        resources: request.resources.clone(),
        details: serde_json::json!(request.authorization_details),
        claims: (!claims.is_empty()).then(|| serde_json::json!(claims)),
        auth_time: who.session.authenticated_at,
        aal: who.session.aal(),
        amr: who.session.amr(),
        binding: None,
        is_offline: request.scopes.contains(oauth::scope::OFFLINE_ACCESS),
        redeem_by: cx.now() + code_lifetime(settings.code_lifetime(), profile_of(cx, client)),
        redeemed_at: None,
        refresh: RefreshLine { generation: 0, nonce: cx.env().random(), rotated_at: None, rotated_by: None },
        created_at: cx.now(),
        expires_at: cx.now() + own.unwrap_or_else(|| settings.refresh_token_lifetime()),
        ended: None,
        has_holdings: who.user.has_holdings,
    }
}
