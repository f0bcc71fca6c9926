//! Reading what came back.

use kernel::{Id, Timestamp};
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use crate::StoreError;

/// One row of a result; columns are counted from 0 in the order of the `select` or `returning` list.
pub struct Row<'r>(Source<'r>);

#[derive(Clone, Copy)]
enum Source<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// A stored value as the databases have it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column<'r> {
    Null,
    Bool(bool),
    I64(i64),
    Text(&'r str),
    Blob(&'r [u8]),
    /// A type that no column of ours has, for example numeric.
    Other,
}

/// A type that can be read out of a column.
pub trait FromColumn: Sized {
    /// For the error message, with its article.
    const EXPECTED: &'static str;

    fn from_column(column: Column<'_>) -> Option<Self>;
}

impl<'r> Row<'r> {
    pub(crate) const fn sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Self(Source::Sqlite(row))
    }

    pub(crate) const fn postgres(row: &'r tokio_postgres::Row) -> Self {
        Self(Source::Postgres(row))
    }

    /// The value of a column, or [`StoreError::Corrupt`].
    pub fn get<T: FromColumn>(&self, column: usize) -> Result<T, StoreError> {
        self.column(column).and_then(T::from_column).ok_or_else(|| StoreError::corrupt(column, T::EXPECTED))
    }

    /// A text column that names a variant: `row.named(3, "an actor kind", ActorKind::from_name)`.
    pub fn named<T>(
        &self,
        column: usize,
        expected: &'static str,
        from_name: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        match self.column(column) {
            Some(Column::Text(name)) => from_name(name),
            _ => None,
        }
        .ok_or_else(|| StoreError::corrupt(column, expected))
    }

    /// The raw value; `None` where the result has no such column or its bytes can't be read.
    pub fn column(&self, column: usize) -> Option<Column<'r>> {
        match self.0 {
            Source::Sqlite(row) => row.get_ref(column).ok().map(Column::from),
            Source::Postgres(row) => row.try_get(column).ok(),
        }
    }
}

impl<'r> From<rusqlite::types::ValueRef<'r>> for Column<'r> {
    fn from(value: rusqlite::types::ValueRef<'r>) -> Self {
        use rusqlite::types::ValueRef;
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::I64(value),
            ValueRef::Text(bytes) => str::from_utf8(bytes).map_or(Self::Other, Self::Text),
            ValueRef::Blob(bytes) => Self::Blob(bytes),
            ValueRef::Real(_) => Self::Other,
        }
    }
}

impl<'r> FromSql<'r> for Column<'r> {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *kind {
            Type::BOOL => Self::Bool(FromSql::from_sql(kind, raw)?),
            Type::INT8 => Self::I64(FromSql::from_sql(kind, raw)?),
            Type::INT4 => Self::I64(<i32 as FromSql>::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::I64(<i16 as FromSql>::from_sql(kind, raw)?.into()),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR | Type::UNKNOWN => {
                Self::Text(FromSql::from_sql(kind, raw)?)
            }
            Type::BYTEA => Self::Blob(raw),
            _ => Self::Other,
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

macro_rules! integers_from_column {
    ($($integer:ty),+) => { $(
        impl FromColumn for $integer {
            const EXPECTED: &'static str = concat!("an integer that fits ", stringify!($integer));

            fn from_column(column: Column<'_>) -> Option<Self> {
                match column {
                    Column::I64(value) => value.try_into().ok(),
                    _ => None,
                }
            }
        }
    )+ };
}
integers_from_column!(i64, i32, i16, u64, u32, u16, u8, usize);

impl FromColumn for bool {
    const EXPECTED: &'static str = "a boolean";

    /// SQLite has no booleans: there they are 0 and 1.
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Bool(value) => Some(value),
            Column::I64(0) => Some(false),
            Column::I64(1) => Some(true),
            _ => None,
        }
    }
}

impl FromColumn for String {
    const EXPECTED: &'static str = "a text";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl FromColumn for Vec<u8> {
    const EXPECTED: &'static str = "a blob";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Blob(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    const EXPECTED: &'static str = "a blob of the right length";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Blob(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl<K> FromColumn for Id<K> {
    const EXPECTED: &'static str = "an id of sixteen bytes";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Blob(bytes) => Self::from_slice(bytes),
            _ => None,
        }
    }
}

impl FromColumn for Uuid {
    const EXPECTED: &'static str = "an id of sixteen bytes";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Blob(bytes) => Self::from_slice(bytes).ok(),
            _ => None,
        }
    }
}

impl FromColumn for Timestamp {
    const EXPECTED: &'static str = "a time in microseconds";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::I64(micros) => Some(Self::from_micros(micros)),
            _ => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Null => Some(None),
            column => T::from_column(column).map(Some),
        }
    }
}
