//! What is held on a person here, for the export of one and the merge of two.

use edge::PersonalData;

edge::personal! {
    oauth_grants: "oauth_grants", by "user_id" {
        export: "oauth_grants" {
            "id": Id, "client_id": Id, "scope": Text, "resources": Json, "created_at": Time, "expires_at": Time, "ended_at": Time,
        },
        merge: leave "its tokens name the account that ends"
    }
    oauth_ends: "oauth_ends", by "user_id" {
        export: "ended_authorizations" { "client_id": Id, "ended_at": Time },
        merge: leave "it is over, and forgotten within the hour"
    }
    oauth_consents: "oauth_consents", by "user_id" {
        export: "oauth_consents" {
            "client_id": Id, "scope": Text, "resources": Json, "created_at": Time, "updated_at": Time,
        },
        merge: leave "who signs in from now on is asked again"
    }
}

/// Every table of this domain that names a user.
pub(crate) const ALL: &[PersonalData] = &[oauth_grants::FACTS, oauth_ends::FACTS, oauth_consents::FACTS];
