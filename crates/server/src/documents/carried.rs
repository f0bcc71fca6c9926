//! The committed documents.

use std::{borrow::Cow, io::Read};

use flate2::read::GzDecoder;

use super::Document;

macro_rules! carried {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz"))
    };
}

/// As it is sent to those who take gzip.
pub(crate) fn packed(document: Document) -> Option<&'static [u8]> {
    Some(match document {
        Document::PlatformJson => carried!("platform.json"),
        Document::PlatformYaml => carried!("platform.yaml"),
        Document::DataPlaneJson => carried!("data-plane.json"),
        Document::DataPlaneYaml => carried!("data-plane.yaml"),
        Document::Events => carried!("events.md"),
    })
}

pub(super) fn text(document: Document) -> Cow<'static, str> {
    let mut text = String::new();
    if let Some(packed) = packed(document) {
        GzDecoder::new(packed).read_to_string(&mut text).expect("the build has packed it");
    }
    text.into()
}
