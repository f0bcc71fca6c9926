//! The certificate whose key a client holds: proven in its own TLS connection, or to a trusted proxy that passes it on.
//!
//! Owns where it comes from. Whom it speaks for is decided per client by whoever registered it (RFC 8705,
//! section 2): no chain was verified.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;

use crate::app::EdgeSettings;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// How every certificate begins: the tag of a SEQUENCE (X.690, section 8.9).
const SEQUENCE: u8 = 0x30;

/// The peer's own certificate in DER, put into the request's extensions by the server that shook hands with it.
#[derive(Clone, Debug)]
pub struct PeerCertificate(Bytes);

impl PeerCertificate {
    pub fn new(der: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(der))
    }

    pub fn der(&self) -> &[u8] {
        &self.0
    }
}

/// Who saw the proof that the client holds the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateSource {
    /// This server, in the handshake.
    Connection,
    /// A trusted proxy, which says so in a header.
    Proxy,
}

/// The client's certificate, without its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    pub der: Bytes,
    pub source: CertificateSource,
}

/// The certificate of whoever sent the request. A proxy's own is never its client's: what comes from a trusted proxy counts by
/// the header alone, and the header counts from nobody else.
pub(crate) fn of(
    settings: &EdgeSettings,
    peer: Option<IpAddr>,
    own: Option<&PeerCertificate>,
    headers: &HeaderMap,
) -> Option<ClientCertificate> {
    if !settings.proxies.is_one(peer) {
        return own.map(|own| ClientCertificate { der: own.0.clone(), source: CertificateSource::Connection });
    }
    let mut values = headers.get_all(settings.client_certificate_header.as_ref()?).iter();
    let value = values.next()?;
    // One of two was written by the client itself, and nothing tells which.
    let der = if values.next().is_some() { None } else { decoded(value) };
    if der.is_none() {
        tracing::debug!("a proxy's header of the client's certificate holds none");
    }
    der.map(|der| ClientCertificate { der, source: CertificateSource::Proxy })
}

/// In the forms that proxies write: a byte sequence (RFC 9440, section 2.1), or PEM, URL-encoded or with blanks for its line ends,
/// or the base64 of PEM alone. Not in a list: its first item may be what the client wrote, in front of what the proxy appended.
fn decoded(value: &HeaderValue) -> Option<Bytes> {
    let text = value.to_str().ok()?.trim();
    let text = percent_decode_str(text).decode_utf8().ok().filter(|text| !text.contains(','))?;
    let encoded = if let Some(sequence) = text.strip_prefix(':') {
        // Parameters may follow, none of which is known (RFC 9440, section 2.2).
        sequence.split_once(':').filter(|(_, rest)| rest.is_empty() || rest.starts_with(';'))?.0
    } else if let Some(pem) = text.strip_prefix(BEGIN) {
        pem.split_once(END)?.0
    } else {
        &text
    };
    let encoded: String = encoded.split_ascii_whitespace().collect();
    STANDARD.decode(encoded).ok().filter(|der| der.first() == Some(&SEQUENCE)).map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::HeaderName;

    use super::*;
    use crate::TrustedProxies;

    const DER: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0xfb, 0xef, 0xbe];
    const HEADER: HeaderName = HeaderName::from_static("client-cert");

    fn settings(header: Option<HeaderName>) -> EdgeSettings {
        EdgeSettings {
            public_url: "https://auth.example.com".to_owned(),
            base_hosts: Vec::new(),
            proxies: TrustedProxies(vec!["10.0.0.0/8".parse().unwrap()]),
            client_certificate_header: header,
            deadline: Duration::from_secs(1),
            log_requests: false,
        }
    }

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (HEADER, value.parse().unwrap())).collect()
    }

    fn told(peer: &str, own: Option<&[u8]>, values: &[&str]) -> Option<ClientCertificate> {
        let own = own.map(PeerCertificate::new);
        of(&settings(Some(HEADER)), peer.parse().ok(), own.as_ref(), &headers(values))
    }

    #[test]
    fn proxies_write_it_in_many_forms() {
        for text in [
            ":MAMCAfvvvg==:",
            ":MAMCAfvvvg==:;a=1",
            "-----BEGIN%20CERTIFICATE-----%0AMAMCAfvvvg%3D%3D%0A-----END%20CERTIFICATE-----%0A",
            "-----BEGIN%20CERTIFICATE-----%0AMAMC%0AAfvvvg==%0A-----END%20CERTIFICATE-----%0A-----BEGIN%20CERTIFICATE-----%0AMAA=%0A-----END%20CERTIFICATE-----",
            "-----BEGIN CERTIFICATE----- MAMCAfvv vg== -----END CERTIFICATE-----",
            "MAMCAfvvvg==",
        ] {
            let certificate = told("10.0.0.1", None, &[text]).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((&*certificate.der, certificate.source), (DER, CertificateSource::Proxy), "{text}");
        }
    }

    #[test]
    fn a_plus_is_no_blank() {
        // What stands behind `+` would be another certificate, or none.
        let certificate = told("10.0.0.1", None, &["MAH+"]).unwrap();
        assert_eq!(&*certificate.der, [0x30, 0x01, 0xfe]);
    }

    #[test]
    fn what_holds_no_certificate_is_none() {
        for text in [
            "",
            "(null)",
            ":",
            "::",
            ":MAMCAfvvvg==",
            ":MAMCAfvvvg==:x",
            ":MAMCAfvvvg==:, :MAMCAfvvvg==:",
            "MAMCAfvvvg==,MAMCAfvvvg==",
            "-----BEGIN CERTIFICATE-----",
            "AAAA",
            "%ff",
            "é",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_bytes(text.as_bytes()).unwrap());
            let peer = "10.0.0.1".parse().ok();
            assert_eq!(of(&settings(Some(HEADER)), peer, None, &headers), None, "{text:?}");
        }
    }

    #[test]
    fn the_header_counts_from_trusted_proxies_alone() {
        let sent = [":MAMCAfvvvg==:"];
        assert_eq!(told("203.0.113.7", None, &sent), None);
        let own = told("203.0.113.7", Some(&[0x30, 0x00]), &sent).unwrap();
        assert_eq!((&*own.der, own.source), (&[0x30, 0x00][..], CertificateSource::Connection));
        assert!(told("::ffff:10.0.0.1", None, &sent).is_some());
        assert_eq!(
            of(&settings(None), "10.0.0.1".parse().ok(), None, &headers(&sent)),
            None,
            "nobody named the header"
        );
        assert_eq!(told("10.0.0.1", None, &[sent[0], sent[0]]), None, "sent twice");
    }

    #[test]
    fn a_proxys_own_certificate_is_not_its_clients() {
        assert_eq!(told("10.0.0.1", Some(DER), &[]), None);
    }
}
