//! Which of identity's tables hold something on a person, what of it leaves with an export, and what a merge does with it.

use edge::{Export, Merge, PersonalData};
use serde_json::Value;

use crate::{
    flows::{amr, assurance},
    sessions::store::proven,
};

edge::personal! {
    users: "users", by "id" {
        export: "user" {
            "id": Id, "version": Integer, "state": Text, "username": Text, "external_id": Text, "name": Text, "given_name": Text,
            "family_name": Text, "picture": Text, "locale": Text, "public_metadata": Json, "private_metadata": Json,
            "unsafe_metadata": Json, "is_anonymous": Flag, "created_at": Time, "updated_at": Time, "last_sign_in_at": Time,
        },
        merge: account
    }
    /// A proven address follows; an unproven one only to an account that has none, because anybody could have typed it.
    user_emails: "user_emails", by "user_id" {
        export: "email_addresses" { "address": Text, "is_primary": Flag, "verified_at": Time, "created_at": Time },
        merge: move by "update user_emails
                        set user_id = $3,
                            is_primary = is_primary and not exists
                              (select 1 from user_emails own where own.tenant_id = $1 and own.user_id = $3 and own.is_primary)
                        where tenant_id = $1 and user_id = $2
                          and (verified_at is not null or not exists
                              (select 1 from user_emails own where own.tenant_id = $1 and own.user_id = $3))",
               left "address"
    }
    user_phones: "user_phones", by "user_id" {
        export: "phone_numbers" { "number": Text, "is_primary": Flag, "verified_at": Time, "created_at": Time },
        merge: move by "update user_phones
                        set user_id = $3,
                            is_primary = is_primary and not exists
                              (select 1 from user_phones own where own.tenant_id = $1 and own.user_id = $3 and own.is_primary)
                        where tenant_id = $1 and user_id = $2
                          and (verified_at is not null or not exists
                              (select 1 from user_phones own where own.tenant_id = $1 and own.user_id = $3))",
               left "number"
    }
    passwords: "passwords", by "user_id" {
        export: "password" { "changed_at": Time, "must_change": Flag },
        merge: move where "not exists (select 1 from passwords own where own.tenant_id = $1 and own.user_id = $3)",
               left "'password'"
    }
    factors: "factors", by "user_id" {
        export: "second_factors" {
            "id": Id, "kind": Text, "name": Text, "address": Text, "activated_at": Time, "last_used_at": Time, "created_at": Time,
        },
        merge: leave "a factor guards the account that it was enrolled for"
    }
    passkeys: "passkeys", by "user_id" {
        export: "passkeys" {
            "id": Id, "name": Text, "aaguid": Id, "attested": Flag, "backup_eligible": Flag, "backed_up": Flag, "transports": Text,
            "created_at": Time, "last_used_at": Time,
        },
        merge: leave "an authenticator keeps the id of the account that it was registered for"
    }
    trusted_devices: "trusted_devices", by "user_id" {
        export: "trusted_devices" {
            "id": Id, "device": Json, "ip": Text, "created_at": Time, "last_used_at": Time, "expires_at": Time,
        },
        merge: leave "trust was given to a device for the account that ends"
    }
    known_devices: "known_devices", by "user_id" {
        export: "known_devices" {
            "first_seen_at": Time, "last_seen_at": Time, "hours": Integer, "latitude": Integer, "longitude": Integer,
        },
        merge: leave "where one account was used from is no sign for the other"
    }
    sessions: "sessions", by "user_id" {
        export: "sessions" {
            "id": Id, "proven": Text, "authenticated_at": Time, "created_at": Time, "last_seen_at": Time, "expires_at": Time,
            "revoked_at": Time, "revoked_reason": Text, "ip": Text, "user_agent": Text, "device": Json, "surface": Text;
            "aal" of "proven" by super::aal_of, "amr" of "proven" by super::amr_of,
        },
        merge: leave "they end with the account"
    }
}

/// The assurance level of a session.
fn aal_of(text: &str) -> Value {
    proven(text).map(|methods| assurance(&methods)).into()
}

/// Its method references.
fn amr_of(text: &str) -> Value {
    proven(text).map(|methods| amr(&methods)).into()
}

const CHALLENGES: PersonalData = PersonalData {
    table: "challenges",
    export: Export::Withheld("single-use secrets, which end within minutes or hours"),
    merge: Merge::Leave("what was sent to an account redeems nothing at another"),
};

const FLOWS: PersonalData = PersonalData {
    table: "flows",
    export: Export::Withheld("sign-ins that are not finished, which end within minutes"),
    merge: Merge::Leave("what was proven for an account is proven for no other"),
};

const FACTOR_TRIES: PersonalData = PersonalData {
    table: "factor_tries",
    export: Export::Withheld("wrong codes of a day, which are forgotten the next"),
    merge: Merge::Leave("they count against the account that was guessed at"),
};

const MFA_DEMANDS: PersonalData = PersonalData {
    table: "mfa_demands",
    export: Export::Withheld("a task that is open, and nothing about the person"),
    merge: Merge::Leave("the account that stays has its own"),
};

/// Every table of identity that names a user.
pub(crate) const ALL: &[PersonalData] = &[
    users::FACTS,
    user_emails::FACTS,
    user_phones::FACTS,
    passwords::FACTS,
    sessions::FACTS,
    known_devices::FACTS,
    factors::FACTS,
    passkeys::FACTS,
    trusted_devices::FACTS,
    CHALLENGES,
    FLOWS,
    FACTOR_TRIES,
    MFA_DEMANDS,
];
