//! The rows of one transaction: each becomes a user, changes one, or says why not.
//!
//! A statement that the database refuses would end the transaction, so every row asks first. Whoever takes an identifier between
//! the question and the answer makes the batch run again.

use identity::{
    identifiers::EmailAddress,
    users::{
        Delegations, User, UserError, UserId, UserState,
        bulk::{self, WithPassword},
    },
};
use kernel::{Env, ErrorCode, Patch, Refusal, Timestamp};
use store::{StoreError, Tx};

use super::{
    model::{ImportLine, ImportStatus, Whose, is_unchanged, whose},
    options::{Existing, ImportOptions},
    row::{Draft, Row},
};

/// Rows that share a transaction: enough to pay for the commit, few enough that other writers wait for some hundredths of a second.
pub(super) const SIZE: usize = 250;

pub(super) async fn apply(
    tx: &Tx,
    env: &Env,
    delegations: Delegations,
    options: ImportOptions,
    rows: &[Row],
) -> Result<Vec<ImportLine>, StoreError> {
    let mut lines = Vec::with_capacity(rows.len());
    let batch = Batch { tx, env, delegations, options, now: env.now() };
    for row in rows {
        lines.push(match &row.draft {
            Err(refusal) => ImportLine::failed(row.line, refusal),
            Ok(draft) => match batch.apply(row.line, draft).await {
                Ok(line) => line,
                Err(UserError::Store(error)) => return Err(error),
                Err(error) => ImportLine::failed(row.line, &error.into()),
            },
        });
    }
    Ok(lines)
}

struct Batch<'a> {
    tx: &'a Tx,
    env: &'a Env,
    delegations: Delegations,
    options: ImportOptions,
    now: Timestamp,
}

impl Batch<'_> {
    async fn apply(&self, line: u64, draft: &Draft) -> Result<ImportLine, UserError> {
        let username = draft.username_key();
        let held =
            bulk::holders(self.tx, draft.id, draft.external_id(), draft.email(), draft.phone(), username.as_deref());
        let (id, is_certain) = match whose(&held.await.map_err(UserError::Store)?) {
            Whose::New => return self.create(line, draft).await,
            Whose::Taken(field) => return Ok(ImportLine::failed(line, &taken(field))),
            Whose::Known(id) => (id, true),
            Whose::SameAddress(id) => (id, false),
        };
        match self.options.existing {
            Existing::Fail => Ok(ImportLine::failed(line, &taken("user"))),
            Existing::Skip => Ok(ImportLine::skipped(line, id, "exists")),
            Existing::Update => self.update(line, draft, id, is_certain).await,
        }
    }

    async fn create(&self, line: u64, draft: &Draft) -> Result<ImportLine, UserError> {
        let id = draft.id.unwrap_or_else(|| self.env.new_id());
        let mut user = bulk::changed(User::nobody(id, self.now), draft.changes.clone(), self.now)?;
        user.state = draft.state.unwrap_or(UserState::Active);
        user.created_at = draft.created_at.unwrap_or(self.now);
        user.last_sign_in_at = draft.last_sign_in_at;
        let (password_hash, must_change) = draft.password.clone().unzip();
        let new = WithPassword { user, password_hash, must_change: must_change.unwrap_or_default() };
        bulk::insert(self.tx, &new, self.now).await.map_err(UserError::Store)?;
        Ok(ImportLine::done(line, ImportStatus::Created, id))
    }

    async fn update(&self, line: u64, draft: &Draft, id: UserId, is_certain: bool) -> Result<ImportLine, UserError> {
        let Some(before) = bulk::find(self.tx, id).await.map_err(UserError::Store)? else {
            return Err(UserError::Changed);
        };
        let is_another = before.external_id.is_some() && before.external_id.as_deref() != draft.external_id();
        if !is_certain && draft.external_id().is_some() && is_another {
            return Ok(ImportLine::failed(line, &taken("primary_email")));
        }
        let mut changes = draft.changes.clone();
        if is_same_mailbox(&before, draft) {
            // Another spelling is no other address: it stays as it was proven.
            changes.email = Patch::Absent;
        }
        let mut after = bulk::changed(before.clone(), changes, self.now)?;
        after.state = draft.state.unwrap_or(before.state);
        let is_unchanged = is_unchanged(&before, &after);
        if !is_unchanged {
            self.save(&before, &after).await?;
        }
        // Who imports twice must not put an old password back over one that was changed or hashed anew meanwhile.
        let password = match &draft.password {
            Some(password) if self.options.replace_passwords => Some(password),
            Some(password) if !bulk::has_password(self.tx, id).await.map_err(UserError::Store)? => Some(password),
            _ => None,
        };
        if let Some((hash, must_change)) = password {
            bulk::put_password(self.tx, id, hash, *must_change, self.now).await.map_err(UserError::Store)?;
        }
        Ok(if is_unchanged && password.is_none() {
            ImportLine::skipped(line, id, "unchanged")
        } else {
            ImportLine::done(line, ImportStatus::Updated, id)
        })
    }

    async fn save(&self, before: &User, after: &User) -> Result<(), UserError> {
        if !bulk::save(self.tx, before, after).await.map_err(UserError::Store)? {
            return Err(UserError::Changed);
        }
        if before.state == UserState::Active && after.state == UserState::Disabled {
            bulk::shut_out(self.tx, self.delegations, after.id, self.now).await.map_err(UserError::Store)?;
        }
        Ok(())
    }
}

fn is_same_mailbox(before: &User, draft: &Draft) -> bool {
    let current = before.primary_email.as_ref().and_then(|email| email.address.parse::<EmailAddress>().ok());
    current.zip(draft.email()).is_some_and(|(current, new)| current.key() == new.key())
}

fn taken(field: &'static str) -> Refusal {
    let (reason, message) = match field {
        "id" => ("id_taken", "Another user has this id."),
        "external_id" => ("external_id_taken", "Another user has this external id."),
        "primary_email" => ("email_taken", "Another user has this email address."),
        "primary_phone" => ("phone_taken", "Another user has this phone number."),
        "username" => ("username_taken", "Another user has this username."),
        _ => ("user_exists", "The user is there already."),
    };
    Refusal::new(ErrorCode::Conflict, reason, message).with_field(field, "taken", message)
}
