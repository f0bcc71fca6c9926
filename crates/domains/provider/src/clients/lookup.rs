//! Which client a `client_id` means: an id in either spelling, or the address of a metadata document.

use std::sync::Arc;

use edge::{Context, Failure};

use super::{
    cache::{Clients, Known},
    document,
    model::Client,
};

/// The client in whatever state, if it is one of this application's. Before a transaction is open: its document may be fetched.
pub(super) async fn known(cx: &Context, client_id: &str) -> Result<Option<Arc<Known>>, Failure> {
    if oauth::is_client_url(client_id) {
        return document::known(cx, client_id).await;
    }
    Ok(cx.part::<Clients>().named(cx.tenant_id(), client_id, cx.now()).await?)
}

/// The client that an authorization request names, if there is such a one and it may act. Before a transaction is open.
pub(crate) async fn find_public(cx: &Context, client_id: &str) -> Result<Option<Arc<Client>>, Failure> {
    let known = known(cx, client_id).await?;
    Ok(known.map(|known| Arc::clone(&known.client)).filter(|client| client.is_active()))
}
