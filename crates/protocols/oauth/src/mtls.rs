//! Clients that show a certificate (RFC 8705): to prove themselves, and to bind their tokens.

use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::JwkSet;
use kernel::Timestamp;
use x509::Authorities;
use x509_cert::{
    Certificate,
    der::Decode,
    ext::pkix::{SubjectAltName, name::GeneralName},
};

use crate::{
    certificate_key::{is_same_key, jwk_of},
    distinguished_name::is_same_name,
    error::OAuthError,
    metadata::ClientMetadata,
    names::AuthMethod,
};

/// The certificate of the connection, whose private key the handshake has proven.
#[derive(Clone, Copy, Debug)]
pub struct PeerCertificate<'a> {
    pub der: &'a [u8],
    /// Those that were sent along to lead to an authority. Nobody has judged any of them.
    pub above: &'a [&'a [u8]],
}

/// Whom the certificate must be of.
#[derive(Clone, Copy, Debug)]
pub struct CertificateRules<'a> {
    pub client: &'a ClientMetadata,
    /// The client's own, of its `jwks` or `jwks_uri`, where its certificate is self-signed (section 2.2).
    pub keys: &'a JwkSet,
    /// Whose word is taken for the names in a certificate (section 2.1).
    pub authorities: &'a Authorities,
}

/// `x5t#S256` (section 3.1).
pub fn certificate_thumbprint(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, der))
}

/// Is this the certificate of this client, by the method that it is registered for?
pub fn check_certificate(
    certificate: PeerCertificate<'_>,
    rules: &CertificateRules<'_>,
    now: Timestamp,
) -> Result<(), OAuthError> {
    let CertificateRules { client, keys, authorities } = *rules;
    let refused = |why: &'static str| OAuthError::invalid_client(why);
    let parsed =
        Certificate::from_der(certificate.der).map_err(|_| refused("the client certificate can not be read"))?;
    if !is_valid_at(&parsed, now) {
        return Err(refused("the client certificate is not valid now"));
    }
    match client.token_endpoint_auth_method {
        // The name first: it costs no signature.
        AuthMethod::TlsClientAuth if !has_registered_name(&parsed, client) => {
            Err(refused("the client certificate is for another name"))
        }
        AuthMethod::TlsClientAuth if authorities.vouch_for(certificate.der, certificate.above, now) => Ok(()),
        AuthMethod::TlsClientAuth => Err(refused("the client certificate is of no authority that is trusted here")),
        AuthMethod::SelfSignedTlsClientAuth => {
            let shown = jwk_of(&parsed).ok_or_else(|| refused("the key of the client certificate is not supported"))?;
            let is_known = keys.keys.iter().any(|key| is_same_key(key, &shown));
            if is_known { Ok(()) } else { Err(refused("the client certificate is not one of those registered")) }
        }
        _ => Err(refused("the client does not authenticate with a certificate")),
    }
}

fn is_valid_at(certificate: &Certificate, now: Timestamp) -> bool {
    let validity = &certificate.tbs_certificate.validity;
    let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
    validity.not_before.to_unix_duration().as_secs() <= seconds
        && seconds <= validity.not_after.to_unix_duration().as_secs()
}

/// Exactly one expectation, and the certificate meets it (section 2.1.2).
fn has_registered_name(certificate: &Certificate, client: &ClientMetadata) -> bool {
    let alternative = |expected: &str, is_same: fn(&GeneralName, &str) -> bool| {
        let names = certificate.tbs_certificate.get::<SubjectAltName>();
        let Ok(Some((_, SubjectAltName(names)))) = names else { return false };
        names.iter().any(|name| is_same(name, expected))
    };
    let verdicts = [
        client.tls_client_auth_subject_dn.as_deref().map(|dn| is_same_name(&certificate.tbs_certificate.subject, dn)),
        client.tls_client_auth_san_dns.as_deref().map(|name| alternative(name, is_dns)),
        client.tls_client_auth_san_uri.as_deref().map(|name| alternative(name, is_uri)),
        client.tls_client_auth_san_ip.as_deref().map(|name| alternative(name, is_ip)),
        client.tls_client_auth_san_email.as_deref().map(|name| alternative(name, is_email)),
    ];
    let mut given = verdicts.into_iter().flatten();
    given.next() == Some(true) && given.next().is_none()
}

fn is_dns(name: &GeneralName, expected: &str) -> bool {
    matches!(name, GeneralName::DnsName(name) if name.as_str().eq_ignore_ascii_case(expected))
}

fn is_uri(name: &GeneralName, expected: &str) -> bool {
    matches!(name, GeneralName::UniformResourceIdentifier(name) if name.as_str() == expected)
}

/// The registered text may be written in several ways; the octets are compared.
fn is_ip(name: &GeneralName, expected: &str) -> bool {
    match (name, expected.parse()) {
        (GeneralName::IpAddress(octets), Ok(IpAddr::V4(address))) => octets.as_bytes() == address.octets(),
        (GeneralName::IpAddress(octets), Ok(IpAddr::V6(address))) => octets.as_bytes() == address.octets(),
        _ => false,
    }
}

fn is_email(name: &GeneralName, expected: &str) -> bool {
    matches!(name, GeneralName::Rfc822Name(name) if name.as_str() == expected)
}

#[cfg(test)]
mod tests {
    use rcgen::{
        BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair, SanType,
        date_time_ymd,
    };

    use super::*;
    use crate::testing::NOW;

    const EC: &[u8] = include_bytes!("../testdata/client_p256.der");

    fn registered(field: &str, value: &str) -> ClientMetadata {
        let client = serde_json::json!({ "token_endpoint_auth_method": "tls_client_auth", field: value });
        serde_json::from_value(client).unwrap()
    }

    fn check(der: &[u8], authorities: &Authorities, client: &ClientMetadata, keys: &JwkSet, now: Timestamp) -> bool {
        let rules = CertificateRules { client, keys, authorities };
        check_certificate(PeerCertificate { der, above: &[] }, &rules, now).is_ok()
    }

    /// A certificate with a name of each kind, and who vouches for it.
    fn vouched() -> (Vec<u8>, Authorities) {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let names = ["client.test".to_owned(), "192.0.2.1".to_owned(), "2001:db8::1".to_owned()];
        let mut params = CertificateParams::new(names).unwrap();
        params.subject_alt_names.push(SanType::URI("https://client.test/a".try_into().unwrap()));
        params.subject_alt_names.push(SanType::Rfc822Name("ops@client.test".try_into().unwrap()));
        params.distinguished_name = DistinguishedName::new();
        for (kind, value) in [
            (DnType::CountryName, "DE"),
            (DnType::OrganizationName, "Example, Inc."),
            (DnType::CommonName, "client.test"),
        ] {
            params.distinguished_name.push(kind, value);
        }
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2100, 1, 1));
        let leaf = params.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
        (leaf.der().to_vec(), Authorities::from_pem(&[issuer.pem()]).unwrap())
    }

    #[test]
    fn the_thumbprint_is_that_of_the_whole_certificate() {
        // By `openssl x509 -fingerprint -sha256`.
        assert_eq!(certificate_thumbprint(EC), "8cUZb_AJf8bic0ZE3XsREr-o2cH2FEd_-6A396Qsh8I");
    }

    #[test]
    fn the_certificate_has_the_registered_name() {
        let none = JwkSet::default();
        let (leaf, own) = vouched();
        let (_, others) = vouched();
        for (field, value, is_good) in [
            ("tls_client_auth_subject_dn", "CN=client.test,O=Example\\, Inc.,C=DE", true),
            ("tls_client_auth_subject_dn", "CN=client.test", false),
            ("tls_client_auth_san_dns", "Client.Test", true),
            ("tls_client_auth_san_dns", "https://client.test/a", false),
            ("tls_client_auth_san_dns", "test", false),
            ("tls_client_auth_san_uri", "https://client.test/a", true),
            ("tls_client_auth_san_uri", "https://client.test/A", false),
            ("tls_client_auth_san_ip", "192.0.2.1", true),
            ("tls_client_auth_san_ip", "2001:0db8:0::1", true),
            ("tls_client_auth_san_ip", "192.0.2.2", false),
            ("tls_client_auth_san_ip", "client.test", false),
            ("tls_client_auth_san_email", "ops@client.test", true),
            ("tls_client_auth_san_email", "ops@other.test", false),
        ] {
            let client = registered(field, value);
            assert_eq!(check(&leaf, &own, &client, &none, NOW), is_good, "{field} {value}");
            assert!(!check(&leaf, &others, &client, &none, NOW), "untrusted {field}");
            assert!(!check(EC, &own, &client, &none, NOW), "signed by itself {field}");
        }
        let mut two = registered("tls_client_auth_san_dns", "client.test");
        two.tls_client_auth_san_email = Some("ops@client.test".into());
        assert!(!check(&leaf, &own, &two, &none, NOW));
        two.tls_client_auth_san_email = None;
        assert!(check(&leaf, &own, &two, &none, NOW));
        assert!(!check(&leaf, &own, &two, &none, Timestamp::from_seconds(1_000_000_000)));
        assert!(!check(&leaf, &own, &two, &none, Timestamp::from_seconds(9_000_000_000)));
        assert!(!check(&leaf[1..], &own, &two, &none, NOW));
    }

    #[test]
    fn a_self_signed_certificate_has_a_registered_key() {
        let keys: JwkSet = serde_json::from_str(include_str!("../testdata/client_keys.json")).unwrap();
        let client = registered("token_endpoint_auth_method", "self_signed_tls_client_auth");
        let nobody = Authorities::default();
        for (index, der) in
            [EC, include_bytes!("../testdata/client_rsa.der"), include_bytes!("../testdata/client_ed25519.der")]
                .into_iter()
                .enumerate()
        {
            for (other, key) in keys.keys.iter().enumerate() {
                let one = JwkSet { keys: vec![key.clone()] };
                assert_eq!(check(der, &nobody, &client, &one, NOW), index == other, "{index} {other}");
            }
            assert!(check(der, &nobody, &client, &keys, NOW));
            assert!(!check(der, &nobody, &client, &JwkSet::default(), NOW));
            assert!(!check(der, &nobody, &ClientMetadata::default(), &keys, NOW));
        }
    }
}
