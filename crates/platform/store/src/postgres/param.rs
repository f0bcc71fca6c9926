//! Values on their way into a statement.

use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

use crate::Value;

/// The value can't stand where its placeholder stands.
#[derive(Debug, thiserror::Error)]
#[error("{value} does not fit a placeholder of type {kind}")]
pub(super) struct Misfit {
    value: &'static str,
    kind: Type,
}

/// Can a row's column of this type be read?
pub(super) fn is_readable(kind: &Type) -> bool {
    [Type::BOOL, Type::INT8, Type::INT4, Type::INT2, Type::TEXT, Type::VARCHAR, Type::NAME, Type::BYTEA].contains(kind)
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let misfit = |value| Box::new(Misfit { value, kind: kind.clone() });
        match (self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Bool(value), &Type::BOOL) => value.to_sql(kind, out),
            (Self::I64(value), &Type::INT8) => value.to_sql(kind, out),
            (Self::I64(value), &Type::INT4) => {
                i32::try_from(*value).map_err(|_| misfit("a large integer"))?.to_sql(kind, out)
            }
            (Self::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => text.as_ref().to_sql(kind, out),
            (Self::Blob(bytes), &Type::BYTEA) => bytes.as_ref().to_sql(kind, out),
            (Self::Id(bytes), &Type::BYTEA) => bytes.as_slice().to_sql(kind, out),
            (Self::Bool(_), _) => Err(misfit("a boolean"))?,
            (Self::I64(_), _) => Err(misfit("an integer"))?,
            (Self::Text(_), _) => Err(misfit("a text"))?,
            (Self::Blob(_) | Self::Id(_), _) => Err(misfit("a blob"))?,
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
