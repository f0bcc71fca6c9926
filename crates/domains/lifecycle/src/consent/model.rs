//! What somebody said about a purpose. Pure.

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenancy::settings::ConsentPurpose;

/// The latest word about a purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) purpose: String,
    pub(super) version: u32,
    pub(super) is_granted: bool,
    pub(super) decided_at: Timestamp,
}

/// One word that was said, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) word: Word,
    pub(super) recorded_by: Recorder,
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) evidence: Option<String>,
}

/// Who brought the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ConsentRecorder")]
pub(super) enum Recorder {
    /// The person, in a session of their own.
    Person,
    /// The application, which vouches for it.
    Application,
}

/// Where a person stands with a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ConsentState")]
pub(super) enum Standing {
    /// Nothing was said.
    Open,
    Granted,
    /// To an earlier text: ask again.
    Outdated,
    Withdrawn,
}

impl Recorder {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Application => "application",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Person, Self::Application].into_iter().find(|recorder| recorder.as_str() == name)
    }
}

/// A refusal of an earlier text stays a refusal: whoever said no is not asked until they have reason to say yes.
pub(super) fn standing(purpose: &ConsentPurpose, word: Option<&Word>) -> Standing {
    match word {
        None => Standing::Open,
        Some(word) if !word.is_granted => Standing::Withdrawn,
        Some(word) if word.version == purpose.version => Standing::Granted,
        Some(_) => Standing::Outdated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_to_one_text() {
        let purpose = ConsentPurpose {
            name: "news".into(),
            version: 2,
            title: "News".into(),
            description: None,
            url: None,
            required: false,
        };
        let word = |version, is_granted| {
            Some(Word { purpose: "news".into(), version, is_granted, decided_at: Timestamp::from_seconds(0) })
        };
        for (word, expected) in [
            (None, Standing::Open),
            (word(2, true), Standing::Granted),
            (word(1, true), Standing::Outdated),
            (word(2, false), Standing::Withdrawn),
            (word(1, false), Standing::Withdrawn),
        ] {
            assert_eq!(standing(&purpose, word.as_ref()), expected, "{word:?}");
        }
    }
}
