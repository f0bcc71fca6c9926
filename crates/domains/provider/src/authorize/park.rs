//! Keeping a request until the browser comes back for it.

use edge::{Browser, Context, Failure};
use oauth::Parameters;

use super::decide::Visit;
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

pub(crate) fn address(handle: &str) -> String {
    format!("/oauth2/continue?request={handle}")
}
