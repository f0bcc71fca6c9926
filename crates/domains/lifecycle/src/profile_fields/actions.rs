//! Making, changing and archiving fields.

use edge::{Context, Failure};
use kernel::{Page, PageRequest};

use super::{
    ProfileField,
    error::ProfileFieldError,
    event::{ProfileFieldArchived, ProfileFieldCreated, ProfileFieldUpdated},
    input::{ProfileFieldCreate, ProfileFieldUpdate},
    store::{self, FieldKey},
};

/// Archived ones included: their answers are kept.
const MOST: i64 = 100;

pub(super) async fn list(
    cx: &Context,
    archived: Option<bool>,
    request: &PageRequest<FieldKey>,
) -> Result<Page<ProfileField, FieldKey>, Failure> {
    Ok(store::page(&cx.read(), archived, request).await?)
}

pub(super) async fn create(cx: &Context, new: ProfileFieldCreate) -> Result<ProfileField, Failure> {
    let (name, position) = (new.name.clone(), new.position.into());
    let definition = new.definition()?;
    let field = ProfileField {
        id: cx.new_id(),
        version: 1,
        name,
        position,
        definition,
        archived_at: None,
        created_at: cx.now(),
        updated_at: cx.now(),
    };
    let tx = cx.tx().await?;
    if store::count(tx).await? >= MOST {
        return Err(ProfileFieldError::TooMany.into());
    }
    if !store::insert(tx, &field).await? {
        return Err(ProfileFieldError::NameTaken.into());
    }
    tx.emit(&ProfileFieldCreated { field_id: field.id, name: field.name.clone() });
    Ok(field)
}

/// A change that changes nothing is no change: no new version, no event.
pub(super) async fn update(
    cx: &Context,
    before: ProfileField,
    update: ProfileFieldUpdate,
) -> Result<ProfileField, Failure> {
    cx.expect_version(before.version)?;
    let (definition, position) = update.apply(&before)?;
    if (&definition, position) == (&before.definition, before.position) {
        return Ok(before);
    }
    let after =
        ProfileField { version: before.version + 1, definition, position, updated_at: cx.now(), ..before.clone() };
    save(cx, &before, &after).await?;
    cx.tx().await?.emit(&ProfileFieldUpdated { field_id: after.id, name: after.name.clone() });
    Ok(after)
}

pub(super) async fn archive(cx: &Context, before: ProfileField) -> Result<(), Failure> {
    cx.expect_version(before.version)?;
    if before.archived_at.is_some() {
        return Ok(());
    }
    let after = before.clone().archive(cx.now());
    save(cx, &before, &after).await?;
    cx.tx().await?.emit(&ProfileFieldArchived { field_id: after.id, name: after.name });
    Ok(())
}

async fn save(cx: &Context, before: &ProfileField, after: &ProfileField) -> Result<(), Failure> {
    let is_saved = store::update(cx.tx().await?, before.version, after).await?;
    if is_saved { Ok(()) } else { Err(ProfileFieldError::Changed.into()) }
}
