//! A refusal in the words of a page: beside the field that it is about, or above the form.

use edge::Failure;
use kernel::Refusal;
use pages::{Form, Locale, say};

/// The form with what is wrong with it. `fields` are those that it has.
pub(crate) fn told(form: Form, locale: Locale, failure: &Failure, fields: &[&'static str]) -> Form {
    let refusal = failure.refusal();
    let mut form = form;
    for field in &refusal.fields {
        let Some(name) = shown_as(&field.field, fields) else { continue };
        let text = say(locale, &format!("field-{}", field.code)).unwrap_or_else(|| field.message.clone());
        form = form.error(name, text);
    }
    if form.has_error() {
        return form;
    }
    let text = sentence(locale, refusal);
    match fields.iter().find(|field| is_about(refusal.reason, field)) {
        Some(field) => form.error(*field, text),
        None => form.summary(text),
    }
}

/// What a refusal says in this language.
pub(crate) fn sentence(locale: Locale, refusal: &Refusal) -> String {
    say(locale, &format!("reason-{}", family(refusal.reason)))
        .map_or_else(|| refusal.message.clone().into_owned(), std::borrow::Cow::into_owned)
}

/// The product's field as the form's own.
fn shown_as(field: &str, fields: &[&'static str]) -> Option<&'static str> {
    let own = fields.iter().find(|own| **own == field);
    let stand_in = matches!(field, "email" | "phone" | "username").then_some("identifier");
    own.copied().or_else(|| fields.iter().copied().find(|own| Some(*own) == stand_in || is_new(own, field)))
}

/// A form with an old and a new password has its own name for the one that rules are about.
fn is_new(own: &str, field: &str) -> bool {
    (own == "new_password" && field == "password")
        || (own == "new_email" && field == "email")
        || (own == "address" && matches!(field, "email" | "phone"))
}

fn is_about(reason: &str, field: &str) -> bool {
    match field {
        "code" => family(reason) == "invalid_code",
        "current_password" => family(reason) == "wrong_password",
        _ => false,
    }
}

/// Several refusals mean the same to a person.
fn family(reason: &str) -> &str {
    match reason {
        "totp_invalid" | "recovery_code_invalid" => "invalid_code",
        "webauthn_failed" | "unknown_credential" => "passkey_refused",
        "invalid_grant" | "provider_not_found" => "provider_failed",
        "captcha_refused" => "captcha_required",
        "sender_missing" => "messages_unavailable",
        "too_many_tries" | "too_many_requests" => "rate_limited",
        "risk_refused" => "sign_in_refused",
        "last_sign_in_method" | "last_factor" => "last_way_in",
        "step_not_open" => "flow_not_found",
        other => other,
    }
}
