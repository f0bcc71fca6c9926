//! What the page's script tells keychains (Web Authentication Level 3, section 5.1.10).

use std::borrow::Cow;

use edge::Failure;
use http::Uri;
use kernel::Refusal;
use serde_json::{Value, json};

/// 1023 bytes in base64url: no credential has a longer id.
const MAX_CREDENTIAL_ID: usize = 1_364;

/// A page that refuses a passkey which nobody has names it for the script, by the id that the browser sent.
pub(crate) fn with_unknown_passkey<'a>(page: &'a Value, failure: &Failure, issuer: &str) -> Cow<'a, Value> {
    let mut page = Cow::Borrowed(page);
    if let Some(unknown) = unknown(failure.refusal(), issuer) {
        page.to_mut()["unknown_passkey"] = unknown;
    }
    page
}

/// What is no credential id is not told.
fn unknown(refusal: &Refusal, issuer: &str) -> Option<Value> {
    let field = refusal.fields.iter().find(|field| field.field == "credential_id")?;
    if refusal.reason != "unknown_credential" || !is_credential_id(&field.message) {
        return None;
    }
    let issuer: Uri = issuer.parse().ok()?;
    Some(json!({ "rp_id": issuer.host()?, "credential_id": field.message }))
}

fn is_credential_id(text: &str) -> bool {
    let is_base64url = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_base64url && (1..=MAX_CREDENTIAL_ID).contains(&text.len())
}

#[cfg(test)]
mod tests {
    use kernel::ErrorCode;

    use super::*;

    fn told(reason: &'static str, id: &str) -> Option<Value> {
        let refusal = Refusal::new(ErrorCode::Unauthorized, reason, "No.");
        unknown(&refusal.with_field("credential_id", "unknown", id.to_owned()), "https://acme.example.com:8443")
    }

    #[test]
    fn a_passkey_that_nobody_has_is_named_and_no_other() {
        let named = json!({ "rp_id": "acme.example.com", "credential_id": "AQ-_" });
        assert_eq!(told("unknown_credential", "AQ-_"), Some(named));
        assert_eq!(told("webauthn_failed", "AQ-_"), None);
    }

    #[test]
    fn what_is_no_credential_id_does_not_come_back() {
        for id in ["", "AQ==", "A Q", "\"><b>", "é", &"A".repeat(MAX_CREDENTIAL_ID + 1)] {
            assert_eq!(told("unknown_credential", id), None, "{id}");
        }
        assert!(told("unknown_credential", &"A".repeat(MAX_CREDENTIAL_ID)).is_some());
    }
}
