//! Who vouches for the authenticator (Web Authentication Level 3, sections 6.5 and 8).

use kernel::Timestamp;

use crate::{
    TrustRoots, WebauthnError,
    authenticator_data::Aaguid,
    cbor::Item,
    certificates::{self, Chain},
    cose::PublicKey,
};

/// What an attestation statement is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attestation {
    /// Nobody vouches, or in a way that is not understood here.
    None,
    /// The credential signed for itself: it has its private key, and nothing is known of where.
    Itself,
    /// A certificate signed that leads to none of the roots.
    Untrusted,
    /// A certificate signed that leads to one of the roots: the model is what it says it is.
    Trusted,
}

/// Longer chains are not seen.
const MAX_CERTIFICATES: usize = 8;

/// A statement with what it is about.
pub(crate) struct Statement<'a> {
    pub(crate) format: &'a str,
    pub(crate) members: &'a Item<'a>,
    /// Authenticator data and the hash of the client data.
    pub(crate) signed: &'a [u8],
    pub(crate) key: &'a PublicKey,
    pub(crate) aaguid: Aaguid,
}

impl Statement<'_> {
    pub(crate) fn verify(&self, roots: &TrustRoots, now: Timestamp) -> Result<Attestation, WebauthnError> {
        let Item::Map(members) = self.members else { return Err(WebauthnError::Attestation) };
        match self.format {
            "none" if members.is_empty() => Ok(Attestation::None),
            "none" => Err(WebauthnError::Attestation),
            "packed" => self.packed(roots, now),
            // Vouches for nothing that is understood here; the credential is as good as one without.
            _ => Ok(Attestation::None),
        }
    }

    /// Section 8.2.
    fn packed(&self, roots: &TrustRoots, now: Timestamp) -> Result<Attestation, WebauthnError> {
        let algorithm = self.members.member("alg").and_then(Item::integer).ok_or(WebauthnError::Attestation)?;
        let signature = self.members.member("sig").and_then(Item::bytes).ok_or(WebauthnError::Attestation)?;
        let Some(certificates) = self.members.member("x5c") else {
            if algorithm != self.key.algorithm.number() {
                return Err(WebauthnError::Attestation);
            }
            self.key.verify(self.signed, signature).map_err(|_| WebauthnError::Attestation)?;
            return Ok(Attestation::Itself);
        };
        let certificates = certificates.array().ok_or(WebauthnError::Attestation)?;
        if certificates.is_empty() || certificates.len() > MAX_CERTIFICATES {
            return Err(WebauthnError::Attestation);
        }
        let chain: Vec<&[u8]> =
            certificates.iter().map(Item::bytes).collect::<Option<_>>().ok_or(WebauthnError::Attestation)?;
        let chain = Chain::new(&chain)?;
        chain.verify_signature(algorithm, self.signed, signature)?;
        certificates::check_packed_leaf(chain.leaf(), self.aaguid)?;
        Ok(if chain.leads_to(roots, now) { Attestation::Trusted } else { Attestation::Untrusted })
    }
}
