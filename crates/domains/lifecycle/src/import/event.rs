//! What an import tells. A batch is one event and not one for each user: a million rows would bury the trail, and the ids are in it.

use identity::users::{User, UserId};
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Import,
    model::{ImportLine, ImportStatus, ImportSummary},
    options::Existing,
};

/// An import of users began.
#[derive(Event, Serialize, JsonSchema)]
#[event("user_import.started", target = import_id)]
pub(super) struct ImportStarted {
    pub import_id: Id<Import>,
    pub existing: Existing,
    pub replace_passwords: bool,
}

/// Some rows of an import were carried out; those that failed or were skipped are only counted.
#[derive(Event, Serialize, JsonSchema)]
#[event("user_import.progressed", target = import_id)]
pub(super) struct ImportProgressed {
    pub import_id: Id<Import>,
    pub created_user_ids: Vec<Id<User>>,
    pub updated_user_ids: Vec<Id<User>>,
    pub skipped: u64,
    pub failed: u64,
}

/// Every row of an import has its result.
#[derive(Event, Serialize, JsonSchema)]
#[event("user_import.finished", target = import_id)]
pub(super) struct ImportFinished {
    pub import_id: Id<Import>,
    pub created: u64,
    pub updated: u64,
    pub skipped: u64,
    pub failed: u64,
}

impl ImportProgressed {
    pub(super) fn of(import_id: Id<Import>, lines: &[ImportLine]) -> Self {
        let ids = |status| -> Vec<UserId> {
            lines.iter().filter(|line| line.status == Some(status)).filter_map(|line| line.user_id).collect()
        };
        let ImportSummary { skipped, failed, .. } = ImportSummary::of(lines);
        let (created_user_ids, updated_user_ids) = (ids(ImportStatus::Created), ids(ImportStatus::Updated));
        Self { import_id, created_user_ids, updated_user_ids, skipped, failed }
    }
}

impl ImportFinished {
    pub(super) fn of(import_id: Id<Import>, summary: ImportSummary) -> Self {
        let ImportSummary { created, updated, skipped, failed, .. } = summary;
        Self { import_id, created, updated, skipped, failed }
    }
}

pub(super) const CATALOGUE: &[EventFacts] = &[ImportStarted::FACTS, ImportProgressed::FACTS, ImportFinished::FACTS];
