//! What is held on a person here, for the export of one and the merge of two.

use edge::PersonalData;

edge::personal! {
    identities: "identities", by "user_id" {
        export: "identities" {
            "id": Id, "provider": Text, "subject": Text, "profile": Json, "created_at": Time, "last_used_at": Time,
        },
        merge: move
    }
}

/// Every table of this domain that names a user.
pub(crate) const ALL: &[PersonalData] = &[identities::FACTS];
