//! SMTP with a few connections kept for each server and account.

use std::{net::SocketAddr, time::Duration};

use kernel::Secret;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{
        self, PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use quick_cache::sync::Cache;

use super::message::message;
use crate::{
    DeliveryError, Mail, Outbound, OutboundError,
    outbound::{HostName, Network, is_loopback},
};

/// For one command; a mail is about six of them.
const PATIENCE: Duration = Duration::from_secs(6);
/// For a mail from the look-up to the last answer.
const WHOLE_PATIENCE: Duration = Duration::from_secs(12);
const CONNECTIONS: u32 = 4;
const IDLE: Duration = Duration::from_secs(30);
/// Servers and accounts whose connections are kept.
const SERVERS: usize = 256;
/// Of one host, those that are tried.
const ADDRESSES: usize = 3;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// From the first byte (RFC 8314), usually at port 465.
    Tls,
    /// `STARTTLS`, and nothing is said without it; usually at port 587.
    StartTls,
    /// Nothing: to this machine only.
    None,
}

/// A mail server and the account at it.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpSender {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// Named by the operator: may be in the operator's own network.
    pub is_operators: bool,
}

/// Connections that are kept between mails.
pub(crate) struct SmtpPool(Cache<String, Transport>);

impl SmtpPool {
    pub(crate) fn new() -> Self {
        Self(Cache::new(SERVERS))
    }

    pub(crate) async fn send(
        &self,
        outbound: &Outbound,
        sender: &SmtpSender,
        mail: &Mail,
    ) -> Result<(), DeliveryError> {
        let message = message(mail)?;
        let whole = async {
            let mut last = DeliveryError::Unreachable("the mail server has no address".to_owned());
            for address in addresses(outbound.network(), sender).await?.into_iter().take(ADDRESSES) {
                let transport = self.transport(outbound, sender, address, mail.from.domain())?;
                match transport.send(message.clone()).await {
                    Ok(_) => return Ok(()),
                    Err(error) => {
                        let was_reached = error.status().is_some();
                        last = failure(&error);
                        if was_reached {
                            break;
                        }
                    }
                }
            }
            Err(last)
        };
        tokio::time::timeout(WHOLE_PATIENCE, whole)
            .await
            .unwrap_or_else(|_| Err(DeliveryError::Unreachable("the mail server did not answer in time".to_owned())))
    }

    fn transport(
        &self,
        outbound: &Outbound,
        sender: &SmtpSender,
        address: SocketAddr,
        hello: &str,
    ) -> Result<Transport, DeliveryError> {
        let key = key(sender, address, hello);
        self.0.get_or_insert_with(&key, || build(outbound, sender, address, hello))
    }
}

/// Everything that tells one connection from another; kept in memory as the connection's own credentials are.
fn key(sender: &SmtpSender, address: SocketAddr, hello: &str) -> String {
    let password = sender.password.as_ref().map(Secret::reveal);
    let parts = (&sender.host, &sender.username, password, address, hello);
    format!("{parts:?} {:?}", sender.security)
}

async fn addresses(network: &Network, sender: &SmtpSender) -> Result<Vec<SocketAddr>, DeliveryError> {
    let host = HostName::parse(&sender.host)?;
    let addresses = if sender.is_operators {
        network.unguarded_addresses(&host, sender.port).await?
    } else {
        network.addresses(&host, sender.port).await?
    };
    if sender.security == SmtpSecurity::None && !is_loopback(&addresses) {
        return Err(OutboundError::Forbidden.into());
    }
    Ok(addresses)
}

/// To this very address; the certificate must be that of the host's name.
fn build(
    outbound: &Outbound,
    sender: &SmtpSender,
    address: SocketAddr,
    hello: &str,
) -> Result<Transport, DeliveryError> {
    let tls = || tls(outbound, &sender.host);
    let tls = match sender.security {
        SmtpSecurity::Tls => Tls::Wrapper(tls()?),
        SmtpSecurity::StartTls => Tls::Required(tls()?),
        SmtpSecurity::None => Tls::None,
    };
    let mut builder = Transport::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .tls(tls)
        .timeout(Some(PATIENCE))
        .hello_name(ClientId::Domain(hello.to_owned()))
        .pool_config(PoolConfig::new().min_idle(0).max_size(CONNECTIONS).idle_timeout(IDLE));
    if let (Some(username), Some(password)) = (&sender.username, &sender.password) {
        builder = builder.credentials(Credentials::new(username.clone(), password.reveal().to_owned()));
    }
    Ok(builder.build())
}

fn tls(outbound: &Outbound, host: &str) -> Result<TlsParameters, DeliveryError> {
    let wrong = |error: smtp::Error| DeliveryError::Temporary(format!("TLS can't be set up: {error}"));
    let mut builder = TlsParameters::builder(host.trim_end_matches('.').to_owned());
    if let Some(pem) = outbound.extra_authorities() {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(wrong)?);
    }
    builder.build_rustls().map_err(wrong)
}

/// The class and the code, never the server's words.
fn failure(error: &smtp::Error) -> DeliveryError {
    let Some(code) = error.status() else {
        let what = if error.is_timeout() {
            "the mail server did not answer in time"
        } else if error.is_tls() {
            "the mail server's TLS was not accepted"
        } else {
            "the mail server can't be reached"
        };
        return DeliveryError::Unreachable(what.to_owned());
    };
    let code = u16::from(code);
    match code {
        // About the account and not about the message (RFC 4954, section 6): somebody will mend it.
        530 | 534 | 535 | 538 | 454 => {
            DeliveryError::Temporary(format!("the mail server did not accept the account ({code})"))
        }
        500.. => DeliveryError::Permanent(format!("the mail server answered {code}")),
        _ => DeliveryError::Temporary(format!("the mail server answered {code}")),
    }
}
