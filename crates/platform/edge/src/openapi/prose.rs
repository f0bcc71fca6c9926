//! The first page of a reference: what holds for every operation, said once.

use serde_json::{Value, json};

use crate::{endpoint::Surface, limits::Limit};

pub(super) fn info(surface: Surface, version: &str) -> Value {
    let (title, summary, envelope) = if surface == Surface::Platform {
        (
            "Portcullis platform API",
            "For an application's backend, its browser components and the dashboard.",
            PLATFORM_ENVELOPE,
        )
    } else {
        (
            "Portcullis data plane",
            "For standards-based clients and administration scripts, at the application's own host.",
            DATA_PLANE_ENVELOPE,
        )
    };
    let description =
        [summary, envelope, CREDENTIALS, IDS, PAGES, IDEMPOTENCY, VERSIONS, &limits(), ERRORS].join("\n\n");
    json!({
        "title": title,
        "version": version,
        "summary": summary,
        "description": description,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    })
}

const PLATFORM_ENVELOPE: &str = "\
## Envelope

Every answer is `{success, data, error, meta}`: on success `data` holds the result and `error` is null, on a refusal the other way \
round. `meta` carries the time and the request id, and on lists `next_cursor` and `limit`. Documents under `/.well-known` are \
what their standards say and have no envelope.";

const DATA_PLANE_ENVELOPE: &str = "\
## Envelope

A success is `{data, meta}`, or 204 without a body; a refusal is `{error, message, details, request_id}`. `meta` carries the time and \
the request id, and on lists `next_cursor` and `limit`. Endpoints whose body a standard fixes answer that body alone.";

const CREDENTIALS: &str = "\
## Credentials

Name the application with its publishable id in `x-application-id`, or call it at its own host. A backend sends its secret API key as \
`Authorization: Bearer pc_sk_..`, a signed-in person's program their access token in the same header, a browser its HttpOnly cookie. \
Each operation says which of them it takes and which permission they must carry.";

const IDS: &str = "\
## Ids

A thing has one 128-bit id, written in two ways: a UUID (`018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e6f`) on the platform API, a prefix and 26 digits of Crockford base32 \
(`usr_01HWY4MYSE..`) on the data plane. Both are read everywhere; the prefix of another kind is refused.";

const PAGES: &str = "\
## Pages

Lists answer at most `limit` items (50 unless said, 200 at most). `next_cursor` in `meta` is the `cursor` of the next page, and null at \
the end. Cursors are opaque and hold for the list they came from; new and vanished rows never shift a page.";

const IDEMPOTENCY: &str = "\
## Idempotency

Every mutation takes an `Idempotency-Key` of your choice, kept for 24 hours. The same key and body get the first reply again, with \
`Idempotent-Replayed: true`; another body is refused with 422, a request whose twin still runs with 409 and `Retry-After`.";

const VERSIONS: &str = "\
## Versions

A thing's version is its `ETag`. Send it back in `If-Match` with an update: if someone else was faster, the answer is 412 and nothing \
has changed. In a PATCH an absent field stays as it is and null clears it.";

const ERRORS: &str = "\
## Errors

The status says what kind of refusal it is, the reason exactly which; programs branch on the reason. New reasons may appear, so treat \
one that you don't know by its status. Every answer carries `X-Request-Id`.";

/// The default limits, from where they are defined.
fn limits() -> String {
    let rows = Limit::ALL.map(|limit| {
        let (requests, seconds) = limit.default_policy();
        format!("| `{}` | {requests} | {seconds} s |", limit.name())
    });
    format!(
        "## Rate limits\n\nLimits count by network (IPv6 by /64) before sign-in and by caller after it. `RateLimit` and `RateLimit-Policy` say where \
         you stand, `Retry-After` how long a 429 lasts. An application may set its own figures; these are the defaults.\n\n\
         | limit | requests | window |\n|---|---|---|\n{}",
        rows.join("\n")
    )
}
