//! Who may call, as the documents say it: security schemes, requirements, scopes and the kind of program an operation is for.

use serde_json::{Value, json};

use crate::{access::Access, endpoint::Endpoint, reply::ReplyKind};

pub(super) fn schemes() -> Value {
    json!({
        "applicationId": {
            "type": "apiKey", "in": "header", "name": "x-application-id",
            "description": "The publishable id of the application that is addressed, in either spelling of ids. It may be left out at the application's own host, and where the server has only one application.",
        },
        "apiKey": {
            "type": "http", "scheme": "bearer", "bearerFormat": "pc_sk_",
            "description": "A secret API key of the application. Keep it on a server.",
        },
        "session": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access token of a signed-in person: a user of the application, or a dashboard account.",
        },
        "clientSecret": {
            "type": "http", "scheme": "basic",
            "description": "An OAuth client's id and secret (RFC 6749, section 2.3.1). The other ways stand in the body: `client_secret`, `client_assertion` (RFC 7523), `client_id` alone for a public client; or in the connection (RFC 8705).",
        },
        "accessToken": {
            "type": "http", "scheme": "bearer", "bearerFormat": "at+jwt",
            "description": "An OAuth access token (RFC 6750). One that is bound to a key is sent with the scheme `DPoP` and a proof (RFC 9449, section 7.1).",
        },
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": "__Host-pc_at",
            "description": "The same token in a cookie that scripts can't read, for browsers that signed in with `transport: cookie`. The real name goes on with `_` and the application id without hyphens; without HTTPS the prefix `__Host-` is missing. A mutation also sends the value of the `pc_csrf` cookie in `X-CSRF-Token`.",
        },
    })
}

/// The alternatives, any one of which admits.
pub(super) fn requirements(access: Access) -> Value {
    match access {
        Access::Anyone | Access::Open | Access::Browser => json!([]),
        Access::Public => json!([{ "applicationId": [] }, {}]),
        Access::MaybeSignedIn => {
            json!([{ "applicationId": [], "session": [] }, { "applicationId": [], "cookie": [] }, { "applicationId": [] }, {}])
        }
        Access::SignedIn { .. } => {
            json!([{ "applicationId": [], "session": [] }, { "applicationId": [], "cookie": [] }])
        }
        Access::Can { .. } | Access::CanOrSelf { .. } => json!([
            { "applicationId": [], "apiKey": [] },
            { "applicationId": [], "session": [] },
            { "applicationId": [], "cookie": [] },
        ]),
        Access::Account => json!([{ "session": [] }, { "cookie": [] }]),
        Access::Client => json!([{ "clientSecret": [] }, {}]),
        Access::Token => json!([{ "accessToken": [] }]),
    }
}

/// Which SDKs carry the operation: those that hold a secret key, those that run where a person sits, or both.
pub(super) fn audience(endpoint: &Endpoint) -> &'static [&'static str] {
    match endpoint.access {
        // Keys and metadata are for whoever verifies tokens.
        _ if endpoint.reply.kind == ReplyKind::Document => &["server", "browser"],
        Access::Can { .. } => &["server"],
        Access::Public
        | Access::MaybeSignedIn
        | Access::Browser
        | Access::SignedIn { .. }
        | Access::Open
        | Access::Account => &["browser"],
        Access::CanOrSelf { .. } | Access::Anyone | Access::Client | Access::Token => &["server", "browser"],
    }
}

/// Must the caller prove who they are?
pub(super) const fn is_authenticated(access: Access) -> bool {
    !matches!(access, Access::Anyone | Access::Public | Access::MaybeSignedIn | Access::Browser | Access::Open)
}
