use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What to do with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportOptions {
    pub existing: Existing,
    pub replace_passwords: bool,
    pub dry_run: bool,
}

/// What becomes of a row whose user is there already: the same id, the same external id, or the same email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    /// The user stays as they are.
    #[default]
    Skip,
    /// The user is changed to what the row says; what it does not name stays.
    Update,
    /// The row fails.
    Fail,
}
