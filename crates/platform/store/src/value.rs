//! What a placeholder can be bound to.

use std::borrow::Cow;

use kernel::{Id, Timestamp};
use uuid::Uuid;

/// One bound value. Ids are blobs of sixteen bytes, times are microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    I64(i64),
    Text(Cow<'a, str>),
    Blob(Cow<'a, [u8]>),
    /// A blob of sixteen bytes that needs no allocation.
    Id([u8; 16]),
}

impl Value<'_> {
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::I64(value) => Value::I64(value),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Blob(bytes) => Value::Blob(Cow::Owned(bytes.into_owned())),
            Self::Id(bytes) => Value::Id(bytes),
        }
    }
}

/// The values of a statement's placeholders, in order: a slice of [`Value`]s. In a tenant's statement the first of
/// them fills `$2`, because the store itself binds the tenant to `$1`.
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::Value<'_>] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] as &[$crate::Value<'_>] };
}

macro_rules! from_integers {
    ($($integer:ty),+) => { $(
        impl From<$integer> for Value<'_> {
            fn from(value: $integer) -> Self {
                Self::I64(i64::from(value))
            }
        }
    )+ };
}
from_integers!(i64, i32, i16, i8, u32, u16, u8);

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(Cow::Borrowed(bytes))
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Blob(Cow::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(Cow::Owned(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Blob(Cow::Borrowed(bytes))
    }
}

impl<const N: usize> From<[u8; N]> for Value<'_> {
    fn from(bytes: [u8; N]) -> Self {
        Self::Blob(Cow::Owned(bytes.to_vec()))
    }
}

impl<K> From<Id<K>> for Value<'_> {
    fn from(id: Id<K>) -> Self {
        Self::Id(*id.as_bytes())
    }
}

impl<K> From<&Id<K>> for Value<'_> {
    fn from(id: &Id<K>) -> Self {
        Self::Id(*id.as_bytes())
    }
}

impl From<Uuid> for Value<'_> {
    fn from(id: Uuid) -> Self {
        Self::Id(id.into_bytes())
    }
}

impl From<&Uuid> for Value<'_> {
    fn from(id: &Uuid) -> Self {
        Self::Id(*id.as_bytes())
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Self::I64(time.as_micros())
    }
}

impl From<&Timestamp> for Value<'_> {
    fn from(time: &Timestamp) -> Self {
        Self::I64(time.as_micros())
    }
}

impl<'a, T> From<Option<T>> for Value<'a>
where
    T: Into<Value<'a>>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// For the columns of rows that are at hand by reference. One impl a type: a generic one sends the compiler round in
/// circles.
macro_rules! from_optional_reference {
    ($($type:ty),+) => {
        $(impl<'a> From<&'a Option<$type>> for Value<'a> {
            fn from(value: &'a Option<$type>) -> Self {
                value.as_ref().map_or(Self::Null, Into::into)
            }
        })+
    };
}

from_optional_reference!(String, Vec<u8>, Timestamp, Uuid);

impl<K> From<&Option<Id<K>>> for Value<'_> {
    fn from(id: &Option<Id<K>>) -> Self {
        id.as_ref().map_or(Self::Null, Self::from)
    }
}
