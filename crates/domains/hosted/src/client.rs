//! The OAuth client on whose errand somebody stands at the door, as it introduces itself (OpenID Connect Dynamic Client Registration
//! 1.0, section 2).

use std::{future::Future, pin::Pin};

use edge::Browser;
use serde::Serialize;

use crate::return_to::ReturnTo;

/// Whoever knows the clients, if there is one.
pub struct ClientsAtTheDoor(pub Option<FindClient>);

/// The client to which a page of this site leads in the end, for this browser.
pub type FindClient = for<'a> fn(&'a Browser, &'a str) -> Pin<Box<dyn Future<Output = Option<ClientFace>> + Send + 'a>>;

/// Addresses other than `place` are https or missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientFace {
    pub name: String,
    pub description: Option<String>,
    pub logo: Option<String>,
    pub uri: Option<String>,
    pub policy: Option<String>,
    pub terms: Option<String>,
    /// Where the answer goes: names may lie, addresses don't.
    pub place: String,
}

pub(crate) async fn behind(cx: &Browser, to: &ReturnTo) -> Option<ClientFace> {
    let find = cx.part::<ClientsAtTheDoor>().0?;
    find(cx, to.as_deref()?).await
}
