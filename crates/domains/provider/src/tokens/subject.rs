//! By what name a client knows a person and a session.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge::{Context, Failure};
use identity::{sessions::SessionId, users::UserId};
use kernel::TenantId;
use oauth::{OAuthError, SubjectType};
use vault::Vault;

use crate::{clients::Client, error::refused};

/// `sub` (OpenID Connect Core 1.0, section 8).
pub(crate) fn subject(cx: &Context, client: &Client, user: UserId) -> Result<String, Failure> {
    subject_in(cx.vault(), cx.tenant_id(), client, user).map_err(refused)
}

/// The same without a request.
pub(crate) fn subject_in(vault: &Vault, tenant: TenantId, client: &Client, user: UserId) -> Result<String, OAuthError> {
    let salt = vault.mac("pairwise subject", &[tenant.as_bytes()]);
    oauth::subject_for(&client.metadata, &user.typed().to_string(), &salt).map_err(OAuthError::from)
}

/// `sid`. A client that knows people by names of its own gets such names of sessions too, or two of them could compare.
pub(crate) fn session_name(cx: &Context, client: &Client, session: SessionId) -> String {
    session_name_in(cx.vault(), cx.tenant_id(), client, session)
}

/// The same without a request.
pub(crate) fn session_name_in(vault: &Vault, tenant: TenantId, client: &Client, session: SessionId) -> String {
    match client.metadata.subject_type {
        SubjectType::Public => session.to_string(),
        SubjectType::Pairwise => {
            let parts: [&[u8]; 3] = [tenant.as_bytes(), client.id.as_bytes(), session.as_bytes()];
            URL_SAFE_NO_PAD.encode(&vault.mac("pairwise session", &parts)[..16])
        }
    }
}
