//! Web Authentication Level 3, a relying party's part: bytes and time in, decision out.
//!
//! Owns the reading of what authenticators and browsers send (CBOR, COSE keys, authenticator data, client data) and the two
//! ceremonies of section 7 with three attestation statements: none, packed by the credential itself, packed by a certificate.
//! Owns no challenge and no credential: the caller redeems [`presented_challenge`] once and keeps what [`Registered`] says.
//!
//! Left out on purpose: `tpm`, `android-key`, `apple` and `fido-u2f` statements, which are taken for unattested; SHA-1; keys on
//! other curves than P-256 and Ed25519; extensions, which are read past.

mod attestation;
mod authentication;
mod authenticator_data;
mod cbor;
mod certificates;
mod client_data;
mod cose;
mod error;
mod native;
mod registration;
#[cfg(any(test, feature = "soft"))]
pub mod soft;
#[cfg(test)]
mod tests;

pub use self::{
    attestation::Attestation,
    authentication::{Assertion, Authenticated, Credential, verify_authentication},
    authenticator_data::{Aaguid, Flags},
    client_data::{RelyingParty, presented_challenge},
    cose::Algorithm,
    error::WebauthnError,
    native::android_origin,
    registration::{MAX_CREDENTIAL_ID_BYTES, Registered, Registration, verify_registration},
};
/// Makers of authenticators whose word is taken.
pub use x509::Authorities as TrustRoots;
