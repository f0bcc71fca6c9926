//! Everything that a user holds, in one read: the answer to what `identity` asks at a sign-in and for a token.

use std::{future::Future, pin::Pin};

use identity::{
    holdings::{Holding, Holdings, Rank},
    users::UserId,
};
use store::{Query, Reader, Row, StoreError, params, sql};

sql! {
    /// The third column is an organization's id where the first says so, and otherwise only of its type. Bounded by what one person may
    /// hold ([`crate::roles::MOST_HELD`], [`crate::groups::MOST_HELD`], `organizations::joining`).
    HOLDINGS = "
        select 'role', r.name, h.user_id, r.permissions, false
        from role_holders h
        join roles r on r.tenant_id = h.tenant_id and r.id = h.role_id
        where h.tenant_id = $1 and h.user_id = $2
        union all
        select 'role', r.name, m.user_id, r.permissions, false
        from group_members m
        join group_roles g on g.tenant_id = m.tenant_id and g.group_id = m.group_id
        join roles r on r.tenant_id = g.tenant_id and r.id = g.role_id
        where m.tenant_id = $1 and m.user_id = $2
        union all
        select 'group', g.slug, m.user_id, g.scopes, false
        from group_members m
        join user_groups g on g.tenant_id = m.tenant_id and g.id = m.group_id
        where m.tenant_id = $1 and m.user_id = $2
        union all
        select 'member', m.rank, m.organization_id, '', o.mfa_required
        from organization_members m
        join organizations o on o.tenant_id = m.tenant_id and o.id = m.organization_id
        where m.tenant_id = $1 and m.user_id = $2
        union all
        select 'within', r.name, m.organization_id, r.permissions, false
        from member_roles m
        join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
        where m.tenant_id = $1 and m.user_id = $2";
}

/// What `identity` asks.
pub fn holdings<'a>(
    read: &'a Reader<'a>,
    user: UserId,
) -> Pin<Box<dyn Future<Output = Result<Holdings, StoreError>> + Send + 'a>> {
    Box::pin(async move { Ok(Holdings(read.all(&HOLDINGS, params![user], holding).await?)) })
}

fn holding(row: &Row<'_>) -> Result<Holding, StoreError> {
    let kind: String = row.get(0)?;
    Ok(match kind.as_str() {
        "group" => Holding::Group { slug: row.get(1)?, scopes: row.get(3)? },
        "member" => Holding::Membership {
            organization: row.get(2)?,
            rank: row.named(1, "a rank", Rank::from_name)?,
            requires_mfa: row.get(4)?,
        },
        "within" => {
            Holding::OrganizationRole { organization: row.get(2)?, name: row.get(1)?, permissions: row.get(3)? }
        }
        _ => Holding::Role { name: row.get(1)?, permissions: row.get(3)? },
    })
}
