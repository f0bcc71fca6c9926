//! `/v1/dashboard/applications`.

use edge::{Account, At, Body, Endpoint, Listed, Paging, Reply, created, listed, versioned};
use kernel::{Id, Patch, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Application, ApplicationError, Figures,
    actions::{self, NewApplication, Summary},
    model::{self, NextState},
    store::ApplicationKey,
};
use crate::{
    teams::Team,
    tenants::{Environment, TenantRecord, TenantState},
};

/// An application of one of your teams.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Application")]
struct ApplicationView {
    /// The publishable id: what `x-application-id` says.
    id: Id<Application>,
    name: String,
    /// The application's name in host names.
    slug: String,
    environment: Environment,
    state: TenantState,
    /// Who runs it.
    team_id: Option<Id<Team>>,
    /// Of a deleted one: when it is erased for good. Until then `state: active` brings it back.
    erased_at: Option<Timestamp>,
    /// How many users it has; counting stops at ten thousand, here and below.
    users: u64,
    /// How many of them came within the last thirty days.
    new_users: u64,
    /// Sessions that began within the last 24 hours.
    sign_ins: u64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Summary> for ApplicationView {
    fn from(Summary { tenant, figures }: Summary) -> Self {
        Self {
            id: Id::from_uuid(tenant.id.uuid()),
            name: tenant.name,
            slug: tenant.slug.to_string(),
            environment: tenant.environment,
            state: tenant.state,
            team_id: tenant.team_id,
            erased_at: tenant.deleted_at.map(model::erased_at),
            users: figures.users,
            new_users: figures.new_users,
            sign_ins: figures.sign_ins,
            created_at: tenant.created_at,
            updated_at: tenant.updated_at,
        }
    }
}

/// A new application with its first secret API key, which is shown this once.
#[derive(Serialize, JsonSchema)]
struct ApplicationWithKey {
    #[serde(flatten)]
    application: ApplicationView,
    /// Keep it where secrets are kept: it can't be read again.
    api_key: String,
}

impl From<(TenantRecord, Secret)> for ApplicationWithKey {
    fn from((tenant, api_key): (TenantRecord, Secret)) -> Self {
        Self {
            application: Summary { tenant, figures: Figures::default() }.into(),
            api_key: api_key.reveal().to_owned(),
        }
    }
}

/// An application to create.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ApplicationCreate {
    name: String,
    /// The application's name in host names, for good; made from the name where it is absent.
    #[serde(default)]
    slug: Option<String>,
    #[serde(default)]
    environment: Environment,
    /// Which of your teams runs it; needed where you are in more than one.
    #[serde(default)]
    team_id: Option<Id<Team>>,
}

/// What to change about an application: an absent field stays.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ApplicationUpdate {
    /// Can't be cleared.
    name: Patch<String>,
    /// `suspended`: it refuses every request from now on, and nothing is lost; `active` lets it serve again, and brings a deleted
    /// one back.
    state: Patch<NextState>,
}

/// The application to delete, typed once more.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ApplicationDeletion {
    /// The application's slug.
    confirmation: String,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [list_applications(), create_application(), update_application(), delete_application()]
}

/// List your applications
///
/// Those of all your teams with their key figures, newest first.
#[endpoint(GET "/v1/dashboard/applications", id = "dashboard.applications.list")]
async fn list_applications(cx: Account, page: Paging<ApplicationKey>) -> Reply<Listed<ApplicationView>> {
    listed(&cx, actions::list(&cx, &page.0).await?)
}

/// Create an application
///
/// It serves at once. Its first secret API key is shown this once.
#[endpoint(POST "/v1/dashboard/applications", id = "dashboard.applications.create", errors = ApplicationError)]
async fn create_application(cx: Account, body: Body<ApplicationCreate>) -> Reply<ApplicationWithKey> {
    let ApplicationCreate { name, slug, environment, team_id } = body.0;
    let made = actions::create(&cx, NewApplication { name, slug, environment, team: team_id }).await?;
    let version = made.0.version;
    Ok(created(made)?.version(version))
}

/// Change an application
///
/// Rename it, suspend it, resume it, bring it back within thirty days of its deletion.
#[endpoint(PATCH "/v1/dashboard/applications/{application_id}", id = "dashboard.applications.update", errors = ApplicationError)]
async fn update_application(cx: Account, id: At<Application>, body: Body<ApplicationUpdate>) -> Reply<ApplicationView> {
    let summary = actions::update(&cx, *id, body.0.name, body.0.state).await?;
    versioned(summary.tenant.version, summary)
}

/// Delete an application
///
/// For owners and admins. From now on it answers as one that does not exist. For thirty days `state: active` brings it back; then every
/// row of it is erased, and its slug is never used again.
#[endpoint(DELETE "/v1/dashboard/applications/{application_id}", id = "dashboard.applications.delete", errors = ApplicationError)]
async fn delete_application(
    cx: Account,
    id: At<Application>,
    body: Body<ApplicationDeletion>,
) -> Reply<ApplicationView> {
    let summary = actions::delete(&cx, *id, &body.0.confirmation).await?;
    versioned(summary.tenant.version, summary)
}
