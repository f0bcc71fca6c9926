//! Which clients know a session. No decisions.

use identity::{sessions::SessionId, users::UserId};
use kernel::Timestamp;
use store::{Query, StoreError, params, sql};

use crate::clients::ClientId;

sql! {
    // Grants that the end of the session ended are among them, and those that ended with it because the person was shut out.
    CLIENTS_OF_SESSION = "
        select distinct g.client_id
        from oauth_grants g
        where g.tenant_id = $1 and g.user_id = $2 and g.session_id = $3 and g.expires_at > $4
          and (g.ended_at is null or g.end_reason in ('signed_out', 'user_shut_out'))
        limit 1000";
}

pub(super) async fn clients_of_session(
    db: &impl Query,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<Vec<ClientId>, StoreError> {
    db.all(&CLIENTS_OF_SESSION, params![user, session, now], |row| row.get(0)).await
}
