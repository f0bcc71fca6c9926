//! Authorities that are trusted because somebody listed them, and what leads to them.

use std::time::Duration;

use kernel::Timestamp;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime, pem::PemObject};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_cert::{Certificate, der::Decode, ext::pkix::BasicConstraints};

/// Longer chains are not looked at. The library bounds the signatures that it verifies on top of that.
const MAX_INTERMEDIATES: usize = 8;

/// Certificates at which a path may end.
#[derive(Clone, Debug, Default)]
pub struct Authorities(Vec<Authority>);

#[derive(Clone, Debug)]
struct Authority {
    der: CertificateDer<'static>,
    not_after: u64,
    /// Does it say of itself that it may issue others (RFC 5280, section 4.2.1.9)?
    is_issuer: bool,
}

impl Authority {
    fn read(der: CertificateDer<'static>) -> Option<Self> {
        anchor_from_trusted_cert(&der).ok()?;
        let certificate = Certificate::from_der(&der).ok()?.tbs_certificate;
        let constraints = certificate.get::<BasicConstraints>().ok()?;
        Some(Self {
            not_after: certificate.validity.not_after.to_unix_duration().as_secs(),
            is_issuer: constraints.is_some_and(|(_, constraints)| constraints.ca),
            der,
        })
    }
}

impl Authorities {
    /// From certificates in PEM; each text may hold several. `None` where one is not a certificate.
    pub fn from_pem<T: AsRef<str>>(texts: &[T]) -> Option<Self> {
        let mut authorities = Vec::new();
        for text in texts {
            let before = authorities.len();
            for certificate in CertificateDer::pem_slice_iter(text.as_ref().as_bytes()) {
                authorities.push(Authority::read(certificate.ok()?)?);
            }
            if authorities.len() == before {
                return None;
            }
        }
        Some(Self(authorities))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// May each of them issue certificates, by its own word? One that may not is somebody's own, and listed by mistake.
    pub fn are_issuers(&self) -> bool {
        self.0.iter().all(|authority| authority.is_issuer)
    }

    /// Is this very certificate listed?
    pub fn contains(&self, der: &[u8]) -> bool {
        self.0.iter().any(|authority| authority.der.as_ref() == der)
    }

    /// Is there a path of signatures from this certificate, over some of `above`, to one of the authorities, and does all of it hold
    /// now (RFC 5280, section 6)? The certificate must be for clients, if it says for what it is (section 4.2.1.12).
    ///
    /// An authority that is past its time vouches for nobody, although section 6.1.1 would leave that to whoever lists it.
    pub fn vouch_for(&self, leaf: &[u8], above: &[&[u8]], now: Timestamp) -> bool {
        let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
        let alive = self.0.iter().filter(|authority| seconds <= authority.not_after);
        let anchors: Vec<TrustAnchor<'_>> =
            alive.filter_map(|authority| anchor_from_trusted_cert(&authority.der).ok()).collect();
        let leaf = CertificateDer::from(leaf);
        let above: Vec<CertificateDer<'_>> =
            above.iter().take(MAX_INTERMEDIATES).map(|certificate| CertificateDer::from(*certificate)).collect();
        EndEntityCert::try_from(&leaf).is_ok_and(|leaf| {
            leaf.verify_for_usage(
                ALL_VERIFICATION_ALGS,
                &anchors,
                &above,
                UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
                KeyUsage::client_auth(),
                None,
                None,
            )
            .is_ok()
        })
    }
}
