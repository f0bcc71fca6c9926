//! Everything that can be set, said once: the field's type parses it, its doc comment explains it.
//!
//! Owns the keys, their sources and order of precedence (flags, `PORTCULLIS_*` variables, the file, defaults), the one-line
//! errors and the reference. Owns nothing that a tenant may set for itself; that is a tenant's settings.

mod error;
mod flags;
mod key;
mod reference;
mod resolved;
mod setting;
mod sources;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use deliver::{MailFrom, SmtpSender};
use http::HeaderName;
use ipnet::IpNet;
use store::StoreUrl;
use vault::MasterKeys;

pub use self::{
    error::ConfigError,
    flags::{ServeFlags, StoreFlags},
    key::{DefaultText, Key},
    reference::reference,
    resolved::TlsFiles,
    setting::{
        ClientCertificates, Collector, Durability, HostName, LogFormat, LogLevel, Origin, Setting, SignUp, Whole,
    },
    sources::{Flags, Source, Values},
};

/// Declares the keys: `name: Type = "text"`, or `name: Option<Type> = unset "what then holds"`. `environment` before the
/// name keeps a key off the command line and out of files.
macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $(@$only:ident)? $name:ident: $type:ty = $($text:literal)? $(unset $words:literal)?;)*) => {
        /// All settings, each parsed and within its bounds.
        #[derive(Clone, Debug)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $name: $type,)*
        }

        /// Every key, in the order of the reference.
        pub static KEYS: &[Key] = &[$(Key {
            name: stringify!($name),
            doc: &[$($doc),+],
            kind: <$type as Setting>::KIND,
            accepts: <$type as Setting>::accepts,
            default: settings!(@default $($text)? $(unset $words)?),
            is_concealed: <$type as Setting>::IS_CONCEALED,
            is_environment_only: settings!(@only $($only)?),
        }),*];

        impl Config {
            /// Parse every key, the first wrong one is the error.
            pub fn read(values: &Values) -> Result<Self, ConfigError> {
                let mut keys = KEYS.iter();
                let mut next = || keys.next().expect("a key for each field, in the same order");
                let config = Self { $($name: read::<$type>(values, next())?,)* };
                config.check()?;
                Ok(config)
            }
        }
    };
    (@default $text:literal) => { DefaultText::Value($text) };
    (@default unset $words:literal) => { DefaultText::Words($words) };
    (@only) => { false };
    (@only environment) => { true };
}

settings! {
    /// Where the server listens.
    listen: SocketAddr = "127.0.0.1:8080";
    /// Where people and applications reach it. Links, issuers and cookies are built from this and never from a request.
    public_url: Option<Origin> = unset "`http://localhost:PORT`, with the port of `listen`; `https` with `tls_certificate`";
    /// The folder of the database file and the master key. Made at the first start, for its owner only.
    data: PathBuf = "./data";
    /// The database.
    store: Option<StoreUrl> = unset "`sqlite:{data}/portcullis.db`";
    /// Development: text logs on a terminal, and anybody may open a dashboard account. Not for the open internet.
    dev: bool = "false";
    /// Where the first start writes its facts as JSON (`base_url`, `application_id`, `api_key`, `claim_url`), for its owner
    /// only. Later starts leave the file alone.
    bootstrap_file: Option<PathBuf> = unset "not written";
    /// The file of the keys that unlock every stored secret. Made at the first start if it is missing.
    master_key_file: Option<PathBuf> = unset "`{data}/master.key`";
    /// The master keys themselves, instead of a file.
    @environment master_key: Option<MasterKeys> = unset "the file is read";
    /// Networks of the proxies in front, whose `X-Forwarded-For` and `X-Forwarded-Host` are believed.
    trusted_proxies: Vec<IpNet> = "";
    /// The certificate for TLS of the server's own, in PEM, its chain behind it. Replaced files are picked up within a minute, or at
    /// once with SIGHUP. With it `listen` speaks TLS alone.
    tls_certificate: Option<PathBuf> = unset "no TLS; a proxy's work";
    /// The private key of `tls_certificate`, in PEM, without a passphrase.
    tls_key: Option<PathBuf> = unset "none; `tls_certificate` needs one";
    /// Are clients asked for a certificate in the handshake? With `optional` any is taken, also a self-signed one, and
    /// whoever has none goes without; browsers may ask their user which one to send.
    tls_client_certificates: ClientCertificates = "none";
    /// Where the server listens beside `listen` for clients with a certificate: with the same `tls_certificate`, and as if with
    /// `tls_client_certificates`. So nobody is asked at `listen`, and no browser asks its user.
    mtls_listen: Option<SocketAddr> = unset "nowhere";
    /// Where clients with a certificate reach the server, if that is not `public_url`: discovery names it in `mtls_endpoint_aliases`
    /// (RFC 8705). Applications are at `{slug}.` before its host, too.
    mtls_public_url: Option<Origin> = unset "none; with `mtls_listen` the host of `public_url` and that port";
    /// The header in which `trusted_proxies` pass on the certificate that a client proved to them, as URL-encoded PEM or as in
    /// RFC 9440. They must drop what the client wrote there. Those above it are read from there, or from the header of this name with
    /// `-Chain` behind it.
    client_certificate_header: Option<HeaderName> = unset "none is believed";
    /// Hosts that name no tenant; tenants are reached at `{slug}.{base host}`. Loopback always is one.
    base_hosts: Option<Vec<HostName>> = unset "the host of `public_url`";
    /// A request that takes longer is rolled back and answers 503.
    request_deadline: Duration = "30s";
    /// Connections at a time, at each address; more wait in the kernel's queue.
    max_connections: Whole<1, 1_000_000> = "10000";
    /// How long requests in flight may go on after a signal to stop.
    shutdown_grace: Duration = "20s";
    /// The least grave log line that is written.
    log_level: LogLevel = "info";
    /// The form of log lines, which go to standard error.
    log_format: Option<LogFormat> = unset "`text` with `dev` on a terminal, else `json`";
    /// Write a log line for every request, not only for those that failed in the server.
    log_requests: bool = "false";
    /// Where Prometheus reads metrics, at `/metrics`. Not for the open internet.
    metrics_listen: Option<SocketAddr> = unset "no metrics";
    /// Where OpenTelemetry traces go, over OTLP/HTTP; `/v1/traces` is appended.
    otlp_endpoint: Option<Collector> = unset "no traces";
    /// What a power cut may take from SQLite: nothing acknowledged (`full`) or the last commits (`normal`).
    durability: Durability = "full";
    /// Connections to PostgreSQL at most.
    postgres_pool: Whole<2, 1_000> = "16";
    /// Passwords hashed at once; each takes a core and 19 MiB, or what the application set.
    hash_threads: Option<Whole<1, 256>> = unset "the number of cores";
    /// Passwords that may wait for a thread; what comes beyond answers 429 at once.
    hash_queue: Option<Whole<1, 10_000>> = unset "two seconds of work for each thread";
    /// How far hashing steps back behind everything else, 0 to 18 as in `nice`; 19 is the idle class, which leaves a core at
    /// once when anything else wants it. Lower it where other programs keep the machine's cores busy. Linux only.
    hash_nice: Whole<0, 19> = "19";
    /// The mail server for applications without a sender of their own: `smtps` is TLS from the first byte, `smtp` requires
    /// STARTTLS, `?tls=none` behind it is for a server on this machine.
    smtp_url: Option<SmtpSender> = unset "no mail is sent; with `dev` it goes to `/dev/mailbox`";
    /// The address that mail comes from by `smtp_url`. Applications put their own names before it.
    mail_from: Option<MailFrom> = unset "none; `smtp_url` needs one";
    /// A PEM file of certificate authorities that are believed beside the system's, where the server calls others.
    extra_ca_file: Option<PathBuf> = unset "the system's alone";
    /// Text files of networks with a bad name, which make a sign-in from them riskier: an address or CIDR network a line, `#` begins
    /// a comment. Changes are picked up within a minute.
    risk_ip_lists: Vec<PathBuf> = "";
    /// A MaxMind DB file of cities, to notice travel that is too fast and to show where sessions are. Changes are picked up within a minute.
    geoip_file: Option<PathBuf> = unset "no places are looked up";
    /// May anybody open a dashboard account, or only who holds the claim link or an invitation?
    dashboard_sign_up: Option<SignUp> = unset "`open` with `dev`, else `closed`";
}

/// One key's value: what was set, or the default.
fn read<T: Setting>(values: &Values, key: &Key) -> Result<T, ConfigError> {
    if let Some((text, source)) = values.get(key.name) {
        return T::parse(text).ok_or_else(|| ConfigError::value(key, source, text));
    }
    let default = match key.default {
        DefaultText::Value(text) => T::parse(text),
        DefaultText::Words(_) => T::unset(),
    };
    default.ok_or_else(|| ConfigError::value(key, &Source::Default, ""))
}
