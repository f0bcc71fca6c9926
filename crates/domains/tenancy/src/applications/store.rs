//! A team's tenants. No decisions. The statements are the system's: an account sees the tenants of all its teams.

use kernel::{Id, Page, PageRequest};
use store::{Query, Row, StoreError, listing, params, sql};
use uuid::Uuid;

use super::Application;
use crate::{
    teams::Role,
    tenants::{TenantRecord, store as tenants},
};

macro_rules! select_of_members {
    ($where:literal) => {
        concat!(
            "select t.id, t.slug, t.name, t.environment, t.state, t.team_id, t.is_primary, t.settings, t.version, t.created_at,
                    t.updated_at, t.deleted_at, m.role
             from tenants t
             join team_members m on m.team_id = t.team_id ",
            $where
        )
    };
}

sql! {
    system FIND_OF = select_of_members!("where t.id = $1 and m.user_id = $2");
}

listing! {
    system APPLICATIONS_OF = {
        select: select_of_members!("where true"),
        filters: { account: "m.user_id = ?" },
        order: "t.created_at desc, t.id desc",
        keyset: "(t.created_at, t.id) < (?, ?)",
    };
}

/// Where a page of applications ended: newest first.
pub(super) type ApplicationKey = (i64, Id<Application>);

/// The application and the account's role in its team; `None` where another team runs it, as where there is none.
pub(super) async fn find_of(
    system: &impl Query,
    id: Id<Application>,
    account: Uuid,
) -> Result<Option<(TenantRecord, Role)>, StoreError> {
    let with_role = |row: &Row<'_>| Ok((tenants::record(row)?, row.named(12, "a role", Role::from_name)?));
    system.one(&FIND_OF, params![id, account], with_role).await
}

pub(super) async fn page_of(
    system: &impl Query,
    account: Uuid,
    request: &PageRequest<ApplicationKey>,
) -> Result<Page<TenantRecord, ApplicationKey>, StoreError> {
    let mut query = APPLICATIONS_OF.query().filter("account", account).limit(request.fetch());
    if let Some((created_at, id)) = request.after {
        query = query.after(params![created_at, id]);
    }
    let rows = system.list(query, tenants::record).await?;
    Ok(request.page(rows, |tenant| (tenant.created_at.as_micros(), Id::from_uuid(tenant.id.uuid()))))
}
