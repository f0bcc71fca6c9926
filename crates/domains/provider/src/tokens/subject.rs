//! By what name a client knows a person and a session (OpenID Connect Core 1.0, section 8).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge::Context;
use identity::{sessions::SessionId, users::UserId};
use oauth::SubjectType;
use url::Url;

use crate::clients::Client;

/// `sub`. Pairwise, it is the same for all clients of one sector and says nothing to those of another.
pub(crate) fn subject(cx: &Context, client: &Client, user: UserId) -> String {
    match client.metadata.subject_type {
        SubjectType::Public => user.typed().to_string(),
        SubjectType::Pairwise => {
            let sector = sector(client);
            let parts = [cx.tenant_id().as_bytes(), sector.as_bytes(), user.as_bytes()];
            URL_SAFE_NO_PAD.encode(cx.vault().mac("pairwise subject", &parts))
        }
    }
}

/// `sid`. A client that knows people by names of its own gets such names of sessions too, or two of them could compare.
pub(crate) fn session_name(cx: &Context, client: &Client, session: SessionId) -> String {
    match client.metadata.subject_type {
        SubjectType::Public => session.to_string(),
        SubjectType::Pairwise => {
            let client = client.client_id();
            let parts = [cx.tenant_id().as_bytes(), client.as_bytes(), session.as_bytes()];
            URL_SAFE_NO_PAD.encode(&cx.vault().mac("pairwise session", &parts)[..16])
        }
    }
}

/// The host that stands for the client's sector (section 8.1): of its sector identifier, or of its only redirect host.
fn sector(client: &Client) -> String {
    let address = client.metadata.sector_identifier_uri.as_deref().or(client.metadata.redirect_uris.first().map(String::as_str));
    let host = address.and_then(|address| Url::parse(address).ok()?.host_str().map(str::to_owned));
    host.unwrap_or_else(|| client.client_id())
}
