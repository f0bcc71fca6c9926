//! A table's rows as JSON, by the facts that its domain gives.

use edge::{Export, PersonalColumn, PersonalData};
use identity::users::UserId;
use kernel::Timestamp;
use serde_json::{Map, Value};
use store::{Query, Row, StoreError, params};
use uuid::Uuid;

/// More rows of one kind than this are cut off, and the document says so. Statements ask for one more.
pub(super) const MOST: usize = 10_000;

/// One kind of thing that is held on a person.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) rows: Vec<Map<String, Value>>,
    pub(super) is_cut: bool,
}

/// `None` where nothing of the table leaves.
pub(super) async fn section(db: &impl Query, data: &PersonalData, user: UserId) -> Result<Option<Section>, StoreError> {
    let Export::Rows { section, columns, select } = data.export else { return Ok(None) };
    let mut rows = db.all(select, params![user], |row| object(row, columns)).await?;
    let is_cut = rows.len() > MOST;
    rows.truncate(MOST);
    Ok(Some(Section { name: section, rows, is_cut }))
}

fn object(row: &Row<'_>, columns: &[(&str, PersonalColumn)]) -> Result<Map<String, Value>, StoreError> {
    let mut object = Map::new();
    for (index, (name, column)) in columns.iter().enumerate() {
        object.insert((*name).to_owned(), value(row, index, *column)?);
    }
    Ok(object)
}

fn value(row: &Row<'_>, index: usize, column: PersonalColumn) -> Result<Value, StoreError> {
    Ok(match column {
        PersonalColumn::Text => row.get::<Option<String>>(index)?.into(),
        PersonalColumn::Integer => row.get::<Option<i64>>(index)?.into(),
        PersonalColumn::Flag => row.get::<Option<bool>>(index)?.into(),
        PersonalColumn::Time => {
            let time = row.get::<Option<Timestamp>>(index)?;
            time.map_or(Value::Null, |time| serde_json::to_value(time).unwrap_or_default())
        }
        PersonalColumn::Id => row.get::<Option<Uuid>>(index)?.map(|id| id.to_string()).into(),
        PersonalColumn::Json => {
            let text = row.get::<Option<String>>(index)?;
            text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap_or(Value::String(text)))
        }
        PersonalColumn::Told(tell) => row.get::<Option<String>>(index)?.map_or(Value::Null, |text| tell(&text)),
    })
}
