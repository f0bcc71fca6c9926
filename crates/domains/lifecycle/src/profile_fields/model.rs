//! What a field is and when it is asked. Pure.

pub use identity::profile_fields::{FieldKind, FieldOption, TextFormat};
use kernel::{Id, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that an application asks its people.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ProfileField {
    pub(crate) id: Id<Self>,
    pub(crate) version: i64,
    /// For programs; never changes.
    pub(crate) name: String,
    /// Fields are asked in this order.
    pub(crate) position: i64,
    pub(crate) definition: Definition,
    /// No longer asked; the answers stay.
    pub(crate) archived_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What is read as a whole; stored as one JSON text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    pub(crate) kind: FieldKind,
    pub(crate) required: bool,
    pub(crate) ask: Ask,
}

/// When a field is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "when", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "ProfileFieldAsk")]
pub(crate) enum Ask {
    /// From the first sign-in on, until it is answered.
    SignUp {},
    /// From this sign-in on: with 3, at the third.
    SignIn { number: u32 },
    /// Where the application asks for it by name.
    OnDemand {},
}

impl ProfileField {
    /// Is it asked of somebody who has not answered it and is here for the `visits`th time?
    pub(crate) fn is_due(&self, visits: i64, wanted: &[String]) -> bool {
        if self.archived_at.is_some() {
            return false;
        }
        match self.definition.ask {
            Ask::SignUp {} => true,
            Ask::SignIn { number } => visits >= i64::from(number),
            Ask::OnDemand {} => wanted.contains(&self.name),
        }
    }

    /// Archiving twice is no change.
    pub(crate) fn archive(self, now: Timestamp) -> Self {
        Self { archived_at: Some(now), updated_at: now, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn field(name: &str, kind: FieldKind, ask: Ask) -> ProfileField {
        ProfileField {
            id: Id::from_u128(1),
            version: 1,
            name: name.into(),
            position: 0,
            definition: Definition { label: name.into(), help: None, kind, required: true, ask },
            archived_at: None,
            created_at: Timestamp::from_seconds(0),
            updated_at: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn a_field_is_asked_when_its_time_has_come() {
        let is_due = |ask, visits, wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
            field("size", FieldKind::Boolean {}, ask).is_due(visits, &wanted)
        };
        assert!(is_due(Ask::SignUp {}, 1, &[]));
        assert!(!is_due(Ask::SignIn { number: 3 }, 2, &["size"]));
        assert!(is_due(Ask::SignIn { number: 3 }, 3, &[]) && is_due(Ask::SignIn { number: 3 }, 9, &[]));
        assert!(!is_due(Ask::OnDemand {}, 9, &["other"]));
        assert!(is_due(Ask::OnDemand {}, 1, &["size"]));
    }

    #[test]
    fn what_is_archived_is_never_asked() {
        let archived = field("size", FieldKind::Boolean {}, Ask::SignUp {}).archive(Timestamp::from_seconds(1));
        assert!(!archived.is_due(9, &["size".to_owned()]));
    }
}
