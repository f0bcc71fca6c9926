//! Whom an access token speaks for: the port that the edge asks where the data plane is called with one.

use kernel::{
    ErrorCode, Refusal, Timestamp,
    ports::{AccessTokenAuthenticator, PortFuture, PresentedToken, TokenCaller},
    tenant::TenantFacts,
};
use store::Db;
use tenancy::keys::KeyRing;

/// Verifies access tokens.
#[derive(Clone)]
pub struct AccessTokens {
    db: Db,
    keys: KeyRing,
}

impl AccessTokens {
    pub fn new(db: Db, keys: KeyRing) -> Self {
        Self { db, keys }
    }
}

impl AccessTokenAuthenticator for AccessTokens {
    fn authenticate<'a>(
        &'a self,
        _tenant: &'a TenantFacts,
        _presented: PresentedToken<'a>,
        _now: Timestamp,
    ) -> PortFuture<'a, TokenCaller> {
        let _ = (&self.db, &self.keys);
        Box::pin(async move {
            Err(Refusal::new(ErrorCode::Unauthorized, "invalid_token", "The access token is not valid here."))
        })
    }
}
