//! Keeping a request until the browser comes back for it.

use std::{future::Future, pin::Pin};

use edge::{Browser, Context, Failure};
use hosted::ClientFace;
use oauth::Parameters;

use super::decide::{Visit, open_visit};
use crate::{
    clients,
    requests::{self, ASK_LIFETIME, Kept, POSTED_LIFETIME, Waiting},
};

/// The address under which this browser goes on with the request.
pub(super) async fn keep(cx: &Browser, visit: &Visit) -> Result<String, Failure> {
    let kept = Kept::Ask(Box::new(visit.asked.clone()));
    if let Some((handle, hash)) = &visit.kept {
        requests::save(cx.tx().await?, hash, &kept).await?;
        return Ok(address(handle));
    }
    let handle = requests::handle(cx);
    let row = Waiting {
        hash: vault::digest(handle.reveal().as_bytes()),
        client_id: visit.client.id,
        kept,
        browser: Some(requests::browser_digest(cx)),
        created_at: visit.begun_at,
        expires_at: cx.now() + ASK_LIFETIME,
        used_at: None,
    };
    requests::insert(cx.tx().await?, &row).await?;
    Ok(address(handle.reveal()))
}

/// Where a browser that posted a request looks next. A request of nobody known is not kept: the page there says what is wrong.
pub(super) async fn posted(cx: &Context, pairs: Vec<(String, String)>) -> Result<String, Failure> {
    let named = Parameters::from_pairs(pairs.clone()).ok().and_then(|known| known.get("client_id").map(str::to_owned));
    let Some(client_id) = named else { return Ok("/oauth2/authorize".to_owned()) };
    let Some(client) = clients::find_public(cx, &client_id).await? else {
        let query = serde_urlencoded::to_string([("client_id", client_id)]).unwrap_or_default();
        return Ok(format!("/oauth2/authorize?{query}"));
    };
    let handle = requests::handle(cx);
    let row = Waiting {
        hash: vault::digest(handle.reveal().as_bytes()),
        client_id: client.id,
        kept: Kept::Posted(pairs),
        browser: None,
        created_at: cx.now(),
        expires_at: cx.now() + POSTED_LIFETIME,
        used_at: None,
    };
    requests::insert(cx.tx().await?, &row).await?;
    Ok(address(handle.reveal()))
}

/// What stands before the handle in such an address.
const BEFORE_HANDLE: &str = "/oauth2/continue?request=";

pub(crate) fn address(handle: &str) -> String {
    format!("{BEFORE_HANDLE}{handle}")
}

/// The client whose request waits at a page, for this browser. Doors open without it all the same: what is wrong with a request is
/// said to whoever comes back with it.
pub fn client_behind<'a>(
    cx: &'a Browser,
    page: &'a str,
) -> Pin<Box<dyn Future<Output = Option<ClientFace>> + Send + 'a>> {
    Box::pin(async move {
        let visit = open_visit(cx, Some(page.strip_prefix(BEFORE_HANDLE)?)).await.ok()?;
        Some(visit.client.face(&visit.asked.request.redirect_uri))
    })
}
