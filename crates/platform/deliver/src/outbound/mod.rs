//! HTTP calls to addresses that others may choose: webhooks, key sets, token endpoints, mail and SMS providers.
//!
//! A name is looked up once; every address it has must be public, and the connection goes to one of those very addresses.
//! `https` only, no redirects, no proxies, and caps on time and size. The answer is for the server and not for whoever chose the address.

mod address;
mod call;
mod destination;
mod error;
mod exchange;
mod network;
#[cfg(test)]
mod tests;
mod tls;

use std::{path::Path, sync::Arc};

use rustls::ClientConfig;
use serde::{Serialize, de::DeserializeOwned};

use self::destination::Destination;
pub use self::{
    call::{Answer, Call},
    error::OutboundError,
    network::{Resolved, Resolver, SystemResolver},
};
pub(crate) use self::{
    destination::HostName,
    network::{Network, is_loopback},
};

/// What may be called beside the public internet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboundPolicy {
    /// This machine, over `http` as well: for development and tests.
    pub allow_loopback: bool,
}

/// How calls are made.
pub struct OutboundOptions {
    pub policy: OutboundPolicy,
    pub resolver: Arc<dyn Resolver>,
    /// A PEM file's text: authorities that are believed beside the system's.
    pub extra_authorities: Option<Vec<u8>>,
}

impl Default for OutboundOptions {
    fn default() -> Self {
        Self { policy: OutboundPolicy::default(), resolver: Arc::new(SystemResolver), extra_authorities: None }
    }
}

impl OutboundOptions {
    /// With the authorities in `file`.
    pub fn trusting(self, file: &Path) -> std::io::Result<Self> {
        Ok(Self { extra_authorities: Some(std::fs::read(file)?), ..self })
    }
}

/// Calls to the outside. Cloning shares it.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    network: Network,
    tls: Arc<ClientConfig>,
    extra_authorities: Option<Vec<u8>>,
}

impl Outbound {
    pub fn new(options: OutboundOptions) -> Result<Self, OutboundError> {
        let OutboundOptions { policy, resolver, extra_authorities } = options;
        let extra = extra_authorities.as_deref().map(tls::certificates).transpose()?.unwrap_or_default();
        Ok(Self(Arc::new(Inner { network: Network { policy, resolver }, tls: tls::config(extra)?, extra_authorities })))
    }

    /// Could this URL be called, as far as its text tells? A name is looked up only when it is called.
    pub fn check(&self, url: &str) -> Result<(), OutboundError> {
        let destination = Destination::parse(url, self.0.network.policy)?;
        self.0.network.allows_host(&destination.host)
    }

    /// Make a call; any status is an answer.
    pub async fn send(&self, call: Call) -> Result<Answer, OutboundError> {
        if let Some(fault) = call.fault {
            return Err(fault);
        }
        let destination = Destination::parse(&call.url, self.0.network.policy)?;
        let patience = call.patience;
        let whole = async {
            let addresses = self.0.network.addresses(&destination.host, destination.port).await?;
            if !destination.is_tls && !is_loopback(&addresses) {
                return Err(OutboundError::Url);
            }
            exchange::exchange(call, destination, &addresses, Arc::clone(&self.0.tls)).await
        };
        tokio::time::timeout(patience, whole).await.map_err(|_| OutboundError::Timeout)?
    }

    /// A JSON document.
    pub async fn get_json<T: DeserializeOwned>(&self, url: &str) -> Result<T, OutboundError> {
        self.send(Call::get(url)).await?.success()?.json()
    }

    /// Any status is an answer: providers say in the body what they refuse.
    pub async fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer, OutboundError> {
        self.send(Call::post(url).form(fields)).await
    }

    /// Any status is an answer.
    pub async fn post_json(&self, url: &str, body: &impl Serialize) -> Result<Answer, OutboundError> {
        self.send(Call::post(url).json(body)).await
    }

    pub(crate) fn network(&self) -> &Network {
        &self.0.network
    }

    pub(crate) fn extra_authorities(&self) -> Option<&[u8]> {
        self.0.extra_authorities.as_deref()
    }
}
