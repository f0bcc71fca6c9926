//! Bodies that a standard fixes and the server makes ahead of time, so that no view type describes them.

use serde_json::{Value, json};

use super::components::{Components, reference};

/// Read by clients of both surfaces.
pub(super) fn is_discovery(path: &str) -> bool {
    matches!(path, "/.well-known/jwks.json" | "/.well-known/openid-configuration")
}

/// Where clients send a browser: the authorization endpoint, the end of a session, the page for a device's code.
pub(super) fn is_entrance(path: &str) -> bool {
    matches!(path, "/oauth2/authorize" | "/oauth2/logout" | "/activate")
}

/// The component of the document at a path.
pub(super) fn schema(path: &str, components: &mut Components) -> Option<Value> {
    match path {
        "/.well-known/jwks.json" => Some(key_set(components)),
        "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server" => {
            Some(components.add("ProviderMetadata", provider_metadata()))
        }
        "/.well-known/oauth-protected-resource" => {
            Some(components.add("ProtectedResourceMetadata", protected_resource()))
        }
        "/.well-known/webauthn" => Some(components.add("RelatedOrigins", related_origins())),
        "/.well-known/apple-app-site-association" => Some(apple_association(components)),
        "/.well-known/assetlinks.json" => Some(components.add("AssetLinks", asset_links())),
        _ => None,
    }
}

/// RFC 9728, section 2.
fn protected_resource() -> Value {
    let texts =
        |description: &str| json!({ "type": "array", "items": { "type": "string" }, "description": description });
    json!({
        "type": "object",
        "description": "What a client must know to call the data plane (RFC 9728, section 2).",
        "required": ["resource", "authorization_servers"],
        "properties": {
            "resource": { "type": "string", "description": "What access tokens name in `aud`." },
            "authorization_servers": texts("Issuers that give tokens for it."),
            "scopes_supported": texts("Scopes that mean something here."),
            "bearer_methods_supported": texts("Where a token may stand: `header`."),
            "dpop_signing_alg_values_supported": texts("Algorithms of DPoP proofs (RFC 9449)."),
        },
        "additionalProperties": true,
    })
}

/// Web Authentication Level 3, section 5.11.
fn related_origins() -> Value {
    json!({
        "type": "object",
        "description": "The web origins that share the application's passkeys (Web Authentication Level 3, section 5.11).",
        "required": ["origins"],
        "properties": {
            "origins": { "type": "array", "items": { "type": "string" }, "description": "Web origins, the application's own first." },
        },
    })
}

fn apple_association(components: &mut Components) -> Value {
    components.add(
        "WebCredentials",
        json!({
            "type": "object",
            "description": "Those that may use the credentials of this host.",
            "required": ["apps"],
            "properties": {
                "apps": { "type": "array", "items": { "type": "string" }, "description": "Team and bundle of each." },
            },
        }),
    );
    components.add(
        "AppleAssociation",
        json!({
            "type": "object",
            "description": "The applications of Apple's platforms that share the passkeys, as Apple defines the file.",
            "required": ["webcredentials"],
            "properties": { "webcredentials": reference("WebCredentials") },
        }),
    )
}

fn asset_links() -> Value {
    json!({
        "type": "array",
        "description": "The Android applications that share the passkeys, as Digital Asset Links define the file.",
        "items": { "type": "object", "additionalProperties": true },
    })
}

/// RFC 7517, section 5, with the parameters of RFC 7518, section 6, and RFC 8037, section 2.
fn key_set(components: &mut Components) -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    components.add(
        "PublicKey",
        json!({
            "type": "object",
            "description": "One public key (RFC 7517).",
            "required": ["kty", "use", "alg", "kid"],
            "properties": {
                "kty": { "type": "string", "enum": ["OKP", "EC", "RSA"], "x-open-enum": true, "description": "The family of the key." },
                "use": { "type": "string", "enum": ["sig"], "x-open-enum": true, "description": "Keys here verify signatures." },
                "alg": { "type": "string", "enum": ["EdDSA", "ES256", "RS256", "PS256"], "x-open-enum": true, "description": "The one algorithm the key is used with." },
                "kid": text("Names the key in the headers of tokens."),
                "crv": text("The curve, of OKP and EC keys."),
                "x": text("The x coordinate or the whole public key, base64url."),
                "y": text("The y coordinate, of EC keys, base64url."),
                "n": text("The modulus, of RSA keys, base64url."),
                "e": text("The exponent, of RSA keys, base64url."),
            },
        }),
    );
    components.add(
        "KeySet",
        json!({
            "type": "object",
            "description": "The public keys that verify the application's tokens, the next ones ahead of their use (RFC 7517, section 5).",
            "required": ["keys"],
            "properties": { "keys": { "type": "array", "items": reference("PublicKey") } },
        }),
    )
}

/// OpenID Connect Discovery 1.0, section 3, and RFC 8414, section 2.
fn provider_metadata() -> Value {
    let uri = |description: &str| json!({ "type": "string", "format": "uri", "description": description });
    let words =
        |description: &str| json!({ "type": "array", "items": { "type": "string" }, "description": description });
    json!({
        "type": "object",
        "description": "Where the application's issuer serves what, and what it supports.",
        "required": ["issuer", "jwks_uri"],
        "properties": {
            "issuer": uri("The `iss` of every token."),
            "jwks_uri": uri("The public keys."),
            "authorization_endpoint": uri("Where a browser is sent to sign in."),
            "token_endpoint": uri("Where codes and refresh tokens become tokens."),
            "userinfo_endpoint": uri("Claims about the person an access token speaks for."),
            "registration_endpoint": uri("Dynamic client registration."),
            "revocation_endpoint": uri("Token revocation."),
            "introspection_endpoint": uri("Token introspection."),
            "device_authorization_endpoint": uri("The device flow."),
            "pushed_authorization_request_endpoint": uri("Pushed authorization requests."),
            "end_session_endpoint": uri("Logout that a client begins."),
            "scopes_supported": words("Scopes."),
            "claims_supported": words("Claims of ID tokens and of userinfo."),
            "response_types_supported": words("Response types."),
            "response_modes_supported": words("Response modes."),
            "grant_types_supported": words("Grant types."),
            "subject_types_supported": words("Subject types."),
            "acr_values_supported": words("Authentication context classes."),
            "code_challenge_methods_supported": words("PKCE methods."),
            "id_token_signing_alg_values_supported": words("Algorithms of ID tokens."),
            "token_endpoint_auth_methods_supported": words("How clients prove who they are."),
        },
        "additionalProperties": true,
    })
}
