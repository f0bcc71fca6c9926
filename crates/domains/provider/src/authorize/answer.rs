//! The answer on its way to the client (RFC 6749, section 4.1.2), and what is shown where there is no way.

use std::sync::Arc;

use edge::{Browser, Failure, Html, Reply};
use http::{HeaderName, HeaderValue};
use kernel::{ErrorCode, Refusal};
use oauth::{AuthorizationResponse, Delivery, JARM_TYPE, OAuthError, ReturnAddress, scope::OPENID};
use serde_json::json;
use tenancy::KeyRing;

use super::decide::Visit;
use crate::{clients::Client, error, session_management::SessionState};

const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// How the browser got here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By a link or a form whose page knows where it leads in the end: it is sent on.
    Straight,
    /// Perhaps by the form of a page that knows nothing of the client. Browsers hold all redirects of a form to the page's policy, so
    /// that the way to the client begins at a page of its own.
    Onward,
}

/// What is wrong, and who is told.
pub(crate) enum Fault {
    /// The person, on a page here: neither client nor address are known to be good.
    Shown(Failure),
    /// The client.
    Back { client: Arc<Client>, to: ReturnAddress, error: OAuthError, is_openid: bool },
}

impl Fault {
    pub(crate) fn of(visit: &Visit, error: OAuthError) -> Self {
        let request = &visit.asked.request;
        let is_openid = request.scopes.contains(OPENID);
        Self::Back { client: Arc::clone(&visit.client), to: request.return_address(), error, is_openid }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Shown(failure)
    }
}

impl From<OAuthError> for Fault {
    fn from(error: OAuthError) -> Self {
        Self::Shown(error::refused(error))
    }
}

/// Tell whoever is to be told.
pub(crate) async fn refuse(cx: &Browser, fault: Fault, way: Way) -> Reply<Html> {
    match fault {
        Fault::Shown(failure) => Err(failure),
        Fault::Back { client, to, error, is_openid } => {
            let session = SessionState::of(cx, &client, &to.redirect_uri, is_openid)?;
            let response = AuthorizationResponse::error(&cx.tenant().issuer, &error).in_session(session.told);
            let delivery = sealed(cx, &client, &to, &response).await?;
            Ok(hand_over(cx, &client, delivery, way)?.headers(session.cookie))
        }
    }
}

/// The answer as it travels, signed where the mode says so. Before a transaction is open.
pub(super) async fn sealed(
    cx: &Browser,
    client: &Client,
    to: &ReturnAddress,
    response: &AuthorizationResponse,
) -> Result<Delivery, Failure> {
    let key = if to.mode.is_signed() {
        let algorithm = client.metadata.authorization_signed_response_alg;
        Some(cx.part::<KeyRing>().signer(cx.tenant_id(), algorithm, cx.now()).await?)
    } else {
        None
    };
    let unsigned = || {
        tracing::error!("an answer of the authorization endpoint could not be signed");
        Refusal::new(ErrorCode::Internal, "internal", "Something went wrong on our side.")
    };
    let sign = |claims: &serde_json::Map<String, serde_json::Value>| {
        key.as_ref().and_then(|key| key.sign(JARM_TYPE, claims).ok()).ok_or_else(unsigned)
    };
    Ok(response.deliver(to, &client.client_id(), cx.now(), sign)?)
}

/// The browser takes it there.
pub(super) fn hand_over(cx: &Browser, client: &Client, delivery: Delivery, way: Way) -> Reply<Html> {
    match delivery {
        Delivery::Redirect(to) if way == Way::Straight => cx.go(&to),
        Delivery::Redirect(to) => {
            let shown = hosted::shown(cx, "onward", &json!({ "client": client.name, "href": to }), &[])?;
            let refresh = HeaderValue::from_str(&format!("0; url={to}")).ok();
            Ok(shown.headers(refresh.map(|refresh| (REFRESH, refresh))))
        }
        Delivery::FormPost(form) => {
            let fields: Vec<_> =
                form.fields.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
            let page = json!({ "client": client.name, "action": form.action, "fields": fields });
            hosted::shown(cx, "post-form", &page, std::slice::from_ref(&form.action))
        }
    }
}
