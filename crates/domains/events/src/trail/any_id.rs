//! The id of a thing of any kind: an actor or a target can be everything that has an id.

use std::borrow::Cow;

use kernel::{Id, IdError, Kind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use uuid::Uuid;

use crate::AuditEvent;

/// Written as a UUID, read in either spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct AnyId(pub(crate) Uuid);

impl AnyId {
    fn parse(text: &str) -> Result<Self, IdError> {
        // Kernel reads the digits; which kind the prefix names makes no difference to the bits.
        let text = match text.rsplit_once('_') {
            Some((prefix, digits)) if is_prefix(prefix) => Cow::Owned(format!("{}_{digits}", AuditEvent::PREFIX)),
            Some(_) => return Err(IdError::Malformed),
            None => Cow::Borrowed(text),
        };
        text.parse::<Id<AuditEvent>>().map(|id| Self(id.uuid()))
    }
}

fn is_prefix(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

impl<'de> Deserialize<'de> for AnyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&Cow::<str>::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for AnyId {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "AnyId".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uuid" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_every_kind_in_both_spellings() {
        let id = Id::<AuditEvent>::from_u128(0x018f_3c4a_7b2e_7c1d_9e0a_1f2b_3c4d_5e6f);
        let digits = id.typed().to_string().replace("evt_", "");
        for text in [id.to_string(), format!("usr_{digits}"), format!("key_{digits}"), format!("flow_{digits}")] {
            assert_eq!(AnyId::parse(&text), Ok(AnyId(id.uuid())), "{text}");
        }
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in
            ["", "_", "usr_", "usr_1", "USR_01HWY4MYSE7RETW2GZ5CY4TQKF", "usr_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "ada"]
        {
            assert_eq!(AnyId::parse(text), Err(IdError::Malformed), "{text}");
        }
    }
}
