//! `/v1/profile-fields`.

use edge::{Body, Can, CanOn, Endpoint, Listed, Nothing, Paging, Query, Reply, created, listed, no_content, versioned};
use kernel::{Id, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ProfileField, ProfileRead, ProfileWrite, actions,
    error::ProfileFieldError,
    input::{ProfileFieldCreate, ProfileFieldUpdate},
    model::{Ask, FieldKind},
    store::FieldKey,
};

/// Something that an application asks its people.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProfileField")]
pub(super) struct FieldView {
    id: Id<ProfileField>,
    /// For programs; never changes.
    name: String,
    /// For people.
    label: String,
    help: Option<String>,
    /// What an answer may be.
    kind: FieldKind,
    /// Can it not be declined?
    required: bool,
    /// When it is asked.
    ask: Ask,
    /// Fields are asked in this order.
    position: i64,
    /// No longer asked since then.
    archived_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<ProfileField> for FieldView {
    fn from(field: ProfileField) -> Self {
        let definition = field.definition;
        Self {
            id: field.id,
            name: field.name,
            label: definition.label,
            help: definition.help,
            kind: definition.kind,
            required: definition.required,
            ask: definition.ask,
            position: field.position,
            archived_at: field.archived_at,
            created_at: field.created_at,
            updated_at: field.updated_at,
        }
    }
}

/// Which fields to list.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ProfileFieldQuery {
    /// Archived ones only, or none of them.
    archived: Option<bool>,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [list_fields(), create_field(), update_field(), archive_field()]
}

/// List profile fields
///
/// In the order in which they are asked.
#[endpoint(GET "/v1/profile-fields", id = "profile_fields.list")]
async fn list_fields(
    cx: Can<ProfileRead>,
    query: Query<ProfileFieldQuery>,
    page: Paging<FieldKey>,
) -> Reply<Listed<FieldView>> {
    listed(&cx, actions::list(&cx, query.0.archived, &page.0).await?)
}

/// Add a profile field
///
/// With its type, the rules for answers, and when it is asked: from the first sign-in on, from the nth, or where the application
/// asks for it.
#[endpoint(POST "/v1/profile-fields", id = "profile_fields.create", errors = ProfileFieldError)]
async fn create_field(cx: Can<ProfileWrite>, body: Body<ProfileFieldCreate>) -> Reply<FieldView> {
    let field = actions::create(&cx, body.0).await?;
    let version = field.version;
    Ok(created(field)?.version(version))
}

/// Update a profile field
///
/// Name and type stay, because answers were given to them. Answers that don't fit new rules stay too.
#[endpoint(PATCH "/v1/profile-fields/{field_id}", id = "profile_fields.update", errors = ProfileFieldError)]
async fn update_field(cx: CanOn<ProfileWrite, ProfileField>, body: Body<ProfileFieldUpdate>) -> Reply<FieldView> {
    let field = actions::update(&cx, cx.target.clone(), body.0).await?;
    versioned(field.version, field)
}

/// Archive a profile field
///
/// It is no longer asked. The answers stay, and so does the name.
#[endpoint(DELETE "/v1/profile-fields/{field_id}", id = "profile_fields.delete", errors = ProfileFieldError)]
async fn archive_field(cx: CanOn<ProfileWrite, ProfileField>) -> Reply<Nothing> {
    actions::archive(&cx, cx.target.clone()).await?;
    no_content()
}
