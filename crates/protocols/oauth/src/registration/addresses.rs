//! The addresses in a client's metadata: where it is called, and what people are shown links to.

use url::{Host, Url};

use super::check::{Flaw, Flaws};
use crate::{
    metadata::ClientMetadata,
    names::{ClientType, GrantType, Profile, SubjectType},
    redirect::check_registrable,
    resource::is_resource,
};

const MAX_ADDRESSES: usize = 50;
const MAX_BYTES: usize = 2_048;

pub(super) fn check(
    client: &ClientMetadata,
    kind: ClientType,
    profile: Profile,
    is_development: bool,
    flaws: &mut Flaws,
) {
    redirects(client, kind, profile, is_development, flaws);
    for (field, uri) in [
        ("client_uri", &client.client_uri),
        ("logo_uri", &client.logo_uri),
        ("policy_uri", &client.policy_uri),
        ("tos_uri", &client.tos_uri),
        ("jwks_uri", &client.jwks_uri),
        ("sector_identifier_uri", &client.sector_identifier_uri),
        ("initiate_login_uri", &client.initiate_login_uri),
        ("backchannel_logout_uri", &client.backchannel_logout_uri),
        ("frontchannel_logout_uri", &client.frontchannel_logout_uri),
    ] {
        if uri.as_ref().is_some_and(|uri| !is_web_address(uri, is_development)) {
            flaws.push(Flaw::invalid(field, "the address is not https, or has a user name or a fragment"));
        }
    }
    for (index, uri) in client.request_uris.iter().enumerate() {
        // The fragment is the digest of what is there (OpenID Connect Core 1.0, section 6.2).
        let address = uri.split_once('#').map_or(uri.as_str(), |(address, _)| address);
        if !is_web_address(address, is_development) {
            flaws.push(Flaw::invalid(format!("request_uris.{index}"), "the address is not https"));
        }
    }
    for (index, origin) in client.allowed_origins.iter().enumerate() {
        let is_origin = Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == *origin);
        if !is_origin || !is_web_address(origin, is_development) {
            flaws.push(Flaw::invalid(format!("allowed_origins.{index}"), "this is not the origin of a https page"));
        }
    }
    for (index, resource) in client.allowed_resources.iter().enumerate() {
        if !is_resource(resource) {
            flaws.push(Flaw::invalid(format!("allowed_resources.{index}"), "this is no absolute URI without fragment"));
        }
    }
    for (field, list) in [
        ("redirect_uris", &client.redirect_uris),
        ("post_logout_redirect_uris", &client.post_logout_redirect_uris),
        ("request_uris", &client.request_uris),
        ("allowed_origins", &client.allowed_origins),
        ("allowed_resources", &client.allowed_resources),
    ] {
        flaws.count(field, list.len(), MAX_ADDRESSES);
    }
    front_channel(client, flaws);
    sector(client, flaws);
}

fn redirects(client: &ClientMetadata, kind: ClientType, profile: Profile, is_development: bool, flaws: &mut Flaws) {
    if client.may(GrantType::AuthorizationCode) && client.redirect_uris.is_empty() {
        flaws.push(Flaw::missing("redirect_uris", "authorization_code needs an address to answer to"));
    }
    let lists =
        [("redirect_uris", &client.redirect_uris), ("post_logout_redirect_uris", &client.post_logout_redirect_uris)];
    for (field, uris) in lists {
        for (index, uri) in uris.iter().enumerate() {
            let field = format!("{field}.{index}");
            if let Err(fault) = check_registrable(uri, kind, is_development) {
                flaws.push(Flaw::invalid(field, fault.to_string()));
            } else if profile == Profile::Mcp && !uri.starts_with("https://") && !uri.starts_with("http://") {
                flaws.push(Flaw::not_allowed(field, "the profile mcp knows https and loopback addresses only"));
            }
        }
    }
}

/// https, or loopback while developing; no user name, no fragment.
fn is_web_address(uri: &str, is_development: bool) -> bool {
    if uri.len() > MAX_BYTES || !uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return false;
    }
    let Ok(url) = Url::parse(uri) else { return false };
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let is_scheme = match url.scheme() {
        "https" => true,
        "http" => is_development && is_loopback,
        _ => false,
    };
    is_scheme && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
}

/// OpenID Connect Front-Channel Logout 1.0, section 2: scheme, host and port are those of a redirect URI.
fn front_channel(client: &ClientMetadata, flaws: &mut Flaws) {
    let origin = |uri: &String| Url::parse(uri).ok().map(|url| url.origin().ascii_serialization());
    let Some(uri) = &client.frontchannel_logout_uri else { return };
    if !client.redirect_uris.iter().any(|redirect| origin(redirect) == origin(uri)) {
        flaws.push(Flaw::invalid("frontchannel_logout_uri", "the address is not at the origin of a redirect URI"));
    }
}

/// OpenID Connect Core 1.0, section 8.1: pairwise subjects are of one host, or of a sector that says so.
fn sector(client: &ClientMetadata, flaws: &mut Flaws) {
    let host = |uri: &String| Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    let mut hosts: Vec<_> = client.redirect_uris.iter().filter_map(host).collect();
    hosts.sort();
    hosts.dedup();
    if client.subject_type == SubjectType::Pairwise && client.sector_identifier_uri.is_none() && hosts.len() > 1 {
        flaws.push(Flaw::missing("sector_identifier_uri", "pairwise subjects of several hosts need their sector"));
    }
}
