//! The left half of a token's digest, by which an ID token names the tokens that came with it.

use aws_lc_rs::digest::{SHA256, SHA512, digest};

use crate::{algorithm::Algorithm, base64url};

/// `at_hash` or `c_hash` (OpenID Connect Core 1.0, section 3.1.3.6): the hash is that of the ID token's own algorithm, and
/// Ed25519's is SHA-512.
pub fn token_hash(algorithm: Algorithm, token: &str) -> String {
    let hash = if algorithm == Algorithm::EdDsa { &SHA512 } else { &SHA256 };
    let digest = digest(hash, token.as_bytes());
    let bytes = digest.as_ref();
    base64url::encode(&bytes[..bytes.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_comes_out() {
        // OpenID Connect Core 1.0, appendix A.3.
        assert_eq!(
            token_hash(Algorithm::Rs256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
        assert_eq!(token_hash(Algorithm::EdDsa, "").len(), 43);
    }
}
