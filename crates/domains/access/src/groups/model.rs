//! What a group is. Pure.

use kernel::{Id, Timestamp};

use crate::grant::words;

/// A set of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: Id<Self>,
    pub(crate) version: i64,
    /// Never changes.
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Space-separated, sorted.
    pub(crate) scopes: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Group {
    pub(crate) fn scopes(&self) -> Vec<String> {
        words(&self.scopes)
    }
}
