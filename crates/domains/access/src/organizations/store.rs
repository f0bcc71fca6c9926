//! Rows of organizations. No decisions.

use identity::{
    holdings::Rank,
    users::{UserId, metadata_at, metadata_text},
};
use kernel::{Page, PageRequest, Timestamp};
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::{Organization, OrganizationId};

macro_rules! organization_columns {
    () => {
        "o.id, o.version, o.name, o.slug, o.logo_url, o.public_metadata, o.private_metadata, o.mfa_required, o.created_at, o.updated_at"
    };
}

/// Columns of the organization, which stand before the others.
const COLUMNS: usize = 10;

sql! {
    FIND = concat!("select ", organization_columns!(), " from organizations o where o.tenant_id = $1 and o.id = $2");
    FIND_AS = concat!(
        "select ", organization_columns!(), ", m.rank
         from organizations o
         join organization_members m on m.tenant_id = o.tenant_id and m.organization_id = o.id
         where o.tenant_id = $1 and o.id = $2 and m.user_id = $3");
    HAS_SLUG = "select 1 from organizations where tenant_id = $1 and slug = $2";
    INSERT = "insert into organizations (tenant_id, id, version, name, name_key, slug, logo_url, public_metadata, private_metadata,
                                         mfa_required, created_at, updated_at)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    UPDATE = "update organizations
              set version = $4, name = $5, name_key = $6, slug = $7, logo_url = $8, public_metadata = $9, private_metadata = $10,
                  mfa_required = $11, updated_at = $12
              where tenant_id = $1 and id = $2 and version = $3";
    /// Whoever has written the row is alone with the organization's members until the commit.
    HOLD = "update organizations set version = version where tenant_id = $1 and id = $2";
    DELETE = "delete from organizations where tenant_id = $1 and id = $2";
}

listing! {
    ORGANIZATIONS = {
        select: concat!("select ", organization_columns!(), " from organizations o where o.tenant_id = $1"),
        filters: {
            text: "o.id in (select id from organizations where tenant_id = $1 and name_key >= ? and name_key < (? || '\u{10FFFF}')
                            union all select id from organizations where tenant_id = $1 and slug >= ? and slug < (? || '\u{10FFFF}'))",
            user_id: "o.id in (select organization_id from organization_members where tenant_id = $1 and user_id = ?)",
        },
        order: "o.id desc",
        keyset: "o.id < ?",
    };
}

pub(super) async fn find(db: &impl Query, id: OrganizationId) -> Result<Option<Organization>, StoreError> {
    db.one(&FIND, params![id], organization).await
}

/// The organization as a member sees it, and what they are in it.
pub(super) async fn find_as(
    db: &impl Query,
    id: OrganizationId,
    user: UserId,
) -> Result<Option<(Organization, Rank)>, StoreError> {
    db.one(&FIND_AS, params![id, user], |row| Ok((organization(row)?, row.named(COLUMNS, "a rank", Rank::from_name)?)))
        .await
}

pub(super) async fn page(
    db: &impl Query,
    text: Option<&str>,
    user: Option<UserId>,
    request: &PageRequest<OrganizationId>,
) -> Result<Page<Organization, OrganizationId>, StoreError> {
    let mut query = ORGANIZATIONS.query().limit(request.fetch()).filter_some("text", text).filter_some("user_id", user);
    if let Some(id) = request.after {
        query = query.after(params![id]);
    }
    let rows = db.list(query, organization).await?;
    Ok(request.page(rows, |organization| organization.id))
}

pub(super) async fn has_slug(tx: &Tx, slug: &str) -> Result<bool, StoreError> {
    Ok(tx.one(&HAS_SLUG, params![slug], |_| Ok(())).await?.is_some())
}

pub(super) async fn insert(tx: &Tx, organization: &Organization) -> Result<(), StoreError> {
    let Organization { id, version, name, slug, logo_url, mfa_required, created_at, updated_at, .. } = organization;
    let (public, private) =
        (metadata_text(&organization.public_metadata), metadata_text(&organization.private_metadata));
    let values = params![
        *id,
        *version,
        name,
        name.to_lowercase(),
        slug,
        logo_url,
        public,
        private,
        *mfa_required,
        *created_at,
        *updated_at
    ];
    tx.execute(&INSERT, values).await.map(drop)
}

/// `false` where somebody else was faster.
pub(super) async fn update(tx: &Tx, before: i64, organization: &Organization) -> Result<bool, StoreError> {
    let Organization { id, version, name, slug, logo_url, mfa_required, updated_at, .. } = organization;
    let (public, private) =
        (metadata_text(&organization.public_metadata), metadata_text(&organization.private_metadata));
    let values = params![
        *id,
        before,
        *version,
        name,
        name.to_lowercase(),
        slug,
        logo_url,
        public,
        private,
        *mfa_required,
        *updated_at
    ];
    Ok(tx.execute(&UPDATE, values).await? == 1)
}

/// The row is held until the transaction ends; `false` where there is none.
pub(crate) async fn hold(tx: &Tx, id: OrganizationId) -> Result<bool, StoreError> {
    Ok(tx.execute(&HOLD, params![id]).await? == 1)
}

/// Memberships go with it.
pub(super) async fn delete(tx: &Tx, id: OrganizationId) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![id]).await? == 1)
}

fn organization(row: &Row<'_>) -> Result<Organization, StoreError> {
    Ok(Organization {
        id: row.get(0)?,
        version: row.get(1)?,
        name: row.get(2)?,
        slug: row.get(3)?,
        logo_url: row.get(4)?,
        public_metadata: metadata_at(row, 5)?,
        private_metadata: metadata_at(row, 6)?,
        mfa_required: row.get(7)?,
        created_at: row.get::<Timestamp>(8)?,
        updated_at: row.get(9)?,
    })
}
