//! Why an operation may refuse: its own error enum's reasons, and those that the way to every handler adds.

use std::collections::BTreeSet;

use kernel::{ErrorCode, RefusalFacts};
use serde_json::{Value, json};

use super::{parameters, security};
use crate::{access::Access, endpoint::Endpoint, input::ArgumentFacts};

/// One refusal as an operation documents it.
pub(super) struct Documented {
    pub(super) status: u16,
    code: ErrorCode,
    reason: &'static str,
    summary: &'static str,
}

/// Every refusal of an operation, by status and reason. `is_versioned`: it takes `If-Match`.
pub(super) fn of(endpoint: &Endpoint, is_versioned: bool) -> Vec<Documented> {
    let own = (endpoint.facts.errors)().into_iter().map(|RefusalFacts { code, reason, summary }| Documented {
        status: code.status(),
        code,
        reason,
        summary,
    });
    let of_the_way =
        ON_THE_WAY.iter().filter(|on_the_way| (on_the_way.when)(endpoint, is_versioned)).map(|on_the_way| Documented {
            status: on_the_way.status.unwrap_or_else(|| on_the_way.code.status()),
            code: on_the_way.code,
            reason: on_the_way.reason,
            summary: on_the_way.summary,
        });
    let mut all: Vec<Documented> = own.chain(of_the_way).collect();
    // The operation's own words about a reason come first and win.
    let mut seen = BTreeSet::new();
    all.retain(|refusal| seen.insert((refusal.status, refusal.reason)));
    all.sort_by_key(|refusal| (refusal.status, refusal.reason));
    all
}

/// `x-errors`.
pub(super) fn listed(refusals: &[Documented]) -> Value {
    refusals
        .iter()
        .map(|refusal| json!({ "status": refusal.status, "code": refusal.code.as_str(), "reason": refusal.reason, "summary": refusal.summary }))
        .collect()
}

struct OnTheWay {
    code: ErrorCode,
    /// Where a standard gives the case its own.
    status: Option<u16>,
    reason: &'static str,
    summary: &'static str,
    when: fn(&Endpoint, bool) -> bool,
}

const fn refusal(
    code: ErrorCode,
    reason: &'static str,
    summary: &'static str,
    when: fn(&Endpoint, bool) -> bool,
) -> OnTheWay {
    OnTheWay { code, status: None, reason, summary, when }
}

const fn refusal_with(
    status: u16,
    code: ErrorCode,
    reason: &'static str,
    summary: &'static str,
    when: fn(&Endpoint, bool) -> bool,
) -> OnTheWay {
    OnTheWay { code, status: Some(status), reason, summary, when }
}

fn always(_: &Endpoint, _: bool) -> bool {
    true
}

fn names_a_tenant(endpoint: &Endpoint, _: bool) -> bool {
    !matches!(endpoint.access, Access::Anyone | Access::Open | Access::Account)
}

fn is_authenticated(endpoint: &Endpoint, _: bool) -> bool {
    security::is_authenticated(endpoint.access)
}

fn takes_api_keys(endpoint: &Endpoint, _: bool) -> bool {
    matches!(endpoint.access, Access::Can { .. } | Access::CanOrSelf { .. })
}

fn wants_a_person(endpoint: &Endpoint, _: bool) -> bool {
    matches!(endpoint.access, Access::SignedIn { .. } | Access::Account)
}

fn is_scoped(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.access.scope().is_some()
}

fn is_limited(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.facts.limit.is_some() || security::is_authenticated(endpoint.access)
}

fn is_mutation(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.facts.method.is_mutation()
}

fn keeps_replies(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.facts.method.is_mutation() && endpoint.is_kept()
}

fn is_authenticated_mutation(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.facts.method.is_mutation() && security::is_authenticated(endpoint.access)
}

fn has_body(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.has_body() || endpoint.has_upload()
}

fn has_form(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.arguments.iter().any(|argument| matches!(argument, ArgumentFacts::Form { .. }))
}

fn has_parameters(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.arguments.iter().any(|argument| matches!(argument, ArgumentFacts::Parameters { .. }))
}

fn has_query(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.arguments.iter().any(|argument| matches!(argument, ArgumentFacts::Query { .. } | ArgumentFacts::Paging))
}

fn has_pages(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.arguments.iter().any(|argument| matches!(argument, ArgumentFacts::Paging))
}

fn has_path(endpoint: &Endpoint, _: bool) -> bool {
    endpoint.has_path()
}

fn names_a_thing(endpoint: &Endpoint, _: bool) -> bool {
    parameters::in_path(endpoint.facts.path).any(parameters::is_id)
}

fn is_versioned(_: &Endpoint, is_versioned: bool) -> bool {
    is_versioned
}

use ErrorCode::{
    BadRequest, Conflict, Forbidden, Internal, NotFound, RateLimited, Unauthorized, Unavailable, Validation,
};

/// What tenant, limits, body, caller, idempotency and commit may refuse, each where it can happen.
const ON_THE_WAY: &[OnTheWay] = &[
    refusal(
        BadRequest,
        "invalid_application_id",
        "`x-application-id` is neither a UUID nor a `tnt_` id.",
        names_a_tenant,
    ),
    refusal(BadRequest, "invalid_host", "The `Host` header is missing, doubled or malformed.", names_a_tenant),
    refusal(
        BadRequest,
        "tenant_mismatch",
        "The host and `x-application-id` name different applications.",
        names_a_tenant,
    ),
    refusal(NotFound, "tenant_not_found", "There is no such application.", names_a_tenant),
    refusal_with(421, NotFound, "unknown_host", "No application answers at this host.", names_a_tenant),
    refusal(Forbidden, "tenant_suspended", "The application is suspended.", names_a_tenant),
    refusal(BadRequest, "duplicate_authorization", "There is more than one `Authorization` header.", is_authenticated),
    refusal(
        Unauthorized,
        "missing_credentials",
        "No credentials were sent, or not as a bearer token.",
        is_authenticated,
    ),
    refusal(Unauthorized, "invalid_token", "The access token is not one of this application.", is_authenticated),
    refusal(Unauthorized, "token_expired", "The access token has expired: refresh it.", is_authenticated),
    refusal(Unauthorized, "session_expired", "The session has ended by time: sign in again.", is_authenticated),
    refusal(Unauthorized, "session_revoked", "The session was ended: sign in again.", is_authenticated),
    refusal(Forbidden, "account_disabled", "The account is disabled.", is_authenticated),
    refusal(Unauthorized, "invalid_api_key", "The API key is unknown here, expired or revoked.", takes_api_keys),
    refusal(Forbidden, "insufficient_scope", "The credentials do not carry the permission.", is_scoped),
    refusal(Forbidden, "user_required", "An API key was sent where a signed-in person is wanted.", wants_a_person),
    refusal(
        Forbidden,
        "csrf_failed",
        "The session came in a cookie without the proof that a page of yours sent it.",
        is_authenticated_mutation,
    ),
    refusal(RateLimited, "rate_limited", "Too many requests: wait as long as `Retry-After` says.", is_limited),
    refusal(BadRequest, "invalid_path", "The path is not valid UTF-8.", has_path),
    refusal(
        BadRequest,
        "invalid_id",
        "The id in the path is malformed, or names another kind of thing.",
        names_a_thing,
    ),
    refusal(NotFound, "not_found", "There is no such thing, or it is not visible to you.", names_a_thing),
    refusal(
        BadRequest,
        "invalid_query",
        "The query string is malformed, or has a name or value that is not known here.",
        has_query,
    ),
    refusal(BadRequest, "invalid_limit", "`limit` is not a whole number from 1 to 200.", has_pages),
    refusal(BadRequest, "invalid_cursor", "The cursor was not issued for this list.", has_pages),
    refusal(BadRequest, "incomplete_body", "The body ended before it was whole.", is_mutation),
    refusal_with(413, BadRequest, "body_too_large", "The body is larger than 1 MiB.", is_mutation),
    refusal_with(415, BadRequest, "unsupported_media_type", "The body is not JSON, or is compressed.", is_mutation),
    refusal(BadRequest, "invalid_json", "The body is not JSON, has a key twice, or nests deeper than 64.", has_body),
    refusal(BadRequest, "invalid_request", "A parameter is missing, malformed, or stands twice.", has_parameters),
    refusal(
        BadRequest,
        "invalid_form",
        "The form is malformed, or has a field twice or one that is not known here.",
        has_form,
    ),
    refusal(BadRequest, "unknown_field", "The body has a field that is not known here.", has_body),
    refusal(Validation, "invalid_fields", "Fields are missing or not valid; `fields` names each.", has_body),
    refusal(
        BadRequest,
        "invalid_idempotency_key",
        "`Idempotency-Key` is not 1 to 255 visible ASCII characters.",
        keeps_replies,
    ),
    refusal(
        Conflict,
        "idempotency_in_progress",
        "A request with this `Idempotency-Key` is still running.",
        keeps_replies,
    ),
    refusal(
        Validation,
        "idempotency_key_reused",
        "This `Idempotency-Key` was used for another request.",
        keeps_replies,
    ),
    refusal_with(
        412,
        Conflict,
        "version_mismatch",
        "It has changed since the version in `If-Match` was read.",
        is_versioned,
    ),
    refusal(Internal, "internal", "Something went wrong on the server; the request id finds it in its logs.", always),
    refusal(Unavailable, "unavailable", "The store can't answer right now.", always),
    refusal(Unavailable, "deadline_exceeded", "The request took too long and was not carried out.", always),
];

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// `Refusal::new(ErrorCode::Conflict, "version_mismatch"`, wherever it stands in the source of this crate.
    fn written_in(text: &str) -> Vec<(String, String)> {
        text.split("Refusal::new(ErrorCode::")
            .skip(1)
            .filter_map(|rest| {
                let (code, rest) = rest.split_once(',')?;
                let reason = rest.trim_start().strip_prefix('"')?.split('"').next()?;
                Some((code.to_owned(), reason.to_owned()))
            })
            .collect()
    }

    #[test]
    fn every_refusal_of_this_crate_is_documented() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = 0;
        for file in fs::read_dir(source)
            .unwrap()
            .filter_map(Result::ok)
            .filter(|file| file.path().extension().is_some_and(|end| end == "rs"))
        {
            let text = fs::read_to_string(file.path()).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            for (code, reason) in written_in(text) {
                found += 1;
                // Answered where no operation is mounted.
                if reason == "method_not_allowed" {
                    continue;
                }
                let known = ON_THE_WAY.iter().find(|refusal| refusal.reason == reason);
                let known = known.unwrap_or_else(|| panic!("{}: `{reason}` is not documented", file.path().display()));
                assert_eq!(format!("{:?}", known.code), code, "{reason}");
            }
        }
        assert!(found > 25, "the search finds nothing any more");
    }
}
