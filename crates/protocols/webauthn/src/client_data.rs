//! What the browser says it was asked for (Web Authentication Level 3, section 5.8.1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::WebauthnError;

/// Longer than any browser writes, with room for members to come.
const MAX_BYTES: usize = 8 * 1_024;
const MAX_DEPTH: usize = 8;

/// Who asks: what a ceremony must have been meant for.
#[derive(Clone, Copy, Debug)]
pub struct RelyingParty<'a> {
    /// The host that credentials are bound to.
    pub id: &'a str,
    /// The origins of pages and native applications that may ask; compared byte for byte.
    pub origins: &'a [String],
    /// Must the authenticator have verified the person, by a PIN or a biometric?
    pub requires_user_verification: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ceremony {
    Create,
    Get,
}

impl Ceremony {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// The challenge that was signed, as the browser reports it: what the caller redeems. It proves nothing before the ceremony has
/// been verified over the same bytes.
pub fn presented_challenge(client_data: &[u8]) -> Result<Vec<u8>, WebauthnError> {
    challenge_of(&parse(client_data)?)
}

/// Steps 7 to 11 of section 7.1, and 10 to 14 of section 7.2.
pub(crate) fn check(
    client_data: &[u8],
    ceremony: Ceremony,
    challenge: &[u8],
    party: &RelyingParty<'_>,
) -> Result<(), WebauthnError> {
    let data = parse(client_data)?;
    if text(&data, "type")? != ceremony.name() {
        return Err(WebauthnError::Type);
    }
    if challenge_of(&data)? != challenge {
        return Err(WebauthnError::Challenge);
    }
    let origin = text(&data, "origin")?;
    if !party.origins.iter().any(|known| known == origin) {
        return Err(WebauthnError::Origin);
    }
    // A frame of another site could hide what the person agrees to.
    match data.get("crossOrigin") {
        None | Some(Value::Bool(false)) if data.get("topOrigin").is_none() => Ok(()),
        None | Some(Value::Bool(_)) => Err(WebauthnError::CrossOrigin),
        Some(_) => Err(WebauthnError::ClientData),
    }
}

fn parse(client_data: &[u8]) -> Result<Value, WebauthnError> {
    if client_data.len() > MAX_BYTES {
        return Err(WebauthnError::ClientData);
    }
    let data = jose::parse_strict(client_data, MAX_DEPTH).map_err(|_| WebauthnError::ClientData)?;
    if data.is_object() { Ok(data) } else { Err(WebauthnError::ClientData) }
}

fn challenge_of(data: &Value) -> Result<Vec<u8>, WebauthnError> {
    URL_SAFE_NO_PAD.decode(text(data, "challenge")?).map_err(|_| WebauthnError::ClientData)
}

fn text<'a>(data: &'a Value, name: &str) -> Result<&'a str, WebauthnError> {
    data.get(name).and_then(Value::as_str).ok_or(WebauthnError::ClientData)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_party_asked_for_is_taken() {
        let origins = ["https://auth.example.com".to_owned()];
        let party = RelyingParty { id: "auth.example.com", origins: &origins, requires_user_verification: true };
        let good = r#"{"type":"webauthn.get","challenge":"AQID","origin":"https://auth.example.com","crossOrigin":false,"new":{}}"#;
        let verdict = |text: &str| check(text.as_bytes(), Ceremony::Get, &[1, 2, 3], &party);
        assert_eq!(verdict(good), Ok(()));
        assert_eq!(verdict(&good.replace(r#","crossOrigin":false"#, "")), Ok(()));
        for (from, to, flaw) in [
            ("webauthn.get", "webauthn.create", WebauthnError::Type),
            ("webauthn.get", "payment.get", WebauthnError::Type),
            ("AQID", "AQIE", WebauthnError::Challenge),
            ("AQID", "AQID=", WebauthnError::ClientData),
            ("AQID", "", WebauthnError::Challenge),
            ("https://auth", "http://auth", WebauthnError::Origin),
            ("auth.example.com", "auth.example.com.evil.test", WebauthnError::Origin),
            ("auth.example.com", "auth.example.com:8443", WebauthnError::Origin),
            ("auth.example.com", "AUTH.example.com", WebauthnError::Origin),
            ("auth.example.com", "auth.example.com/", WebauthnError::Origin),
            (r#""crossOrigin":false"#, r#""crossOrigin":true"#, WebauthnError::CrossOrigin),
            (r#""crossOrigin":false"#, r#""crossOrigin":"no""#, WebauthnError::ClientData),
            (r#""new":{}"#, r#""topOrigin":"https://evil.test""#, WebauthnError::CrossOrigin),
            (r#""new":{}"#, r#""type":"webauthn.get""#, WebauthnError::ClientData),
            (r#""new":{}}"#, r#""new":{}"#, WebauthnError::ClientData),
            (r#""challenge":"AQID""#, r#""challenge":[1]"#, WebauthnError::ClientData),
        ] {
            assert_eq!(verdict(&good.replace(from, to)), Err(flaw), "{to}");
        }
        assert_eq!(verdict(&format!("{good}{}", " ".repeat(MAX_BYTES))), Err(WebauthnError::ClientData));
        assert_eq!(verdict("[]"), Err(WebauthnError::ClientData));
    }
}
