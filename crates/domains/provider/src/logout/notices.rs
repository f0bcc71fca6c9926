//! Telling clients that a session is over: from server to server, as jobs (OpenID Connect Back-Channel Logout 1.0).

use std::{sync::Arc, time::Duration};

use deliver::{Call, Outbound, OutboundError};
use identity::sessions::SessionId;
use kernel::{Id, ports::TenantDirectory};
use oauth::{LOGOUT_TYPE, LogoutClaims};
use serde_json::{Value, json};
use store::{Db, NewJob, Origin, StoreError, Tx, jobs::Job};
use tenancy::KeyRing;
use vault::Vault;

use super::store as rows;
use crate::{
    clients::{Client, ClientId, Clients},
    grants::{self, GrantEnd},
    tokens,
};

/// The kind of a notice's jobs.
pub const LOGOUT_JOB: &str = "oauth.logout_notice";
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a notice did not go out. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum NoticeFailure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a client could not be told that a session is over: {0}")]
    Undelivered(String),
}

/// What is needed to tell clients. Cheap to clone.
#[derive(Clone)]
pub struct LogoutNotices {
    db: Db,
    vault: Vault,
    keys: KeyRing,
    clients: Clients,
    tenants: Arc<dyn TenantDirectory>,
    outbound: Outbound,
}

impl LogoutNotices {
    pub fn new(
        db: Db,
        vault: Vault,
        keys: KeyRing,
        clients: Clients,
        tenants: Arc<dyn TenantDirectory>,
        outbound: Outbound,
    ) -> Self {
        Self { db, vault, keys, clients, tenants, outbound }
    }

    /// A session is over, however that came about: its grants are too, and each client that knows it is told by a job of its own.
    pub async fn session_ended(&self, job: &Job) -> Result<Tx, NoticeFailure> {
        let now = self.db.env().now();
        let tx = self.db.begin(Origin::system(job.tenant)).await?;
        let ids = (id_in(&job.payload, "session_id"), id_in(&job.payload, "user_id"));
        let (Some(session), Some(user)) = ids else { return Ok(tx) };
        for client in rows::clients_of_session(&tx, user, session, now).await? {
            tx.enqueue(NewJob {
                kind: LOGOUT_JOB,
                payload: json!({ "client_id": client, "user_id": user, "session_id": session }),
                run_at: now,
                unique_key: Some(format!("{client}:{session}")),
            });
        }
        grants::end_of_session(&tx, user, session, GrantEnd::SignedOut, now).await?;
        Ok(tx)
    }

    /// Tell one client. Returns the transaction in which the job is done.
    pub async fn tell(&self, job: &Job) -> Result<Tx, NoticeFailure> {
        if let Some((address, token)) = self.notice(job).await? {
            self.send(&address, &token).await?;
        }
        Ok(self.db.begin(Origin::system(job.tenant)).await?)
    }

    /// Where the client listens, and the token for it; `None` where there is nobody to tell any more. A new token for each attempt,
    /// since it lives for two minutes.
    async fn notice(&self, job: &Job) -> Result<Option<(String, String)>, NoticeFailure> {
        let ids = (id_in::<Client>(&job.payload, "client_id"), id_in(&job.payload, "user_id"));
        let (Some(client_id), Some(user)) = ids else { return Ok(None) };
        let Some(session) = id_in(&job.payload, "session_id") else { return Ok(None) };
        let Some(client) = self.client(job, client_id).await? else { return Ok(None) };
        let Some(address) = client.metadata.backchannel_logout_uri.clone() else { return Ok(None) };
        let tenant =
            self.tenants.by_id(job.tenant, self.db.env().now()).await.map_err(|refusal| undelivered(&refusal))?;
        let Some(tenant) = tenant else { return Ok(None) };
        let sub = tokens::subject_in(&self.vault, job.tenant, &client, user).map_err(|error| undelivered(&error))?;
        let sid = self.session_name(job, &client, session);
        let env = self.db.env();
        let jti = kernel::encoding::base62(&env.random::<16>());
        let claims = LogoutClaims::new(&tenant.issuer, &client.client_id(), &sub, Some(&sid), &jti, env.now());
        let algorithm = client.metadata.id_token_signed_response_alg;
        let key =
            self.keys.signer(job.tenant, algorithm, self.db.env().now()).await.map_err(|error| undelivered(&error))?;
        let token = key.sign(LOGOUT_TYPE, &claims).map_err(|error| undelivered(&error))?;
        Ok(Some((address, token)))
    }

    async fn client(&self, job: &Job, id: ClientId) -> Result<Option<Arc<Client>>, StoreError> {
        let known = self.clients.find(job.tenant, id, self.db.env().now()).await?;
        Ok(known.map(|known| Arc::clone(&known.client)).filter(|client| client.is_active()))
    }

    fn session_name(&self, job: &Job, client: &Client, session: SessionId) -> String {
        tokens::session_name_in(&self.vault, job.tenant, client, session)
    }

    /// 400 means that the client will not have it, now or later (section 2.8): it has been told.
    async fn send(&self, address: &str, token: &str) -> Result<(), NoticeFailure> {
        let call = Call::post(address).form(&[("logout_token", token)]).within(PATIENCE);
        match self.outbound.send(call).await {
            Ok(answer) if answer.status == 400 => {
                tracing::warn!(address, "a client refused a logout token");
                Ok(())
            }
            Ok(answer) => answer.success().map(drop).map_err(|error| undelivered(&error)),
            // Nobody is to be called there: trying again changes nothing.
            Err(error @ (OutboundError::Url | OutboundError::Forbidden)) => {
                tracing::warn!(address, %error, "a client's logout address may not be called");
                Ok(())
            }
            Err(error) => Err(undelivered(&error)),
        }
    }
}

fn id_in<K: kernel::Kind>(payload: &Value, name: &str) -> Option<Id<K>> {
    payload.get(name).and_then(Value::as_str).and_then(|id| id.parse().ok())
}

fn undelivered(error: &impl std::fmt::Display) -> NoticeFailure {
    NoticeFailure::Undelivered(error.to_string())
}
