//! The signature algorithms that are spoken here.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JoseError;

/// The value of `alg` (RFC 7518, section 3.1; RFC 8037, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Algorithm {
    /// Ed25519, which RFC 9864 names so; ours go on under the name that every client knows. Ed448 shares it in RFC 8037 and is not
    /// spoken.
    #[serde(rename = "EdDSA", alias = "Ed25519")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, which OpenID Connect clients expect of an ID token.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256, which the FAPI profiles know beside ES256.
    #[serde(rename = "PS256")]
    Ps256,
}

/// The name of RFC 9864, section 2.2.
const ED25519: &str = "Ed25519";

impl Algorithm {
    /// Those that tokens of our own are signed with.
    pub const ALL: [Self; 4] = [Self::EdDsa, Self::Es256, Self::Rs256, Self::Ps256];

    /// The registered name, byte for byte: `alg` values are case-sensitive (RFC 7515, section 4.1.1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = JoseError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if name == ED25519 {
            return Ok(Self::EdDsa);
        }
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or(JoseError::Algorithm)
    }
}
