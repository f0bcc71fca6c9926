//! Who looks at a page: anybody with a browser, and the person whose session its cookies hold.

use std::{ops::Deref, time::Duration};

use http::{HeaderName, HeaderValue, StatusCode};
use kernel::Secret;

use super::{csrf, fields, html::Html};
use crate::{
    access::Access,
    context::Context,
    cookies::BrowserCookie,
    failure::Failure,
    guard::{Guard, sealed},
    reply::{Reply, Success},
};

/// How long a browser is known again.
const BROWSER_LIFETIME: Duration = Duration::from_hours(4320);
/// Longer than any that was made here.
const MAX_BROWSER: usize = 128;

/// Everyone, in a tenant, with a browser; a session by cookie alone ([`Context::session`]), and one that is over is none. A form that
/// was not sent by a page of ours gets no further.
pub struct Browser {
    cx: Context,
    id: Secret,
    is_new: bool,
}

/// A browser whose form may come from anywhere, because a standard says so (OpenID Connect Core 1.0, section 3.1.2.1): nothing that it
/// does may be more than a GET would.
pub struct Visitor(Browser);

impl sealed::Sealed for Visitor {}
impl Guard for Visitor {
    const ACCESS: Access = Access::Browser;
    async fn enter(cx: Context) -> Result<Self, Failure> {
        Ok(Self(Browser::of(cx)))
    }
}

impl Deref for Visitor {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        &self.0
    }
}

impl sealed::Sealed for Browser {}
impl Guard for Browser {
    const ACCESS: Access = Access::Browser;
    async fn enter(cx: Context) -> Result<Self, Failure> {
        if cx.is_mutation() {
            let known = known(&cx);
            let sent = fields::field(cx.request().body(), csrf::FIELD);
            let (tenant, issuer) = (cx.tenant_id(), &cx.tenant().issuer);
            csrf::check(cx.vault(), tenant, issuer, cx.headers(), known.as_ref(), sent.as_deref())?;
        }
        Ok(Self::of(cx))
    }
}

fn known(cx: &Context) -> Option<Secret> {
    BrowserCookie::read(cx).filter(|id| id.reveal().len() <= MAX_BROWSER)
}

impl Deref for Browser {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.cx
    }
}

impl Browser {
    fn of(cx: Context) -> Self {
        let known = known(&cx);
        let is_new = known.is_none();
        let id = known.unwrap_or_else(|| Secret::new(kernel::encoding::base62(&cx.env().random::<32>())));
        Self { cx, id, is_new }
    }

    /// What ties steps to this browser. It proves nothing about a person.
    pub fn id(&self) -> &Secret {
        &self.id
    }

    /// For the hidden field `csrf` of every form.
    pub fn form_token(&self) -> String {
        csrf::token(self.vault(), self.tenant_id(), &self.id)
    }

    /// The path and query that were asked for.
    pub fn here(&self) -> &str {
        self.request().uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
    }

    /// A page. `targets` are the URIs that its forms may lead to beside this site, `frames` those that it shows within.
    pub fn page(&self, text: String, targets: &[String], frames: &[String]) -> Reply<Html> {
        Ok(self.known(Html::page(text, targets, frames)))
    }

    /// 303: what was sent is done, look there now (RFC 9110, section 15.4.4).
    pub fn go(&self, location: &str) -> Reply<Html> {
        Ok(self.known(Html::redirect(StatusCode::SEE_OTHER, location)))
    }

    /// 307: ask the very same again, now with these cookies.
    pub fn again(&self, cookies: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Reply<Html> {
        Ok(self.known(Html::redirect(StatusCode::TEMPORARY_REDIRECT, self.here())).headers(cookies))
    }

    /// A refusal that is shown as this page, with its status; what must leave a trace still does.
    pub fn refused(&self, failure: Failure, text: String, targets: &[String], frames: &[String]) -> Failure {
        let status = StatusCode::from_u16(failure.refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let page = self.known(Html::page(text, targets, frames)).with_status(status);
        let rendered = page.render(&self.cx);
        failure.shown(rendered)
    }

    fn known(&self, success: Success<Html>) -> Success<Html> {
        let cookie = self.is_new.then(|| BrowserCookie::set(&self.cx, &self.id, BROWSER_LIFETIME)).flatten();
        success.headers(cookie)
    }
}
