//! The document behind a `sector_identifier_uri`: which redirect URIs share one set of pairwise subjects (OpenID Connect Registration 1.0,
//! section 5).

use std::time::Duration;

use deliver::{Call, Outbound};
use edge::Context;
use oauth::{ClientMetadata, OAuthCode, OAuthError};

const MAX_DOCUMENT: usize = 64 * 1_024;
const MAX_DEPTH: usize = 2;
const PATIENCE: Duration = Duration::from_secs(5);

/// Every redirect URI must stand in the document, or somebody would join a sector that is another's. Before the transaction is open.
pub(crate) async fn check(cx: &Context, metadata: &ClientMetadata) -> Result<(), OAuthError> {
    let Some(url) = &metadata.sector_identifier_uri else { return Ok(()) };
    let refused = |why: &'static str| OAuthError::new(OAuthCode::InvalidClientMetadata, why);
    let call = Call::get(url).at_most(MAX_DOCUMENT).within(PATIENCE).header("accept", "application/json");
    let answer = match cx.part::<Outbound>().send(call).await {
        Ok(answer) => answer.success(),
        Err(error) => Err(error),
    };
    let answer = answer.map_err(|_| refused("the document at sector_identifier_uri can not be had"))?;
    let listed: Vec<String> = jose::parse_strict(&answer.body, MAX_DEPTH)
        .ok()
        .and_then(|document| serde_json::from_value(document).ok())
        .ok_or_else(|| refused("the document at sector_identifier_uri is no array of addresses"))?;
    if metadata.redirect_uris.iter().all(|uri| listed.contains(uri)) {
        Ok(())
    } else {
        Err(refused("a redirect_uri does not stand in the document at sector_identifier_uri"))
    }
}
