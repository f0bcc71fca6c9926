//! The social providers of an application: which there are, and what it is to them.
//!
//! Owns their configuration with its sealed secrets, and tells it to `federation`, who speaks with them. Does not own how that goes,
//! nor which people came by them.

mod actions;
mod error;
mod input;
mod kind;
mod model;
mod pem;
mod platform;
mod slug;
mod store;

use edge::{Context, Endpoint, Failure};

pub use kind::ProviderKind;
pub use model::{Provider, ProviderSecret};
pub use slug::ProviderSlug;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}

/// A provider of the request's tenant that is switched on, with its secret opened.
pub async fn find(cx: &Context, slug: &str) -> Result<Option<(Provider, Option<ProviderSecret>)>, Failure> {
    let Ok(slug) = slug.parse::<ProviderSlug>() else { return Ok(None) };
    let Some(row) = store::find(&cx.read(), &slug).await?.filter(|row| row.provider.is_enabled) else {
        return Ok(None);
    };
    let secret = row.open(cx)?;
    Ok(Some((row.provider, secret)))
}

/// Those that are switched on, as sign-in screens offer them.
pub async fn enabled(cx: &Context) -> Result<Vec<Provider>, Failure> {
    Ok(store::enabled(&cx.read()).await?)
}
