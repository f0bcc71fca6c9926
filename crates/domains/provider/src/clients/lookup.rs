//! Which client a `client_id` means: an id in either spelling, or the address of a metadata document.

use std::sync::Arc;

use edge::{Context, Failure};

use super::{
    ClientId,
    cache::{Clients, Known},
    model::Client,
};

/// No spelling of an id is longer.
const LONGEST_ID: usize = 64;

/// The client in whatever state, if it is one of this application's.
pub(super) async fn known(cx: &Context, client_id: &str) -> Result<Option<Arc<Known>>, Failure> {
    let clients = cx.part::<Clients>();
    if client_id.starts_with("https://") {
        return Ok(clients.find_by_document(cx.tenant_id(), client_id).await?);
    }
    let id: Option<ClientId> = Some(client_id).filter(|id| id.len() <= LONGEST_ID).and_then(|id| id.parse().ok());
    match id {
        // A client of a document has no other name than its address.
        Some(id) => Ok(clients.find(cx.tenant_id(), id).await?.filter(|known| known.client.document_url.is_none())),
        None => Ok(None),
    }
}

/// The client that an authorization request names, if there is such a one and it may act.
pub(crate) async fn find_public(cx: &Context, client_id: &str) -> Result<Option<Arc<Client>>, Failure> {
    let known = known(cx, client_id).await?;
    Ok(known.map(|known| Arc::clone(&known.client)).filter(|client| client.is_active()))
}
