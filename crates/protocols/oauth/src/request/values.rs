//! The plain values of an authorization request.

use serde::{Deserialize, Serialize};

use crate::error::OAuthError;

/// More than any page or list of classes needs.
const MAX_NAMES: usize = 64;

/// OpenID Connect Core 1.0, section 3.1.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    Page,
    Popup,
    Touch,
    Wap,
}

pub(super) fn names(text: &str) -> Result<Vec<String>, OAuthError> {
    let names: Vec<String> = text.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if names.len() > MAX_NAMES {
        return Err(OAuthError::invalid_request("a parameter has too many values"));
    }
    Ok(names)
}

pub(super) fn read_max_age(text: &str) -> Result<u32, OAuthError> {
    // `u32` would read a plus sign.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| is_number);
    seconds.ok_or_else(|| OAuthError::invalid_request("max_age is not a number of seconds"))
}

/// Another value is left alone: it is about the look of a page.
pub(super) fn read_display(text: &str) -> Option<Display> {
    match text {
        "page" => Some(Display::Page),
        "popup" => Some(Display::Popup),
        "touch" => Some(Display::Touch),
        "wap" => Some(Display::Wap),
        _ => None,
    }
}

pub(super) fn read_thumbprint(text: &str) -> Result<String, OAuthError> {
    let is_thumbprint =
        text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_thumbprint {
        Ok(text.to_owned())
    } else {
        Err(OAuthError::invalid_request("dpop_jkt is not a SHA-256 thumbprint in base64url"))
    }
}
