//! From a host to the addresses that may be connected to. One look-up: what was checked is what is connected to, so that a
//! name that answers differently the second time gains nothing.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use super::{
    OutboundError, OutboundPolicy,
    address::{Reach, reach},
    destination::HostName,
};

/// Addresses of one host that are looked at.
const MOST_ADDRESSES: usize = 16;

pub type Resolved<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>>;

/// Looks up names. A test answers what it likes; the guard stands behind it.
pub trait Resolver: Send + Sync {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolved<'a>;
}

/// As the operating system looks names up.
#[derive(Clone, Copy, Debug)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolved<'a> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.take(MOST_ADDRESSES).collect()) })
    }
}

/// The guard between the server and every address that it is asked to call.
#[derive(Clone)]
pub(crate) struct Network {
    pub(super) policy: OutboundPolicy,
    pub(super) resolver: Arc<dyn Resolver>,
}

impl Network {
    /// The host's addresses, all of them allowed. A host with one forbidden address is refused as a whole: an honest one has
    /// none.
    pub(crate) async fn addresses(&self, host: &HostName, port: u16) -> Result<Vec<SocketAddr>, OutboundError> {
        let addresses = self.unguarded_addresses(host, port).await?;
        if addresses.iter().all(|address| self.allows(address.ip())) {
            Ok(addresses)
        } else {
            Err(OutboundError::Forbidden)
        }
    }

    /// The same without the guard: for hosts that the operator names.
    pub(crate) async fn unguarded_addresses(
        &self,
        host: &HostName,
        port: u16,
    ) -> Result<Vec<SocketAddr>, OutboundError> {
        let addresses = match host {
            HostName::Address(address) => vec![SocketAddr::new(*address, port)],
            HostName::Name(name) => self.resolver.resolve(name, port).await.map_err(|_| OutboundError::UnknownHost)?,
        };
        if addresses.is_empty() { Err(OutboundError::UnknownHost) } else { Ok(addresses) }
    }

    /// As far as can be told without a look-up.
    pub(super) fn allows_host(&self, host: &HostName) -> Result<(), OutboundError> {
        match host {
            HostName::Address(address) if !self.allows(*address) => Err(OutboundError::Forbidden),
            HostName::Name(name) if !self.policy.allow_loopback && is_local_name(name) => Err(OutboundError::Forbidden),
            HostName::Address(_) | HostName::Name(_) => Ok(()),
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        match reach(address) {
            Reach::Public => true,
            Reach::Loopback => self.policy.allow_loopback,
            Reach::Forbidden => false,
        }
    }
}

/// Names that never leave the machine or its network (RFC 6761, RFC 6762, RFC 9476).
fn is_local_name(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    matches!(last, "localhost" | "local" | "internal" | "alt" | "onion" | "invalid" | "test") || last == name
}

/// What is sent in the clear stays on this machine.
pub(crate) fn is_loopback(addresses: &[SocketAddr]) -> bool {
    addresses.iter().all(|address| reach(address.ip()) == Reach::Loopback)
}
