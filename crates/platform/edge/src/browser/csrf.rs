//! Was this form sent by a page of ours, in this browser? (OWASP, signed double submit; Fetch Metadata.)

use http::{HeaderMap, header::ORIGIN};
use kernel::{ErrorCode, Refusal, Secret, TenantId};
use vault::Vault;

/// The hidden field of every form.
pub(crate) const FIELD: &str = "csrf";

/// What the hidden field holds: bound to the browser's cookie, which no other site can read or, by its prefix, plant.
pub(super) fn token(vault: &Vault, tenant: TenantId, browser: &Secret) -> String {
    kernel::encoding::base62(&vault.mac("form", &[tenant.as_bytes(), browser.reveal().as_bytes()]))
}

/// Both must hold: the browser says that the request comes from here, and the form carries its token.
pub(super) fn check(
    vault: &Vault,
    tenant: TenantId,
    issuer: &str,
    headers: &HeaderMap,
    browser: Option<&Secret>,
    sent: Option<&str>,
) -> Result<(), Refusal> {
    let is_genuine = browser.zip(sent).is_some_and(|(browser, sent)| {
        vault::constant_time_eq(sent.as_bytes(), token(vault, tenant, browser).as_bytes())
    });
    if comes_from_here(issuer, headers) && is_genuine { Ok(()) } else { Err(refused()) }
}

/// `Sec-Fetch-Site` decides where it is sent, since no page can forge it. `Origin` is `null` on our own forms, because our pages send
/// no referrer (Fetch standard, section 3.2); where it names an origin, that must be this one.
fn comes_from_here(issuer: &str, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text(ORIGIN.as_str()) {
        None | Some("null") => true,
        Some(origin) => origin == issuer || is_host(origin, text("host")),
    }
}

/// Is it the origin of the host that was asked?
fn is_host(origin: &str, host: Option<&str>) -> bool {
    let origin = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    origin.is_some_and(|origin| host.is_some_and(|host| origin.eq_ignore_ascii_case(host)))
}

fn refused() -> Refusal {
    Refusal::new(ErrorCode::Forbidden, "csrf_failed", "This form was not sent by a page of this site, or is too old.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_request_of_another_site_is_told_by_what_the_browser_says() {
        const ISSUER: &str = "https://acme.example.com";
        for (headers, expected) in [
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site"), ("origin", ISSUER)], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "null")], false),
            (&[("sec-fetch-site", "nonsense")], false),
            (&[("origin", ISSUER)], true),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true),
            (&[("origin", "https://evil.example"), ("host", "acme.example.com")], false),
            (&[("origin", "https://acme.example.com.evil.example"), ("host", "acme.example.com")], false),
            (&[("origin", "acme.example.com"), ("host", "acme.example.com")], false),
            (&[], true),
        ] {
            assert_eq!(comes_from_here(ISSUER, &from(headers)), expected, "{headers:?}");
        }
    }
}
