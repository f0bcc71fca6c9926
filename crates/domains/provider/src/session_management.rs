//! OpenID Connect Session Management 1.0: how a client's page in a browser sees that its person has signed out, or is somebody else
//! now, without asking the server each time.
//!
//! Owns the frame that such a page asks, and what an authorization response tells for it. The browser's state is the edge's: it is a
//! cookie that comes and goes with a session's others.

use std::time::Duration;

use edge::{Browser, BrowserStateCookie, Endpoint, Failure, Html, Public, Reply};
use http::{HeaderName, HeaderValue};
use identity::doors;
use macros::endpoint;
use oauth::session_state;
use pages::session_frame;

use crate::clients::Client;

/// What goes along with an answer.
#[derive(Default)]
pub(crate) struct SessionState {
    /// For the client.
    pub(crate) told: Option<String>,
    /// For the browser, where what it holds is not right: the two are compared later.
    pub(crate) cookie: Option<(HeaderName, HeaderValue)>,
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![check_session()]
}

/// Let applications see whether a sign-in is still the same
///
/// The document at `check_session_iframe`, for frames: it is asked by `postMessage` and answers by it.
#[endpoint(GET "/oauth2/session", id = "oauth2.session")]
async fn check_session(cx: Public) -> Reply<Html> {
    Ok(Html::framed_by_all(session_frame(&BrowserStateCookie::name(&cx))))
}

impl SessionState {
    /// Of this browser, for this client; for plain OAuth there is none. Told where nobody is signed in too, so that a page may see that
    /// somebody does.
    pub(crate) fn of(cx: &Browser, client: &Client, redirect_uri: &str, is_openid: bool) -> Result<Self, Failure> {
        if !is_openid {
            return Ok(Self::default());
        }
        let salt = kernel::encoding::base62(&cx.env().random::<16>());
        let state = BrowserStateCookie::state(cx);
        let told = session_state(&client.client_id(), redirect_uri, &state, &salt);
        let left = match cx.session().map(doors::who).transpose()? {
            Some(who) => who.session.expires_at.since(cx.now()),
            None => Duration::ZERO,
        };
        Ok(Self { told, cookie: BrowserStateCookie::settled(cx, &state, left) })
    }
}
