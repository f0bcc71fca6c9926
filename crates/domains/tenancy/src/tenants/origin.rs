//! Where the deployment stands, and so where its tenants are reached. From configuration, never from a request.

use url::{Host, Url};

use super::TenantRecord;

/// The deployment's public origin, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicOrigin {
    /// `https://auth.example.com`: no path, no slash at the end.
    text: String,
    scheme: String,
    /// What slugs are put before.
    host: String,
    port: Option<u16>,
    /// `.host` for every base host that a slug may stand before.
    suffixes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the public URL is an origin: http or https, a host, perhaps a port, and no path")]
pub struct PublicUrlError;

impl PublicOrigin {
    pub(crate) fn new(public_url: &str, base_hosts: &[String]) -> Result<Self, PublicUrlError> {
        let url = Url::parse(public_url).map_err(|_| PublicUrlError)?;
        let is_origin = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_origin {
            return Err(PublicUrlError);
        }
        let host = match url.host().ok_or(PublicUrlError)? {
            Host::Domain(domain) => domain.to_owned(),
            // An address has no names below it; on the same machine this name reaches the same server.
            Host::Ipv4(address) if address.is_loopback() => "localhost".to_owned(),
            Host::Ipv6(address) if address.is_loopback() => "localhost".to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => format!("[{address}]"),
        };
        let mut suffixes: Vec<String> =
            [host.as_str(), "localhost"].into_iter().chain(base_hosts.iter().map(String::as_str)).map(suffix).collect();
        suffixes.sort_unstable();
        suffixes.dedup();
        Ok(Self {
            text: url.origin().ascii_serialization(),
            scheme: url.scheme().to_owned(),
            host,
            port: url.port(),
            suffixes,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The `iss` of a tenant's tokens: its primary origin (RFC 8414, section 2).
    pub(crate) fn issuer(&self, tenant: &TenantRecord) -> String {
        if tenant.is_primary {
            return self.text.clone();
        }
        if tenant.team_id.is_none() {
            // The console has no host of its own; the path keeps its issuer apart from every tenant's.
            return format!("{}/console", self.text);
        }
        match self.port {
            Some(port) => format!("{}://{}.{}:{port}", self.scheme, tenant.slug, self.host),
            None => format!("{}://{}.{}", self.scheme, tenant.slug, self.host),
        }
    }

    /// The slug in `{slug}.{base host}`; `None` where the host is of another form.
    pub(crate) fn slug_of<'a>(&self, host: &'a str) -> Option<&'a str> {
        // One base host may be below another.
        self.suffixes.iter().filter_map(|suffix| host.strip_suffix(suffix.as_str())).find(|slug| !slug.contains('.'))
    }
}

fn suffix(host: &str) -> String {
    format!(".{}", host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Timestamp};

    use super::*;
    use crate::{
        settings::Settings,
        tenants::{Environment, Slug, TenantState},
    };

    fn origin(public_url: &str) -> PublicOrigin {
        PublicOrigin::new(public_url, &["auth.internal".to_owned()]).unwrap()
    }

    fn tenant(slug: &str) -> TenantRecord {
        TenantRecord {
            id: Id::from_u128(7),
            slug: slug.parse().unwrap(),
            name: "Acme".to_owned(),
            environment: Environment::Development,
            state: TenantState::Active,
            team_id: Some(Id::from_u128(8)),
            is_primary: false,
            settings: Settings::default(),
            version: 1,
            created_at: Timestamp::from_seconds(0),
            updated_at: Timestamp::from_seconds(0),
            deleted_at: None,
        }
    }

    #[test]
    fn issuers_are_origins_and_the_consoles_is_no_tenants() {
        for (public_url, issuer) in [
            ("https://auth.example.com", "https://acme.auth.example.com"),
            ("https://Auth.Example.com:443/", "https://acme.auth.example.com"),
            ("http://localhost:8080", "http://acme.localhost:8080"),
            ("http://127.0.0.1:8080", "http://acme.localhost:8080"),
            ("http://[::1]:8080", "http://acme.localhost:8080"),
        ] {
            assert_eq!(origin(public_url).issuer(&tenant("acme")), issuer);
        }
        let origin = origin("https://auth.example.com/");
        let primary = TenantRecord { is_primary: true, ..tenant("acme") };
        assert_eq!(origin.issuer(&primary), "https://auth.example.com");
        let console = TenantRecord { team_id: None, slug: Slug::console(), ..tenant("acme") };
        assert_eq!(origin.issuer(&console), "https://auth.example.com/console");
    }

    #[test]
    fn a_slug_is_one_label_before_a_base_host() {
        let origin = origin("https://auth.example.com");
        for host in ["acme.auth.example.com", "acme.localhost", "acme.auth.internal"] {
            assert_eq!(origin.slug_of(host), Some("acme"), "{host}");
        }
        for host in
            ["acme.example.com", "a.b.auth.example.com", "auth.example.com", "acmeauth.example.com", "example.org", ""]
        {
            assert_eq!(origin.slug_of(host), None, "{host}");
        }
    }

    #[test]
    fn one_base_host_may_be_below_another() {
        let origin = PublicOrigin::new("https://auth.example.com", &["mtls.auth.example.com".to_owned()]).unwrap();
        assert_eq!(origin.slug_of("acme.mtls.auth.example.com"), Some("acme"));
        assert_eq!(origin.slug_of("acme.auth.example.com"), Some("acme"));
        assert_eq!(origin.slug_of("a.b.auth.example.com"), None);
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for url in [
            "",
            "auth.example.com",
            "ftp://a.example",
            "https://a.example/path",
            "https://a.example/?q",
            "https://u@a.example",
        ] {
            assert_eq!(PublicOrigin::new(url, &[]), Err(PublicUrlError), "{url}");
        }
    }
}
