//! Which tenant is addressed: host first, then `x-application-id`, then the first tenant at the bare base host.

use std::{net::IpAddr, sync::Arc};

use http::{HeaderMap, header::HOST};
use kernel::{
    ErrorCode, Id, Refusal, Timestamp,
    tenant::{CONSOLE, Tenant, TenantFacts},
};

use crate::{access::no_tenant, app::App, headers::X_APPLICATION_ID};

/// The tenant of a request. `authority` is the request target's own, which HTTP/2 sends instead of `Host`.
pub(crate) async fn tenant(
    app: &App,
    authority: Option<&str>,
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Arc<TenantFacts>, Refusal> {
    let by_host = match host(app, authority, peer, headers)? {
        Some(host) => Some(app.ports().tenants.by_host(&host, now).await?.ok_or_else(unknown_host)?),
        None => None,
    };
    let named = match headers.get(X_APPLICATION_ID) {
        Some(value) => Some(application_id(value)?),
        None => None,
    };
    let tenant = match (by_host, named) {
        (Some(tenant), Some(id)) if tenant.id != id => {
            return Err(Refusal::new(
                ErrorCode::BadRequest,
                "tenant_mismatch",
                "The host and x-application-id name different applications.",
            ));
        }
        (Some(tenant), _) => tenant,
        // The console is reached through its own endpoints only.
        (None, Some(id)) if id == CONSOLE => return Err(no_tenant()),
        (None, Some(id)) => app.ports().tenants.by_id(id, now).await?.ok_or_else(no_tenant)?,
        (None, None) => app.ports().tenants.primary(now).await?.ok_or_else(no_tenant)?,
    };
    if tenant.suspended {
        return Err(Refusal::new(ErrorCode::Forbidden, "tenant_suspended", "This application is suspended."));
    }
    Ok(tenant)
}

fn application_id(value: &http::HeaderValue) -> Result<Id<Tenant>, Refusal> {
    value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
        Refusal::new(ErrorCode::BadRequest, "invalid_application_id", "x-application-id is a UUID or a `tnt_` id.")
    })
}

/// The host that names a tenant; `None` at the base host, which names none.
fn host(
    app: &App,
    authority: Option<&str>,
    peer: Option<IpAddr>,
    headers: &HeaderMap,
) -> Result<Option<String>, Refusal> {
    let invalid = || Refusal::new(ErrorCode::BadRequest, "invalid_host", "Send one valid Host header.");
    let sent = if authority.is_some() {
        authority
    } else {
        let mut hosts = headers.get_all(HOST).iter();
        let first = hosts.next();
        if hosts.next().is_some() {
            return Err(invalid());
        }
        first.map(|host| host.to_str()).transpose().map_err(|_| invalid())?
    };
    let Some(host) = app.settings().proxies.forwarded_host(peer, headers).or(sent) else { return Ok(None) };
    let name = without_port(host).ok_or_else(invalid)?;
    if app.settings().is_base_host(name) { Ok(None) } else { Ok(Some(name.to_ascii_lowercase())) }
}

/// `example.com:8080` and `[::1]:8080` without the port.
fn without_port(host: &str) -> Option<&str> {
    let name = if let Some(rest) = host.strip_prefix('[') {
        rest.split_once(']').map(|(address, _)| address)?
    } else {
        host.split_once(':').map_or(host, |(name, _)| name)
    };
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':'));
    (is_plain && !name.is_empty()).then_some(name)
}

fn unknown_host() -> Refusal {
    let mut refusal = Refusal::new(ErrorCode::NotFound, "unknown_host", "No application answers at this host.");
    refusal.status = Some(421);
    refusal
}
