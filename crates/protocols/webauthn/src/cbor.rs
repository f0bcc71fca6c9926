//! The CBOR that CTAP2 allows (its section 8, "message encoding"): definite lengths, shortest forms, no tags, no floats, no key
//! twice, at most four levels deep.
//!
//! Strict and borrowing: nothing is allocated on the word of a length, and one value has one spelling, so that two readers can't
//! disagree about what was signed.

use crate::WebauthnError;

const MAX_DEPTH: usize = 4;
/// Far more members than any statement or key has.
const MAX_ITEMS: u64 = 64;

/// One item, borrowed from the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    /// Unsigned and negative integers, as far as they fit.
    Integer(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Self>),
    /// In the order of the message.
    Map(Vec<(Self, Self)>),
    Bool(bool),
    Null,
}

impl<'a> Item<'a> {
    /// One item, and the bytes behind it.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), WebauthnError> {
        let mut reader = Reader { bytes };
        let item = reader.item(MAX_DEPTH)?;
        Ok((item, reader.bytes))
    }

    /// One item and nothing behind it.
    pub(crate) fn read_whole(bytes: &'a [u8]) -> Result<Self, WebauthnError> {
        match Self::read(bytes)? {
            (item, []) => Ok(item),
            _ => Err(WebauthnError::Cbor),
        }
    }

    /// The member of a map under a text key.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        self.find(&Item::Text(name))
    }

    /// The member of a map under an integer key.
    pub(crate) fn label(&self, label: i64) -> Option<&Self> {
        self.find(&Item::Integer(label))
    }

    fn find(&self, wanted: &Item<'_>) -> Option<&Self> {
        let Self::Map(members) = self else { return None };
        members.iter().find(|(key, _)| key == wanted).map(|(_, value)| value)
    }

    pub(crate) const fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    pub(crate) const fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub(crate) const fn text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn item(&mut self, depth: usize) -> Result<Item<'a>, WebauthnError> {
        let depth = depth.checked_sub(1).ok_or(WebauthnError::Cbor)?;
        let first = self.take(1)?[0];
        let (major, short) = (first >> 5, first & 0x1f);
        if major == 7 {
            return match short {
                20 => Ok(Item::Bool(false)),
                21 => Ok(Item::Bool(true)),
                22 => Ok(Item::Null),
                _ => Err(WebauthnError::Cbor),
            };
        }
        let argument = self.argument(short)?;
        match major {
            0 => Ok(Item::Integer(i64::try_from(argument).map_err(|_| WebauthnError::Cbor)?)),
            1 => Ok(Item::Integer(-1 - i64::try_from(argument).map_err(|_| WebauthnError::Cbor)?)),
            2 => Ok(Item::Bytes(self.take(argument)?)),
            3 => str::from_utf8(self.take(argument)?).map(Item::Text).map_err(|_| WebauthnError::Cbor),
            4 => {
                let mut items = Vec::new();
                for _ in 0..count(argument)? {
                    items.push(self.item(depth)?);
                }
                Ok(Item::Array(items))
            }
            5 => {
                let mut members: Vec<(Item<'a>, Item<'a>)> = Vec::new();
                for _ in 0..count(argument)? {
                    let key = self.item(depth)?;
                    let is_key = matches!(key, Item::Integer(_) | Item::Text(_));
                    if !is_key || members.iter().any(|(known, _)| *known == key) {
                        return Err(WebauthnError::Cbor);
                    }
                    members.push((key, self.item(depth)?));
                }
                Ok(Item::Map(members))
            }
            _ => Err(WebauthnError::Cbor),
        }
    }

    /// The argument of an item's head (RFC 8949, section 3), refused where fewer bytes would have done.
    fn argument(&mut self, short: u8) -> Result<u64, WebauthnError> {
        let (width, least) = match short {
            0..24 => return Ok(u64::from(short)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(WebauthnError::Cbor),
        };
        let argument = self.take(width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        if argument < least { Err(WebauthnError::Cbor) } else { Ok(argument) }
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], WebauthnError> {
        let length = usize::try_from(length).map_err(|_| WebauthnError::Cbor)?;
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(WebauthnError::Cbor)?;
        self.bytes = rest;
        Ok(taken)
    }
}

fn count(argument: u64) -> Result<u64, WebauthnError> {
    if argument > MAX_ITEMS { Err(WebauthnError::Cbor) } else { Ok(argument) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_of_item_is_read() {
        for (bytes, expected) in [
            (&[0x17][..], Item::Integer(23)),
            (&[0x18, 0x18], Item::Integer(24)),
            (&[0x39, 0x01, 0x00], Item::Integer(-257)),
            (&[0x42, 1, 2], Item::Bytes(&[1, 2])),
            (&[0x62, b'h', b'i'], Item::Text("hi")),
            (&[0x82, 0x01, 0xf5], Item::Array(vec![Item::Integer(1), Item::Bool(true)])),
            (&[0xa1, 0x03, 0x26], Item::Map(vec![(Item::Integer(3), Item::Integer(-7))])),
            (&[0xf6], Item::Null),
        ] {
            assert_eq!(Item::read_whole(bytes), Ok(expected), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_is_not_canonical_or_not_whole_is_refused() {
        for bytes in [
            &[][..],
            // Longer than it need be.
            &[0x18, 0x17],
            &[0x19, 0x00, 0xff],
            &[0x1a, 0x00, 0x00, 0xff, 0xff],
            // Of no stated length.
            &[0x5f, 0x41, 0x00, 0xff],
            &[0x9f, 0xff],
            &[0xbf, 0xff],
            // Tags, floats, undefined.
            &[0xc0, 0x00],
            &[0xf9, 0x00, 0x00],
            &[0xf7],
            // Truncated; the second claims 4 GiB.
            &[0x42, 0x01],
            &[0x5a, 0xff, 0xff, 0xff, 0xff],
            &[0x9a, 0xff, 0xff, 0xff, 0xff],
            &[0xa1, 0x01],
            // One key twice, and a key that is a list.
            &[0xa2, 0x01, 0x00, 0x01, 0x01],
            &[0xa1, 0x80, 0x00],
            // Not UTF-8.
            &[0x61, 0xff],
            // Five levels.
            &[0x81, 0x81, 0x81, 0x81, 0x80],
            // More than was asked for.
            &[0x00, 0x00],
            // A number that is too large.
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert_eq!(Item::read_whole(bytes), Err(WebauthnError::Cbor), "{bytes:02x?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_at_all_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            drop(Item::read(&bytes));
        }
    }
}
