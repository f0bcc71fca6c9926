//! Credentials as the browser's `toJSON` writes them (Web Authentication Level 3, section 5.1), and their bytes.
//!
//! Unknown members are passed over here, and only here: browsers add members as the standard grows.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use webauthn::{Assertion, MAX_CREDENTIAL_ID_BYTES, Registration};

use super::PasskeyError;

/// What `navigator.credentials.create` gave, by its `toJSON`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyCreated")]
pub(super) struct CreatedInput {
    #[serde(rename = "rawId")]
    raw_id: String,
    /// `public-key`.
    #[serde(rename = "type")]
    kind: String,
    response: CreatedResponse,
}

/// What the authenticator made.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyCreatedResponse")]
struct CreatedResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "attestationObject")]
    attestation_object: String,
    #[serde(default)]
    transports: Vec<String>,
}

/// What `navigator.credentials.get` gave, by its `toJSON`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyAssertion")]
pub(super) struct AssertionInput {
    #[serde(rename = "rawId")]
    raw_id: String,
    /// `public-key`.
    #[serde(rename = "type")]
    kind: String,
    response: AssertionResponse,
}

/// What the authenticator signed.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyAssertionResponse")]
struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "authenticatorData")]
    authenticator_data: String,
    signature: String,
    #[serde(rename = "userHandle", default)]
    user_handle: Option<String>,
}

/// The bytes of a new credential.
pub(super) struct Created {
    credential_id: Vec<u8>,
    pub(super) client_data: Vec<u8>,
    attestation_object: Vec<u8>,
    pub(super) transports: Vec<String>,
}

/// The bytes of an assertion.
pub(super) struct Asserted {
    pub(super) credential_id: Vec<u8>,
    pub(super) client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
    /// Whose credential it is, as the authenticator keeps it; absent where the request named the credential.
    pub(super) user_handle: Option<Vec<u8>>,
}

impl CreatedInput {
    pub(super) fn read(self) -> Result<Created, PasskeyError> {
        Ok(Created {
            credential_id: credential_id(&self.kind, &self.raw_id)?,
            client_data: bytes(&self.response.client_data)?,
            attestation_object: bytes(&self.response.attestation_object)?,
            transports: self.response.transports,
        })
    }
}

impl AssertionInput {
    pub(super) fn read(self) -> Result<Asserted, PasskeyError> {
        let handle = self.response.user_handle.filter(|handle| !handle.is_empty());
        Ok(Asserted {
            credential_id: credential_id(&self.kind, &self.raw_id)?,
            client_data: bytes(&self.response.client_data)?,
            authenticator_data: bytes(&self.response.authenticator_data)?,
            signature: bytes(&self.response.signature)?,
            user_handle: handle.as_deref().map(bytes).transpose()?,
        })
    }
}

impl Created {
    pub(super) fn registration(&self) -> Registration<'_> {
        Registration {
            credential_id: &self.credential_id,
            client_data: &self.client_data,
            attestation_object: &self.attestation_object,
        }
    }
}

impl Asserted {
    pub(super) fn assertion(&self) -> Assertion<'_> {
        Assertion {
            client_data: &self.client_data,
            authenticator_data: &self.authenticator_data,
            signature: &self.signature,
        }
    }
}

/// A credential that came as a part of somebody else's body.
pub(super) fn parse<T: DeserializeOwned>(credential: Value) -> Result<T, PasskeyError> {
    serde_json::from_value(credential).map_err(|_| PasskeyError::Malformed)
}

pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn credential_id(kind: &str, raw_id: &str) -> Result<Vec<u8>, PasskeyError> {
    let id = bytes(raw_id)?;
    let is_bounded = (1..=MAX_CREDENTIAL_ID_BYTES).contains(&id.len());
    if kind == "public-key" && is_bounded { Ok(id) } else { Err(PasskeyError::Malformed) }
}

fn bytes(text: &str) -> Result<Vec<u8>, PasskeyError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| PasskeyError::Malformed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_credential_is_what_a_browser_writes() {
        let good = json!({
            "id": "AQID", "rawId": "AQID", "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": { "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "BAU" },
        });
        let read = |value: Value| parse::<AssertionInput>(value).and_then(AssertionInput::read);
        let asserted = read(good.clone()).unwrap();
        assert_eq!((asserted.credential_id, asserted.user_handle), (vec![1, 2, 3], Some(vec![4, 5])));
        for (pointer, value, is_taken) in [
            ("/response/userHandle", Value::Null, true),
            ("/response/userHandle", json!(""), true),
            ("/type", json!("password"), false),
            ("/rawId", json!(""), false),
            ("/rawId", json!("AQID="), false),
            ("/rawId", json!("A".repeat(1_400)), false),
            ("/response/signature", json!("+/"), false),
            ("/response/clientDataJSON", json!(7), false),
            ("/response", Value::Null, false),
        ] {
            let mut bent = good.clone();
            *bent.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(read(bent).is_ok(), is_taken, "{pointer} {value}");
        }
    }
}
