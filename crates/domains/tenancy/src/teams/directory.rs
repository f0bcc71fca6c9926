//! What a dashboard account may do in a tenant.

use std::sync::Arc;

use kernel::{
    Refusal, TenantId,
    ports::{PortFuture, TeamDirectory},
};
use store::Db;
use uuid::Uuid;

use super::{Role, store as rows};
use crate::Permissions;

/// Asks the store each time: who leaves a team has no rights from that moment on.
#[derive(Clone)]
pub struct Teams {
    db: Db,
    /// Space-separated permissions by role, in the order of [`Role::ALL`].
    granted: Arc<[Arc<str>; 5]>,
}

impl Teams {
    pub fn new(db: Db, permissions: &Permissions) -> Self {
        let granted = Role::ALL.map(|role| {
            let held: Vec<&str> = permissions.names().iter().copied().filter(|name| role.holds(name)).collect();
            Arc::from(held.join(" "))
        });
        Self { db, granted: Arc::new(granted) }
    }

    /// What a role carries, space-separated.
    pub fn granted(&self, role: Role) -> &Arc<str> {
        &self.granted[role as usize]
    }
}

impl TeamDirectory for Teams {
    fn permissions(&self, account: Uuid, tenant: TenantId) -> PortFuture<'_, Option<Arc<str>>> {
        PortFuture::coming(async move {
            let role = rows::role_in(&self.db.system_read(), tenant, account).await.map_err(Refusal::from)?;
            Ok(role.map(|role| Arc::clone(self.granted(role))))
        })
    }
}
