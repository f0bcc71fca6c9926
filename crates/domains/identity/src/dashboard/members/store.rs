//! Members with the accounts behind them: teams stand above tenants, their people are the console's users.

use kernel::{Id, Page, PageRequest, Timestamp};
use store::{Query, Row, StoreError, listing, params};
use tenancy::{Role, TeamId, teams::Member};

listing! {
    MEMBERS = {
        select: "select m.user_id, m.role, m.created_at, u.name, u.picture, e.address
                 from team_members m
                 join users u on u.tenant_id = $1 and u.id = m.user_id
                 left join user_emails e on e.tenant_id = u.tenant_id and e.user_id = u.id and e.is_primary
                 where u.tenant_id = $1",
        filters: { team: "m.team_id = ?" },
        order: "m.created_at, m.user_id",
        keyset: "(m.created_at, m.user_id) > (?, ?)",
    };
}

/// Where a page of members ended: the oldest membership comes first.
pub(super) type MemberKey = (i64, Id<Member>);

/// A member as others see them.
pub(super) struct MemberRow {
    pub(super) id: Id<Member>,
    pub(super) role: Role,
    pub(super) joined_at: Timestamp,
    pub(super) name: Option<String>,
    pub(super) picture: Option<String>,
    pub(super) email: Option<String>,
}

/// `console` is bound to the console's tenant.
pub(super) async fn page(
    console: &impl Query,
    team: TeamId,
    request: &PageRequest<MemberKey>,
) -> Result<Page<MemberRow, MemberKey>, StoreError> {
    let mut query = MEMBERS.query().filter("team", team).limit(request.fetch());
    if let Some((joined_at, id)) = request.after {
        query = query.after(params![joined_at, id]);
    }
    let rows = console.list(query, member).await?;
    Ok(request.page(rows, |member| (member.joined_at.as_micros(), member.id)))
}

fn member(row: &Row<'_>) -> Result<MemberRow, StoreError> {
    Ok(MemberRow {
        id: row.get(0)?,
        role: row.named(1, "a role", Role::from_name)?,
        joined_at: row.get(2)?,
        name: row.get(3)?,
        picture: row.get(4)?,
        email: row.get(5)?,
    })
}
