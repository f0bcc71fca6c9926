//! Certificates (RFC 5280) and the authorities that vouch for them: bytes and time in, decision out.
//!
//! Owns how a path of signatures is followed, and to what it must lead. Owns no list of authorities, no name and no network: whom a
//! certificate speaks for is decided by whoever asked, and revocation lists are not fetched.

mod authorities;
#[cfg(test)]
mod tests;

pub use authorities::Authorities;
