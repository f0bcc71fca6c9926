//! How a text from a flag, a variable or a file becomes a value, and what is said where it does not.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use deliver::{MailFrom, SmtpSender};
use http::HeaderName;
use ipnet::IpNet;
use store::StoreUrl;
use vault::MasterKeys;

/// A type that configuration can hold.
pub trait Setting: Sized {
    /// The reference's word for the type.
    const KIND: &'static str;
    /// May hold a secret: never shown, not even where it is wrong.
    const IS_CONCEALED: bool = false;

    /// The accepted values, as errors and the reference name them.
    fn accepts() -> String;

    fn parse(text: &str) -> Option<Self>;

    /// The value where nobody set the key and it has no default text.
    fn unset() -> Option<Self> {
        None
    }
}

/// A key that need not be set.
impl<T: Setting> Setting for Option<T> {
    const KIND: &'static str = T::KIND;
    const IS_CONCEALED: bool = T::IS_CONCEALED;
    fn accepts() -> String {
        T::accepts()
    }
    fn parse(text: &str) -> Option<Self> {
        T::parse(text).map(Some)
    }
    fn unset() -> Option<Self> {
        Some(None)
    }
}

impl Setting for bool {
    const KIND: &'static str = "boolean";
    fn accepts() -> String {
        "`true` or `false`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for SocketAddr {
    const KIND: &'static str = "address";
    fn accepts() -> String {
        "an IP address and a port, for example `127.0.0.1:8080` or `[::]:8080`; port 0 takes a free one".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for PathBuf {
    const KIND: &'static str = "path";
    fn accepts() -> String {
        "a path".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::from(text))
    }
}

impl Setting for StoreUrl {
    const KIND: &'static str = "URL";
    const IS_CONCEALED: bool = true;
    fn accepts() -> String {
        "`sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for MasterKeys {
    const KIND: &'static str = "keys";
    const IS_CONCEALED: bool = true;
    fn accepts() -> String {
        "one or more keys of 32 random bytes in base64 or hexadecimal, parted by commas; the first one seals".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

impl Setting for SmtpSender {
    const KIND: &'static str = "URL";
    const IS_CONCEALED: bool = true;
    fn accepts() -> String {
        "`smtps://USER:PASSWORD@HOST:465`, `smtp://USER:PASSWORD@HOST:587` or `smtp://localhost:25?tls=none`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for MailFrom {
    const KIND: &'static str = "email";
    fn accepts() -> String {
        "an address, for example `no-reply@example.com` or `Example <no-reply@example.com>`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for Duration {
    const KIND: &'static str = "duration";
    fn accepts() -> String {
        "a whole number with a unit, `ms`, `s`, `m` or `h`, for example `30s`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().ok()?;
        match unit {
            "ms" => Some(Self::from_millis(number)),
            "s" => Some(Self::from_secs(number)),
            "m" => number.checked_mul(60).map(Self::from_secs),
            "h" => number.checked_mul(3_600).map(Self::from_secs),
            _ => None,
        }
    }
}

/// Where a server is reached: a scheme, a host and perhaps a port, and nothing behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without the port.
    pub fn host(&self) -> &str {
        let authority = self.0.split_once("://").map_or("", |(_, authority)| authority);
        match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        }
    }

    /// Encrypted, and at another port of the same host.
    pub fn https_at(&self, port: u16) -> Option<Self> {
        let mut url = url::Url::parse(&self.0).ok()?;
        url.set_scheme("https").ok()?;
        url.set_port(Some(port)).ok()?;
        Some(Self(url.origin().ascii_serialization()))
    }
}

impl Setting for Origin {
    const KIND: &'static str = "origin";
    fn accepts() -> String {
        "an origin without a path, for example `https://auth.example.com`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        let url = url::Url::parse(text).ok()?;
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let is_open = url.username().is_empty() && url.password().is_none();
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        (is_bare && is_open && is_web).then(|| Self(url.origin().ascii_serialization()))
    }
}

/// Where traces go: an origin that may have a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector(String);

impl Collector {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Collector {
    const KIND: &'static str = "URL";
    fn accepts() -> String {
        "the base of an OTLP/HTTP collector, for example `http://127.0.0.1:4318`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        let url = url::Url::parse(text).ok()?;
        // TLS to the collector is a side-car's work: the exporter is built without it.
        let is_plain = url.scheme() == "http" && url.query().is_none() && url.fragment().is_none();
        is_plain.then(|| Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

/// A host name in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(pub String);

impl Setting for HostName {
    const KIND: &'static str = "host";
    fn accepts() -> String {
        "a host name without a port, for example `auth.example.com`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        let is_plain = text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        (is_plain && text.len() <= 253).then(|| Self(text.to_ascii_lowercase()))
    }
}

impl Setting for IpNet {
    const KIND: &'static str = "network";
    fn accepts() -> String {
        "a network such as `10.0.0.0/8`, or an address".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(Self::from))
    }
}

impl Setting for HeaderName {
    const KIND: &'static str = "header";
    fn accepts() -> String {
        "the name of a header, for example `Client-Cert`".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Parted by commas in flags and variables; an array in the file.
impl<T: Setting> Setting for Vec<T> {
    const KIND: &'static str = "list";
    fn accepts() -> String {
        format!("a list, each {}", T::accepts())
    }
    fn parse(text: &str) -> Option<Self> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(T::parse).collect()
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Whole<MIN, MAX> {
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<const MIN: u32, const MAX: u32> Setting for Whole<MIN, MAX> {
    const KIND: &'static str = "number";
    fn accepts() -> String {
        format!("a whole number from {MIN} to {MAX}")
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number| (MIN..=MAX).contains(number)).map(Self)
    }
}

/// A value out of a few, each with its word.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $first:ident = $first_word:literal $(, $variant:ident = $word:literal)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $first $(, $variant)* }

        impl Setting for $name {
            const KIND: &'static str = "word";
            fn accepts() -> String {
                concat!("`", $first_word, "`" $(, ", `", $word, "`")*).to_owned()
            }
            fn parse(text: &str) -> Option<Self> {
                match text {
                    $first_word => Some(Self::$first),
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

choice! {
    /// The least grave line that is logged.
    LogLevel { Off = "off", Error = "error", Warn = "warn", Info = "info", Debug = "debug", Trace = "trace" }
}
choice! {
    /// One JSON object a line for machines, or text for a person at a terminal.
    LogFormat { Json = "json", Text = "text" }
}
choice! {
    /// See [`store::Durability`].
    Durability { Full = "full", Normal = "normal" }
}
choice! {
    /// Are clients asked for a certificate?
    ClientCertificates { None = "none", Optional = "optional" }
}
choice! {
    /// May anybody open a dashboard account?
    SignUp { Open = "open", Closed = "closed" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, millis) in [("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000), ("0s", 0)] {
            assert_eq!(<Duration as Setting>::parse(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "30", "s", "-1s", "1.5s", "30 s", "1d", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(<Duration as Setting>::parse(text), None, "{text}");
        }
    }

    #[test]
    fn origins_are_bare() {
        for (text, origin, host) in [
            ("http://localhost:8080", "http://localhost:8080", "localhost"),
            ("https://Auth.Example.com/", "https://auth.example.com", "auth.example.com"),
            ("https://auth.example.com:443", "https://auth.example.com", "auth.example.com"),
            ("http://[::1]:8080", "http://[::1]:8080", "::1"),
        ] {
            let parsed = Origin::parse(text).unwrap();
            assert_eq!((parsed.as_str(), parsed.host()), (origin, host), "{text}");
        }
        for text in
            ["", "auth.example.com", "ftp://a", "http://a/b", "http://a/?q", "http://a/#f", "http://u:p@a", "http://"]
        {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_origin_has_other_ports() {
        for (text, port, expected) in [
            ("https://auth.example.com", 8443, "https://auth.example.com:8443"),
            ("http://localhost:8080", 8443, "https://localhost:8443"),
            ("https://[::1]:8080", 443, "https://[::1]"),
        ] {
            let other = Origin::parse(text).unwrap().https_at(port);
            assert_eq!(other.as_ref().map(Origin::as_str), Some(expected), "{text}");
        }
    }

    #[test]
    fn lists_hold_each_item_to_the_rule() {
        let networks = <Vec<IpNet> as Setting>::parse("10.0.0.0/8, 192.0.2.1,::1/128").unwrap();
        assert_eq!(
            networks.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["10.0.0.0/8", "192.0.2.1/32", "::1/128"]
        );
        assert_eq!(<Vec<IpNet> as Setting>::parse(""), Some(Vec::new()));
        assert_eq!(<Vec<IpNet> as Setting>::parse("10.0.0.0/8,nonsense"), None);
        assert_eq!(<Vec<HostName> as Setting>::parse("auth.example.com:80"), None);
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        assert_eq!(Whole::<2, 4>::parse("2").map(Whole::get), Some(2));
        for text in ["1", "5", "", "-3", "3.0", "0x3"] {
            assert_eq!(Whole::<2, 4>::parse(text), None, "{text}");
        }
    }
}
