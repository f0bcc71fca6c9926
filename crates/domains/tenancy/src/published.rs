//! JSON made ahead of time, as it is sent.

use bytes::Bytes;
use http::HeaderValue;
use kernel::encoding::base62;
use serde_json::Value;

/// A document's bytes and their strong entity tag (RFC 9110, section 8.8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub bytes: Bytes,
    pub tag: HeaderValue,
}

impl Published {
    /// The tag is a digest of the bytes, so that all nodes and all restarts agree on it.
    pub fn new(document: &Value) -> Self {
        let text = document.to_string();
        let digest = vault::digest(text.as_bytes());
        let tag = format!("\"{}\"", base62(&digest[..16]));
        let tag = HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        Self { bytes: text.into(), tag }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tag_follows_the_bytes() {
        let one = Published::new(&json!({ "keys": [] }));
        assert_eq!(&one.bytes[..], br#"{"keys":[]}"#);
        assert_eq!(one, Published::new(&json!({ "keys": [] })));
        assert_ne!(one.tag, Published::new(&json!({ "keys": [1] })).tag);
        let tag = one.tag.to_str().unwrap();
        assert!(tag.len() == 24 && tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    }
}
