//! The closed lists of the protocol: how a client authenticates, what it may ask for, how it is answered.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name is none of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the value is not one of those that are supported")]
pub struct UnknownName;

macro_rules! names {
    ($(#[$doc:meta])* $kind:ident { $($(#[$vdoc:meta])* $name:ident = $text:literal,)* }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        $(#[$doc])*
        pub enum $kind { $($(#[$vdoc])* #[serde(rename = $text)] $name,)* }

        impl $kind {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $kind {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, UnknownName> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name).ok_or(UnknownName)
            }
        }
    };
}

names! {
    /// What kind of software a client is (RFC 6749, section 2.1; RFC 8252).
    ClientType {
        /// A single-page app: public, at an https origin.
        Spa = "spa",
        /// A web application with a server: confidential.
        Web = "web",
        /// An app on a phone or a desk: public, claimed https or private-use URIs, loopback on any port.
        Native = "native",
        /// A machine: confidential, nobody signs in.
        M2m = "m2m",
        /// A SAML service provider.
        Saml = "saml",
    }
}

names! {
    /// A set of rules that a client is held to.
    #[schemars(rename = "OauthProfile")]
    Profile {
        /// The shape of OAuth 2.1.
        Standard = "standard",
        /// FAPI 2.0 Security Profile.
        Fapi2 = "fapi2",
        /// Authorization of the Model Context Protocol.
        Mcp = "mcp",
    }
}

names! {
    /// How a client proves itself at the token endpoint (OpenID Connect Core 1.0, section 9; RFC 8705, section 2).
    AuthMethod {
        None = "none",
        ClientSecretBasic = "client_secret_basic",
        ClientSecretPost = "client_secret_post",
        PrivateKeyJwt = "private_key_jwt",
        TlsClientAuth = "tls_client_auth",
        SelfSignedTlsClientAuth = "self_signed_tls_client_auth",
    }
}

names! {
    GrantType {
        AuthorizationCode = "authorization_code",
        RefreshToken = "refresh_token",
        ClientCredentials = "client_credentials",
        DeviceCode = "urn:ietf:params:oauth:grant-type:device_code",
        TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange",
        JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer",
    }
}

names! {
    /// Only the code flow: tokens in an address are gone from OAuth 2.1.
    ResponseType {
        Code = "code",
    }
}

names! {
    /// How the answer travels (OAuth 2.0 Multiple Response Type Encoding Practices, Form Post, JARM).
    ResponseMode {
        Query = "query",
        Fragment = "fragment",
        FormPost = "form_post",
        Jwt = "jwt",
        QueryJwt = "query.jwt",
        FragmentJwt = "fragment.jwt",
        FormPostJwt = "form_post.jwt",
    }
}

names! {
    /// RFC 8693, section 3, and what is spoken of it here.
    TokenType {
        AccessToken = "urn:ietf:params:oauth:token-type:access_token",
        RefreshToken = "urn:ietf:params:oauth:token-type:refresh_token",
        IdToken = "urn:ietf:params:oauth:token-type:id_token",
        Jwt = "urn:ietf:params:oauth:token-type:jwt",
    }
}

names! {
    /// What an access token looks like.
    AccessTokenFormat {
        /// RFC 9068: verified by anyone with the key set.
        Jwt = "jwt",
        /// A random handle: asked about at the introspection endpoint.
        Opaque = "opaque",
    }
}

names! {
    /// What becomes of a scope that the client is not registered for.
    ScopeMode {
        /// `invalid_scope`.
        Strict = "strict",
        /// It is left out (RFC 6749, section 3.3).
        Permissive = "permissive",
    }
}

names! {
    /// OpenID Connect Core 1.0, section 8.
    SubjectType {
        Public = "public",
        Pairwise = "pairwise",
    }
}
