//! Accounts in all their lives: how they come in from elsewhere, how they leave, how two become one, and what is asked of a person
//! along the way.
//!
//! Owns bulk import and export, the export of one person, the merge of two accounts, the waiting list, consent and profile fields.
//! Does not own the user, nor how anybody signs in (`identity`).

mod consent;
mod export;
mod import;
mod merge;
mod person;
mod profile_fields;
mod tenant_tables;
mod waitlist;

use store::Migration;

pub use export::Walk as ExportWalk;
pub use import::{
    Existing, Import, ImportLine, ImportOptions, ImportStatus, ImportSummary, Importer, JOB as IMPORT_JOB,
    purge as purge_imports, run as run_import,
};
pub use person::Personal;
pub use profile_fields::{asked_at_sign_up, doors as profile, has_open_questions};
pub use waitlist::{ERASES as ERASES_WAITLIST_ENTRIES, doors as invitations};

const MIGRATIONS: &[Migration] = &[
    Migration::new("lifecycle/0001_imports", include_str!("../migrations/0001_imports.sql")),
    Migration::new("lifecycle/0002_waitlist", include_str!("../migrations/0002_waitlist.sql")),
    Migration::new("lifecycle/0003_consent", include_str!("../migrations/0003_consent.sql")),
    Migration::new("lifecycle/0004_profile_fields", include_str!("../migrations/0004_profile_fields.sql")),
];

const PERSONAL: &[edge::PersonalData] = &[
    waitlist::PERSONAL,
    consent::PERSONAL[0],
    consent::PERSONAL[1],
    profile_fields::PERSONAL[0],
    profile_fields::PERSONAL[1],
];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "lifecycle",
        endpoints: [
            import::endpoints(),
            export::endpoints(),
            person::endpoints(),
            merge::endpoints(),
            waitlist::endpoints(),
            consent::endpoints(),
            profile_fields::endpoints(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        events: [
            import::EVENTS,
            export::EVENTS,
            merge::EVENTS,
            waitlist::EVENTS,
            consent::EVENTS,
            profile_fields::EVENTS,
        ]
        .concat(),
        permissions: [
            import::PERMISSIONS,
            export::PERMISSIONS,
            waitlist::PERMISSIONS,
            consent::PERMISSIONS,
            profile_fields::PERMISSIONS,
        ]
        .concat(),
        migrations: MIGRATIONS,
        sealed: &[],
        personal: PERSONAL,
        tenant_tables: tenant_tables::TENANT_TABLES,
    }
}
