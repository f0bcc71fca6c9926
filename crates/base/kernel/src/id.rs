//! One 128-bit UUIDv7 per thing (RFC 9562, section 5.7), written in two ways.
//!
//! The platform surface writes the UUID (`018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e6f`), the data plane a typed prefix and
//! the same bits in Crockford base32 (`usr_01HWY4MYSE...`). Both spellings are read everywhere; the prefix of
//! another kind is refused.

use std::{borrow::Cow, cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::{
    env::{Clock, Entropy},
    time::Timestamp,
};

/// What an id names. Implemented by `resource!`.
pub trait Kind: Send + Sync + 'static {
    /// The data plane's prefix without the underscore, for example `usr`.
    const PREFIX: &'static str;
    /// The English noun, for example `user`.
    const NOUN: &'static str;
}

/// The id of a `K`: a UUIDv7 that can't be mistaken for the id of another kind.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// A new id at the clock's time, random in its other 74 bits.
    pub fn generate(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
        Self::generate_at(clock.now(), entropy)
    }

    /// The same, where the time is known already.
    pub fn generate_at(now: Timestamp, entropy: &dyn Entropy) -> Self {
        let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or(0);
        let mut random = [0; 10];
        entropy.fill(&mut random);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    pub const fn from_u128(bits: u128) -> Self {
        Self::from_uuid(Uuid::from_u128(bits))
    }

    /// From sixteen stored bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Uuid::from_slice(bytes).ok().map(Self::from_uuid)
    }

    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    pub const fn uuid(&self) -> Uuid {
        self.0
    }

    /// Below every id that is made in that millisecond or later: 48 bits of time (RFC 9562, section 5.7) and nothing behind them.
    pub fn first_at(moment: Timestamp) -> Self {
        const LAST: u128 = (1 << 48) - 1;
        let millis = u128::try_from(moment.as_micros() / 1_000).unwrap_or(0).min(LAST);
        Self::from_u128(millis << 80)
    }

    /// The millisecond in which the id was made (RFC 9562, section 5.7).
    pub fn made_at(&self) -> Timestamp {
        Timestamp::from_micros(i64::try_from(self.0.as_u128() >> 80).unwrap_or(0) * 1_000)
    }
}

impl<K: Kind> Id<K> {
    /// The data plane's spelling.
    pub const fn typed(self) -> TypedId<K> {
        TypedId(self)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
impl<K: Kind> JsonSchema for Id<K> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{}Id", K::NOUN).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uuid" })
    }
}

/// An id as the data plane writes it: prefix, underscore, 26 digits of Crockford base32.
pub struct TypedId<K>(Id<K>);

impl<K> TypedId<K> {
    pub const fn id(self) -> Id<K> {
        self.0
    }
}
impl<K: Kind> TypedId<K> {
    /// The text, for a moment and without a piece of memory of its own: every reply holds some.
    fn written<R>(self, read: impl FnOnce(&str) -> R) -> R {
        const { assert!(K::PREFIX.len() <= LONGEST_PREFIX) };
        let mut text = [b'_'; LONGEST_PREFIX + 1 + CROCKFORD_DIGITS];
        let (prefix, end) = (K::PREFIX.len(), K::PREFIX.len() + 1 + CROCKFORD_DIGITS);
        text[..prefix].copy_from_slice(K::PREFIX.as_bytes());
        text[prefix + 1..end].copy_from_slice(&crockford(self.0.0.as_u128()));
        read(str::from_utf8(&text[..end]).expect("prefixes and digits are text"))
    }
}

impl<K> Clone for TypedId<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for TypedId<K> {}
impl<K: Kind> fmt::Debug for TypedId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: Kind> fmt::Display for TypedId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written(|text| f.write_str(text))
    }
}
impl<K: Kind> From<TypedId<K>> for String {
    /// The same text as by `Display`, in one piece of memory.
    fn from(id: TypedId<K>) -> Self {
        id.written(str::to_owned)
    }
}
impl<K: Kind> From<Id<K>> for TypedId<K> {
    fn from(id: Id<K>) -> Self {
        Self(id)
    }
}
impl<K: Kind> Serialize for TypedId<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written(|text| serializer.serialize_str(text))
    }
}
impl<'de, K: Kind> Deserialize<'de> for TypedId<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Id::deserialize(deserializer).map(Self)
    }
}
impl<K: Kind> JsonSchema for TypedId<K> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Typed{}Id", K::NOUN).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": format!("^{}_[0-9A-HJKMNP-TV-Z]{{26}}$", K::PREFIX) })
    }
}

/// Why a text is not the id that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("not an id: a UUID or a prefixed id is expected")]
    Malformed,
    #[error("this id names another kind of thing: the prefix `{expected}_` is expected")]
    WrongKind { expected: &'static str },
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        // Only the hyphenated form is a spelling of ours; `uuid` also reads braces, URNs and bare digits.
        if text.len() == 36 {
            return Uuid::try_parse(text).map(Self::from_uuid).map_err(|_| IdError::Malformed);
        }
        let (prefix, digits) = text.rsplit_once('_').ok_or(IdError::Malformed)?;
        let bits = decode_crockford(digits).ok_or(IdError::Malformed)?;
        if prefix != K::PREFIX {
            return Err(IdError::WrongKind { expected: K::PREFIX });
        }
        Ok(Self::from_u128(bits))
    }
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CROCKFORD_DIGITS: usize = 26;
const LONGEST_PREFIX: usize = 16;

/// 128 bits in 26 digits, most significant first; the first digit is at most 7.
fn crockford(mut bits: u128) -> [u8; CROCKFORD_DIGITS] {
    let mut digits = [b'0'; CROCKFORD_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = CROCKFORD[(bits & 31) as usize];
        bits >>= 5;
    }
    digits
}

/// Upper case only and no look-alikes: one thing has one spelling, so that ids can be compared as text.
fn decode_crockford(digits: &str) -> Option<u128> {
    if digits.len() != CROCKFORD_DIGITS || digits.as_bytes()[0] > b'7' {
        return None;
    }
    digits.bytes().try_fold(0_u128, |bits, digit| {
        let value = CROCKFORD.iter().position(|candidate| *candidate == digit)?;
        Some(bits << 5 | value as u128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Cat;
    impl Kind for Cat {
        const PREFIX: &'static str = "cat";
        const NOUN: &'static str = "cat";
    }

    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    struct Ones;
    impl Entropy for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(u8::MAX);
        }
    }

    #[test]
    fn both_spellings_name_the_same_thing() {
        for bits in [0, 1, u128::MAX, 0x018f_3c4a_7b2e_7c1d_9e0a_1f2b_3c4d_5e6f] {
            let id = Id::<Cat>::from_u128(bits);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(id.typed().to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn no_id_of_a_moment_or_later_is_below_its_first_one() {
        let moment = Timestamp::from_micros(1_768_469_400_000_123);
        let first = Id::<Cat>::first_at(moment);
        assert!(first <= Id::generate_at(moment, &Zeros));
        let before = Timestamp::from_micros(1_768_469_399_999_999);
        assert!(first > Id::generate_at(before, &Ones));
        assert_eq!(first.made_at(), Timestamp::from_micros(1_768_469_400_000_000));
    }

    #[test]
    fn another_kinds_prefix_is_refused() {
        let typed = Id::<Cat>::from_u128(7).typed().to_string().replace("cat_", "usr_");
        assert_eq!(typed.parse::<Id<Cat>>(), Err(IdError::WrongKind { expected: "cat" }));
    }

    #[test]
    fn other_spellings_are_malformed() {
        for text in ["", "cat_", "cat_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "cat_0000000000000000000000000l", "{018f3c4a}"] {
            assert_eq!(text.parse::<Id<Cat>>(), Err(IdError::Malformed), "{text}");
        }
    }
}
