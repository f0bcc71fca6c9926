//! A URL, taken apart by the rules for calls.

use std::net::IpAddr;

use url::{Host, Url};

use super::{OutboundError, OutboundPolicy};

/// Longer URLs have no honest use here.
const LONGEST: usize = 2_048;

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) is_tls: bool,
    pub(super) host: HostName,
    pub(super) port: u16,
    /// As it stands in the `Host` header.
    pub(super) authority: String,
    /// Path and query.
    pub(super) target: String,
}

/// A name to look up, or an address as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostName {
    Name(String),
    Address(IpAddr),
}

impl HostName {
    /// A host as somebody wrote it, every spelling of an address understood as a browser would.
    pub(crate) fn parse(text: &str) -> Result<Self, OutboundError> {
        match Host::parse(text).map_err(|_| OutboundError::Url)? {
            Host::Domain(name) => Self::name(&name),
            Host::Ipv4(address) => Ok(Self::Address(address.into())),
            Host::Ipv6(address) => Ok(Self::Address(address.into())),
        }
    }

    fn name(name: &str) -> Result<Self, OutboundError> {
        let name = name.strip_suffix('.').unwrap_or(name);
        if name.is_empty() || name.len() > 253 {
            return Err(OutboundError::Url);
        }
        Ok(Self::Name(name.to_ascii_lowercase()))
    }
}

impl Destination {
    /// `https` only; with `allow_loopback` also `http`, which the network then holds to loopback addresses.
    pub(super) fn parse(url: &str, policy: OutboundPolicy) -> Result<Self, OutboundError> {
        if url.len() > LONGEST {
            return Err(OutboundError::Url);
        }
        let url = Url::parse(url).map_err(|_| OutboundError::Url)?;
        let is_tls = match url.scheme() {
            "https" => true,
            "http" if policy.allow_loopback => false,
            _ => return Err(OutboundError::Url),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::Url);
        }
        let host = match url.host().ok_or(OutboundError::Url)? {
            Host::Domain(name) => HostName::name(name)?,
            Host::Ipv4(address) => HostName::Address(address.into()),
            Host::Ipv6(address) => HostName::Address(address.into()),
        };
        let port = url.port_or_known_default().ok_or(OutboundError::Url)?;
        if port == 0 {
            return Err(OutboundError::Url);
        }
        let text = url.host_str().ok_or(OutboundError::Url)?;
        let authority = url.port().map_or_else(|| text.to_owned(), |port| format!("{text}:{port}"));
        let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        Ok(Self { is_tls, host, port, authority, target })
    }
}
