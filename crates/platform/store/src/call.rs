//! A statement together with whose rows it may touch and what its placeholders hold.

use kernel::TenantId;

use crate::{Scope, StoreError, Value, statement::Text};

/// What a `Read` or `Tx` is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    Tenant(TenantId),
    System,
}

impl Binding {
    /// What the row-level policies of PostgreSQL compare with.
    pub(crate) fn setting(self) -> String {
        match self {
            Self::Tenant(tenant) => tenant.uuid().simple().to_string(),
            Self::System => "*".to_owned(),
        }
    }

    /// The tenant that a statement's `$1` takes.
    pub(crate) fn tenant_for(self, text: &Text<'_>) -> Result<Option<TenantId>, StoreError> {
        match (self, text.scope) {
            (Self::Tenant(tenant), Scope::Tenant) => Ok(Some(tenant)),
            (Self::System, Scope::System) => Ok(None),
            (Self::Tenant(_), Scope::System) => {
                Err(StoreError::Internal(format!("{} is a system statement, run on behalf of a tenant", text.name)))
            }
            (Self::System, Scope::Tenant) => {
                Err(StoreError::Internal(format!("{} needs a tenant, run on behalf of the system", text.name)))
            }
        }
    }
}

/// One run of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) text: Text<'a>,
    pub(crate) tenant: Option<TenantId>,
    pub(crate) params: &'a [Value<'a>],
}

impl<'a> Call<'a> {
    /// SQLite would take a missing value for null, so the count is checked here for both databases.
    pub(crate) fn new(text: Text<'a>, tenant: Option<TenantId>, params: &'a [Value<'a>]) -> Result<Self, StoreError> {
        tracing::trace!(statement = text.name, "statement");
        let given = params.len() + usize::from(tenant.is_some());
        if given == text.placeholders {
            Ok(Self { text, tenant, params })
        } else {
            Err(StoreError::Internal(format!("{} has {} placeholders, not {given}", text.name, text.placeholders)))
        }
    }
}
