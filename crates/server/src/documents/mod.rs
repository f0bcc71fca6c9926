//! What the server tells about its API: the OpenAPI document of each surface in two spellings, and the catalogue of events.
//!
//! A development build makes them from the signatures. A release carries what was made so and committed, compressed by `build.rs`: it
//! is megabytes smaller without the descriptions of hundreds of types, and has nothing to make when somebody asks.

#[cfg_attr(debug_assertions, path = "made.rs")]
#[cfg_attr(not(debug_assertions), path = "carried.rs")]
mod source;

use std::borrow::Cow;

pub(crate) use source::packed;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    PlatformJson,
    PlatformYaml,
    DataPlaneJson,
    DataPlaneYaml,
    /// Markdown.
    Events,
}

impl Document {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::PlatformJson | Self::DataPlaneJson => "application/json",
            Self::PlatformYaml | Self::DataPlaneYaml => "application/yaml",
            Self::Events => "text/markdown; charset=utf-8",
        }
    }

    pub(crate) fn text(self) -> Cow<'static, str> {
        source::text(self)
    }
}
