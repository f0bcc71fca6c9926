//! Which web pages may read what clients are answered: the port that the edge asks for calls from other origins.

use kernel::{
    Refusal, TenantId,
    ports::{ClientOrigins, PortFuture},
};

use super::Clients;

impl ClientOrigins for Clients {
    fn allows<'a>(&'a self, tenant: TenantId, origin: &'a str) -> PortFuture<'a, bool> {
        PortFuture::coming(async move { self.allows_origin(tenant, origin).await.map_err(Refusal::from) })
    }

    fn knows<'a>(&'a self, origin: &'a str) -> PortFuture<'a, bool> {
        PortFuture::coming(async move { self.knows_origin(origin).await.map_err(Refusal::from) })
    }
}
