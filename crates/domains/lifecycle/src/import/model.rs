//! What becomes of a row. Pure.

use std::borrow::Cow;

use identity::users::{User, UserId};
use kernel::{Id, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Import;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ImportState {
    /// Its rows are being sent.
    Receiving,
    /// Its rows are being worked on.
    Running,
    /// Every row has its result.
    Finished,
}

impl ImportState {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Running => "running",
            Self::Finished => "finished",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Receiving, Self::Running, Self::Finished].into_iter().find(|state| state.as_str() == name)
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    Created,
    Updated,
    /// Nothing was to be done; `reason` says why.
    Skipped,
    /// Nothing was done; `reason` says why.
    Failed,
}

/// One line of the answer: first the import's id, then what became of each row, last the sum.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UserImportLine")]
pub struct ImportLine {
    /// In the first line and the last: names the import, to resume it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import_id: Option<Id<Import>>,
    /// The line of the body, or the place in the list, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ImportStatus>,
    /// The user that the row became, or was found to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Id<User>>,
    /// Why the row was skipped or failed: a stable handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'static, str>>,
    /// The field that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// For people; it may change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Cow<'static, str>>,
    /// In the last line alone: an answer without it was cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<ImportSummary>,
}

/// The rows so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UserImportSummary")]
pub struct ImportSummary {
    /// The last line that has its result: where a resumed import goes on.
    pub lines: u64,
    pub created: u64,
    pub updated: u64,
    pub skipped: u64,
    pub failed: u64,
}

impl ImportLine {
    pub(super) fn done(line: u64, status: ImportStatus, user: UserId) -> Self {
        Self { line: Some(line), status: Some(status), user_id: Some(user), ..Self::default() }
    }

    pub(super) fn skipped(line: u64, user: UserId, reason: &'static str) -> Self {
        Self { reason: Some(reason.into()), ..Self::done(line, ImportStatus::Skipped, user) }
    }

    pub(super) fn failed(line: u64, refusal: &Refusal) -> Self {
        let field = refusal.fields.first();
        Self {
            line: Some(line),
            status: Some(ImportStatus::Failed),
            reason: Some(refusal.reason.into()),
            field: field.map(|field| field.field.clone()),
            message: Some(field.map_or_else(|| refusal.message.clone(), |field| field.message.clone())),
            ..Self::default()
        }
    }
}

impl ImportSummary {
    pub(super) fn add(&mut self, line: &ImportLine) {
        self.lines = self.lines.max(line.line.unwrap_or_default());
        match line.status {
            Some(ImportStatus::Created) => self.created += 1,
            Some(ImportStatus::Updated) => self.updated += 1,
            Some(ImportStatus::Skipped) => self.skipped += 1,
            Some(ImportStatus::Failed) => self.failed += 1,
            None => {}
        }
    }

    pub(super) fn of(lines: &[ImportLine]) -> Self {
        let mut summary = Self::default();
        for line in lines {
            summary.add(line);
        }
        summary
    }

    pub(super) fn plus(self, more: Self) -> Self {
        Self {
            lines: self.lines.max(more.lines),
            created: self.created + more.created,
            updated: self.updated + more.updated,
            skipped: self.skipped + more.skipped,
            failed: self.failed + more.failed,
        }
    }
}

/// Whose row it is, by who holds its identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Nobody's yet.
    New,
    /// This user's, by an id of theirs.
    Known(UserId),
    /// This user's, by their email address alone: theirs only while no other external id says otherwise.
    SameAddress(UserId),
    /// One of its identifiers is another's.
    Taken(&'static str),
}

/// The identifiers in the order in which they decide.
const DECIDING: [&str; 3] = ["id", "external_id", "primary_email"];
const IDENTIFIERS: [&str; 5] = ["id", "external_id", "primary_email", "primary_phone", "username"];

pub(super) fn whose(holders: &[(String, UserId)]) -> Whose {
    let holder = |name: &str| holders.iter().find(|(field, _)| field == name).map(|(_, id)| *id);
    let found = DECIDING.iter().find_map(|name| Some((*name, holder(name)?)));
    let other =
        |id: Option<UserId>| IDENTIFIERS.into_iter().find(|name| holder(name).is_some_and(|holder| Some(holder) != id));
    match (found, other(found.map(|(_, id)| id))) {
        (_, Some(taken)) => Whose::Taken(taken),
        (None, None) => Whose::New,
        (Some(("primary_email", id)), None) => Whose::SameAddress(id),
        (Some((_, id)), None) => Whose::Known(id),
    }
}

/// Are they the same but for when they were changed?
pub(super) fn is_unchanged(before: &User, after: &User) -> bool {
    let mut after = after.clone();
    after.updated_at = before.updated_at;
    after.version = before.version;
    after == *before
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holders(pairs: &[(&str, u128)]) -> Vec<(String, UserId)> {
        pairs.iter().map(|(field, id)| ((*field).to_owned(), UserId::from_u128(*id))).collect()
    }

    #[test]
    fn the_row_is_whose_its_identifiers_are() {
        let one = UserId::from_u128(1);
        for (pairs, expected) in [
            (&[][..], Whose::New),
            (&[("external_id", 1)], Whose::Known(one)),
            (&[("primary_email", 1)], Whose::SameAddress(one)),
            (&[("primary_email", 1), ("username", 1)], Whose::SameAddress(one)),
            (&[("external_id", 1), ("primary_email", 1), ("primary_phone", 1)], Whose::Known(one)),
            (&[("id", 1), ("external_id", 1)], Whose::Known(one)),
            // A phone number or a username alone is nobody's proof of being the same person.
            (&[("primary_phone", 1)], Whose::Taken("primary_phone")),
            (&[("username", 1)], Whose::Taken("username")),
            (&[("external_id", 1), ("primary_email", 2)], Whose::Taken("primary_email")),
            (&[("id", 1), ("external_id", 2)], Whose::Taken("external_id")),
            (&[("primary_email", 1), ("username", 2)], Whose::Taken("username")),
        ] {
            assert_eq!(whose(&holders(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn sums_add_up() {
        let user = UserId::from_u128(1);
        let lines = [
            ImportLine::done(1, ImportStatus::Created, user),
            ImportLine::done(3, ImportStatus::Updated, user),
            ImportLine::skipped(4, user, "exists"),
            ImportLine::failed(7, &Refusal::validation("username", "invalid", "No.")),
        ];
        let sum = ImportSummary::of(&lines);
        assert_eq!(sum, ImportSummary { lines: 7, created: 1, updated: 1, skipped: 1, failed: 1 });
        assert_eq!(sum.plus(sum).created, 2);
        assert_eq!(lines[3].field.as_deref(), Some("username"));
    }
}
