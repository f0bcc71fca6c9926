//! Rows of an application's own texts. No decisions.

use kernel::Timestamp;
use store::{Query, Row, StoreError, Tx, params, sql};

use crate::messaging::{Template, own::OwnText};

sql! {
    OF_TEMPLATE = "select template, locale, version, content, updated_at from message_templates
                   where tenant_id = $1 and template = $2 order by locale";
    ALL = "select template, locale, version, content, updated_at from message_templates
           where tenant_id = $1 order by template, locale limit $2";
    FIND = "select template, locale, version, content, updated_at from message_templates
            where tenant_id = $1 and template = $2 and locale = $3";
    COUNT = "select count(*) from message_templates where tenant_id = $1";
    INSERT = "insert into message_templates (tenant_id, template, locale, version, content, updated_at)
              values ($1, $2, $3, $4, $5, $6)
              on conflict do nothing";
    UPDATE = "update message_templates set version = $5, content = $6, updated_at = $7
              where tenant_id = $1 and template = $2 and locale = $3 and version = $4";
    DELETE = "delete from message_templates where tenant_id = $1 and template = $2 and locale = $3 and version = $4";
}

/// A text as it is stored.
#[derive(Clone)]
pub(super) struct TextRow {
    pub(super) template: Template,
    pub(super) locale: String,
    /// 0 where there is none yet.
    pub(super) version: i64,
    pub(super) text: OwnText,
    pub(super) updated_at: Timestamp,
}

/// Texts by language, for rendering.
pub(in crate::messaging) async fn of_template(
    db: &impl Query,
    template: Template,
) -> Result<Vec<(String, OwnText)>, StoreError> {
    db.all(&OF_TEMPLATE, params![template.as_str()], |row| text(row).map(|row| (row.locale, row.text))).await
}

pub(super) async fn all(db: &impl Query, most: u32) -> Result<Vec<TextRow>, StoreError> {
    db.all(&ALL, params![most], text).await
}

pub(super) async fn find(db: &impl Query, template: Template, locale: &str) -> Result<Option<TextRow>, StoreError> {
    db.one(&FIND, params![template.as_str(), locale], text).await
}

pub(super) async fn count(db: &impl Query) -> Result<u32, StoreError> {
    Ok(db.one(&COUNT, params![], |row| row.get(0)).await?.unwrap_or_default())
}

/// Over the version that it was made from; `false` where someone else was faster.
pub(super) async fn save(tx: &Tx, before: i64, after: &TextRow) -> Result<bool, StoreError> {
    let (template, locale) = (after.template.as_str(), &after.locale);
    let written = if after.text.is_empty() {
        tx.execute(&DELETE, params![template, locale, before]).await?
    } else {
        let content = serde_json::to_string(&after.text).map_err(|error| StoreError::Internal(error.to_string()))?;
        if before == 0 {
            tx.execute(&INSERT, params![template, locale, after.version, content, after.updated_at]).await?
        } else {
            tx.execute(&UPDATE, params![template, locale, before, after.version, content, after.updated_at]).await?
        }
    };
    Ok(written == 1)
}

fn text(row: &Row<'_>) -> Result<TextRow, StoreError> {
    Ok(TextRow {
        template: row.named(0, "a template", Template::from_name)?,
        locale: row.get(1)?,
        version: row.get(2)?,
        text: row.named(3, "texts in JSON", |text| serde_json::from_str(text).ok())?,
        updated_at: row.get(4)?,
    })
}
