//! The certificate whose key a client holds: proven in its own TLS connection, or to a trusted proxy that passes it on.
//!
//! Owns where it comes from. Whom it speaks for is decided per client by whoever registered it (RFC 8705,
//! section 2): no chain was followed.

use std::{borrow::Cow, net::IpAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use crate::app::EdgeSettings;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// How every certificate begins: the tag of a SEQUENCE (X.690, section 8.9).
const SEQUENCE: u8 = 0x30;

/// More of them were sent to keep a server busy, not to lead to an authority.
const MAX_ABOVE: usize = 8;

/// The peer's own certificate, put into the request's extensions by the server that shook hands with it.
#[derive(Clone, Debug)]
pub struct PeerCertificate(Arc<Chain>);

/// In DER, as they were sent.
#[derive(Debug, PartialEq, Eq)]
struct Chain {
    der: Bytes,
    above: Vec<Bytes>,
}

impl PeerCertificate {
    /// The certificate whose key was proven, and behind it those that were sent along.
    pub fn new<'a>(chain: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut chain = chain.into_iter().map(Bytes::copy_from_slice);
        let der = chain.next()?;
        Some(Self(Arc::new(Chain { der, above: chain.take(MAX_ABOVE).collect() })))
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Those that lead up from it, as the client says.
    pub fn above(&self) -> impl Iterator<Item = &[u8]> {
        self.0.above.iter().map(AsRef::as_ref)
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

/// The client's certificate, and what came with it to lead to an authority. Nobody has followed that way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    chain: Arc<Chain>,
    pub source: CertificateSource,
}

impl ClientCertificate {
    pub fn der(&self) -> &[u8] {
        &self.chain.der
    }

    /// Those that lead up from it, as the client says.
    pub fn above(&self) -> impl Iterator<Item = &[u8]> {
        self.chain.above.iter().map(AsRef::as_ref)
    }
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
        return own.map(|own| ClientCertificate { chain: Arc::clone(&own.0), source: CertificateSource::Connection });
    }
    let name = settings.client_certificate_header.as_ref()?;
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    // One of two was written by the client itself, and nothing tells which.
    let sent = if values.next().is_some() { None } else { leaf_and_rest(value) };
    let Some((der, mut above)) = sent else {
        tracing::debug!("a proxy's header of the client's certificate holds none");
        return None;
    };
    above.extend(chain_header(name, headers));
    above.truncate(MAX_ABOVE);
    Some(ClientCertificate { chain: Arc::new(Chain { der, above }), source: CertificateSource::Proxy })
}

/// In the forms that proxies write: a byte sequence (RFC 9440, section 2.1), or PEM, URL-encoded or with blanks for its line ends,
/// or the base64 of PEM alone. Not in a list: its first item may be what the client wrote, in front of what the proxy appended. More
/// PEM may follow, which is what the client sent along.
fn leaf_and_rest(value: &HeaderValue) -> Option<(Bytes, Vec<Bytes>)> {
    let text = text_of(value).filter(|text| !text.contains(','))?;
    if let Some(pem) = text.strip_prefix(BEGIN) {
        let (leaf, rest) = pem.split_once(END)?;
        return Some((decoded(leaf)?, in_pem(rest)));
    }
    let encoded = if text.starts_with(':') { sequence(&text)? } else { &text };
    Some((decoded(encoded)?, Vec::new()))
}

/// What the client sent along, from the header that RFC 9440, section 2.3, has beside the certificate's: its name with `-Chain` behind
/// it. A list of byte sequences, of which each may hold several certificates, or PEM.
///
/// Whoever could write here gains nothing: the client chooses these certificates anyway, and each must be signed by the next.
fn chain_header(name: &HeaderName, headers: &HeaderMap) -> Vec<Bytes> {
    let values = headers.get_all(format!("{name}-chain"));
    let texts = values.iter().filter_map(text_of);
    texts.flat_map(|text| if text.starts_with(BEGIN) { in_pem(&text) } else { in_sequences(&text) }).collect()
}

fn text_of(value: &HeaderValue) -> Option<Cow<'_, str>> {
    percent_decode_str(value.to_str().ok()?.trim()).decode_utf8().ok()
}

/// A byte sequence (RFC 9651, section 3.3.5). Parameters may follow, none of which is known (RFC 9440, section 2.2).
fn sequence(item: &str) -> Option<&str> {
    let (encoded, rest) = item.strip_prefix(':')?.split_once(':')?;
    (rest.is_empty() || rest.starts_with(';')).then_some(encoded)
}

fn in_sequences(list: &str) -> Vec<Bytes> {
    let items = list.split(',').filter_map(|item| decoded(sequence(item.trim())?));
    items.flat_map(apart).collect()
}

fn in_pem(text: &str) -> Vec<Bytes> {
    text.split(BEGIN).skip(1).filter_map(|pem| decoded(pem.split_once(END)?.0)).collect()
}

fn decoded(encoded: &str) -> Option<Bytes> {
    let encoded: String = encoded.split_ascii_whitespace().collect();
    STANDARD.decode(encoded).ok().filter(|der| der.first() == Some(&SEQUENCE)).map(Bytes::from)
}

/// Certificates that stand one behind another, each as long as its second byte and those behind it say (X.690, section 8.1.3).
fn apart(mut ders: Bytes) -> Vec<Bytes> {
    let mut found = Vec::new();
    while let Some(length) = length_of(&ders).filter(|length| *length <= ders.len()) {
        found.push(ders.split_to(length));
    }
    found
}

fn length_of(der: &[u8]) -> Option<usize> {
    let [SEQUENCE, first, rest @ ..] = der else { return None };
    match first {
        0..=0x7f => Some(2 + usize::from(*first)),
        0x81 => Some(3 + usize::from(*rest.first()?)),
        0x82 => Some(4 + usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]))),
        // A certificate of 64 KiB does not fit into a header.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
            asks_for_certificates: false,
            mtls_url: None,
            deadline: Duration::from_secs(1),
            log_requests: false,
        }
    }

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (HEADER, value.parse().unwrap())).collect()
    }

    fn told(peer: &str, own: Option<&[u8]>, values: &[&str]) -> Option<ClientCertificate> {
        let own = own.and_then(|own| PeerCertificate::new([own]));
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
            assert_eq!((certificate.der(), certificate.source), (DER, CertificateSource::Proxy), "{text}");
        }
    }

    #[test]
    fn a_plus_is_no_blank() {
        // What stands behind `+` would be another certificate, or none.
        let certificate = told("10.0.0.1", None, &["MAH+"]).unwrap();
        assert_eq!(certificate.der(), [0x30, 0x01, 0xfe]);
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
        assert_eq!((own.der(), own.source), (&[0x30, 0x00][..], CertificateSource::Connection));
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

    /// What was sent along, in front of which stands `DER`.
    fn above(values: &[(&'static str, &str)]) -> Vec<Vec<u8>> {
        let headers: HeaderMap =
            values.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        let told = of(&settings(Some(HEADER)), "10.0.0.1".parse().ok(), None, &headers).unwrap();
        assert_eq!(told.der(), DER);
        told.above().map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn the_chain_comes_behind_the_certificate_or_in_a_header_of_its_own() {
        let leaf = ("client-cert", ":MAMCAfvvvg==:");
        let pem = "-----BEGIN CERTIFICATE----- MAMCAfvvvg== -----END CERTIFICATE----- -----BEGIN CERTIFICATE----- MAA= -----END CERTIFICATE-----";
        let (empty, full) = (vec![0x30, 0x00], vec![0x30, 0x03, 0x02, 0x01, 0xfb]);
        for (values, expected) in [
            (&[leaf][..], vec![]),
            (&[("client-cert", pem)], vec![empty.clone()]),
            (&[leaf, ("client-cert-chain", ":MAA=:, :MAMCAfs=:;a=1")], vec![empty.clone(), full.clone()]),
            (
                &[leaf, ("client-cert-chain", ":MAA=:"), ("client-cert-chain", ":MAMCAfs=:")],
                vec![empty.clone(), full.clone()],
            ),
            // Both in one, as a proxy that has them in one piece sends them.
            (&[leaf, ("client-cert-chain", ":MAAwAwIB+w==:")], vec![empty.clone(), full]),
            (
                &[leaf, ("client-cert-chain", "-----BEGIN%20CERTIFICATE-----%0AMAA=%0A-----END%20CERTIFICATE-----%0A")],
                vec![empty.clone()],
            ),
            (&[leaf, ("client-cert-chain", ":AAAA:, :MAA=:, x, :MIL/:, :MIH/:, :MAU=:")], vec![empty]),
            (&[leaf, ("client-cert-chain", "")], vec![]),
        ] {
            assert_eq!(above(values), expected, "{values:?}");
        }
        let many = format!("{}:MAA=:", ":MAA=:,".repeat(20));
        assert_eq!(above(&[leaf, ("client-cert-chain", &many)]).len(), MAX_ABOVE);
    }

    #[test]
    fn the_chain_of_the_connection_is_handed_on() {
        let own = PeerCertificate::new([DER, &[0x30, 0x00]]);
        let told = of(&settings(None), "203.0.113.7".parse().ok(), own.as_ref(), &HeaderMap::new()).unwrap();
        assert_eq!(told.above().collect::<Vec<_>>(), [[0x30, 0x00]]);
        assert!(PeerCertificate::new([]).is_none());
    }
}
