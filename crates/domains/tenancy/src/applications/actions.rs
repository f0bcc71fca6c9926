//! What a dashboard account can do with applications: decide, store, emit.

use ::store::StoreError;
use edge::{Account, Failure};
use kernel::{Id, Page, PageRequest, Patch, Refusal, Secret, TenantId};
use uuid::Uuid;

use super::{
    Application, ApplicationDeleted, ApplicationError, ApplicationRestored, ApplicationResumed, ApplicationSuspended,
    ApplicationUpdated, Figures, FiguresOf,
    event::Announce,
    model::{self, NextState},
    store::{self as rows, ApplicationKey},
};
use crate::{
    settings::{tenant_name, value_or_absent},
    teams::{self, Membership, Role, TeamId, Teams},
    tenants::{self, Environment, NewTenant, Slug, TenantRecord, TenantState, provision},
};

/// A tenant and what happens inside.
pub(super) struct Summary {
    pub(super) tenant: TenantRecord,
    pub(super) figures: Figures,
}

pub(super) struct NewApplication {
    pub(super) name: String,
    pub(super) slug: Option<String>,
    pub(super) environment: Environment,
    /// Needed by who is in more than one team.
    pub(super) team: Option<TeamId>,
}

pub(super) async fn list(
    cx: &Account,
    request: &PageRequest<ApplicationKey>,
) -> Result<Page<Summary, ApplicationKey>, Failure> {
    let page = rows::page_of(&cx.system_read(), cx.caller().user_id, request).await?;
    let ids: Vec<TenantId> = page.items.iter().map(|tenant| tenant.id).collect();
    let mut figures = cx.part::<FiguresOf>().0.figures(&ids, cx.now()).await?.into_iter();
    Ok(page.map(|tenant| Summary { tenant, figures: figures.next().unwrap_or_default() }))
}

/// A tenant that serves at once, and its first secret key.
pub(super) async fn create(cx: &Account, new: NewApplication) -> Result<(TenantRecord, Secret), Failure> {
    let name = tenant_name("name", &new.name).map_err(ApplicationError::Field)?;
    let asked: Option<Slug> = new.slug.map(|slug| slug.parse()).transpose().map_err(ApplicationError::Slug)?;
    let team = team_for(teams::of(&cx.system_read(), cx.caller().user_id).await?, new.team)?;
    let scopes = cx.part::<Teams>().granted(team.role).to_string();
    // Before the transaction opens: nobody waits for the writer behind a key.
    let signing_key = tenants::first_signing_key().map_err(ApplicationError::from)?;
    let mut slug = asked.clone().unwrap_or_else(|| Slug::suggest(&name, false, &*cx.env().entropy));
    let tx = cx.tx().await?;
    for _ in 0..SUGGESTIONS {
        let tenant = NewTenant {
            name: name.clone(),
            slug,
            environment: new.environment,
            team_id: team.team_id,
            is_primary: false,
            scopes: scopes.clone(),
        };
        if let Some(made) = provision(tx, cx.vault(), cx.env(), tenant, &signing_key, cx.now()).await? {
            return Ok((made.tenant, made.api_key));
        }
        if asked.is_some() {
            break;
        }
        slug = Slug::suggest(&name, true, &*cx.env().entropy);
    }
    Err(ApplicationError::SlugTaken.into())
}

/// How many names are tried where the caller named none; one in four thousand million is taken by accident.
const SUGGESTIONS: usize = 3;

/// The team named, or the only one there is.
fn team_for(memberships: Vec<Membership>, asked: Option<TeamId>) -> Result<Membership, ApplicationError> {
    let mut fitting = memberships.into_iter().filter(|membership| asked.is_none_or(|team| membership.team_id == team));
    let team = fitting.next().ok_or(ApplicationError::NoTeam)?;
    if fitting.next().is_some() {
        let refusal =
            Refusal::validation("team_id", "required", "You are in more than one team: say which one runs it.");
        return Err(ApplicationError::Field(refusal));
    }
    if team.role.manages_applications() { Ok(team) } else { Err(ApplicationError::InsufficientRole) }
}

/// Rename, suspend, resume, bring back: what is absent stays.
pub(super) async fn update(
    cx: &Account,
    id: Id<Application>,
    name: Patch<String>,
    state: Patch<NextState>,
) -> Result<Summary, Failure> {
    let (before, role) = visible(cx, id, cx.caller().user_id).await?;
    if !role.manages_applications() {
        return Err(ApplicationError::InsufficientRole.into());
    }
    cx.expect_version(before.version)?;
    let name = value_or_absent("name", name)?.map(|name| tenant_name("name", &name)).transpose()?;
    let state = value_or_absent("state", state)?;
    let after = model::change(&before, name, state, role, cx.now())?;
    summary(cx, save(cx, before, after).await?).await
}

/// It is not served any more, and erased after some days.
pub(super) async fn delete(cx: &Account, id: Id<Application>, confirmation: &str) -> Result<Summary, Failure> {
    let (before, role) = visible(cx, id, cx.caller().user_id).await?;
    cx.expect_version(before.version)?;
    let after = model::delete(&before, confirmation, role, cx.now())?;
    summary(cx, save(cx, before, after).await?).await
}

async fn summary(cx: &Account, tenant: TenantRecord) -> Result<Summary, Failure> {
    let figures = cx.part::<FiguresOf>().0.figures(&[tenant.id], cx.now()).await?;
    Ok(Summary { tenant, figures: figures.first().copied().unwrap_or_default() })
}

async fn save(cx: &Account, before: TenantRecord, after: TenantRecord) -> Result<TenantRecord, Failure> {
    if after == before {
        return Ok(before);
    }
    let tx = cx.tx().await?;
    if !tenants::store::save(tx, &before, &after, cx.now()).await? {
        return Err(ApplicationError::Changed.into());
    }
    let application_id = Id::from_uuid(after.id.uuid());
    if before.name != after.name {
        ApplicationUpdated { application_id, name: after.name.clone() }.announce(tx, after.id);
    }
    match (before.state, after.state) {
        (TenantState::Active, TenantState::Suspended) => ApplicationSuspended { application_id }.announce(tx, after.id),
        (TenantState::Suspended, TenantState::Active) => ApplicationResumed { application_id }.announce(tx, after.id),
        (TenantState::Deleted, TenantState::Active) => ApplicationRestored { application_id }.announce(tx, after.id),
        (_, TenantState::Deleted) => ApplicationDeleted { application_id }.announce(tx, after.id),
        _ => {}
    }
    tenants::changed(tx, after.id);
    Ok(TenantRecord { version: before.version + 1, updated_at: cx.now(), ..after })
}

/// An application of another team and one that does not exist are the same answer, byte for byte.
async fn visible(cx: &Account, id: Id<Application>, account: Uuid) -> Result<(TenantRecord, Role), Failure> {
    let found: Result<_, StoreError> = rows::find_of(&cx.system_read(), id, account).await;
    Ok(found?.ok_or_else(Refusal::not_found)?)
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;

    fn member(team: u128, role: Role) -> Membership {
        Membership {
            team_id: Id::from_u128(team),
            team_name: String::new(),
            role,
            joined_at: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn the_team_is_the_only_one_or_the_one_named() {
        let (one, two) = (member(1, Role::Owner), member(2, Role::Viewer));
        assert_eq!(team_for(vec![one.clone()], None).unwrap(), one);
        assert_eq!(team_for(vec![two.clone(), one.clone()], Some(one.team_id)).unwrap(), one);
        assert!(matches!(team_for(vec![], None), Err(ApplicationError::NoTeam)));
        assert!(matches!(team_for(vec![one.clone()], Some(two.team_id)), Err(ApplicationError::NoTeam)));
        assert!(matches!(team_for(vec![one.clone(), two.clone()], None), Err(ApplicationError::Field(_))));
        assert!(matches!(team_for(vec![one, two.clone()], Some(two.team_id)), Err(ApplicationError::InsufficientRole)));
    }
}
