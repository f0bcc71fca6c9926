//! Who looks at the page: somebody signed in, or somebody who has to be first.

use edge::{Browser, Failure, Html, Reply, SessionCookies};
use identity::doors;
use kernel::{Id, ports::SessionCaller};

use crate::return_to::ReturnTo;

/// The caller, or the answer that leads to there being one.
pub(crate) enum Caller {
    Known(Box<SessionCaller>),
    Unknown(Reply<Html>),
}

/// Whoever is signed in. A browser whose access token is too old gets a new one and asks again; others sign in and come back.
pub(crate) async fn caller(cx: &Browser, page: &str) -> Result<Caller, Failure> {
    if let Some(caller) = cx.session() {
        return Ok(Caller::Known(Box::new(caller.clone())));
    }
    match resumed(cx).await? {
        Some(reply) => Ok(Caller::Unknown(reply)),
        None => Ok(Caller::Unknown(cx.go(&ReturnTo::here(page).via("/sign-in")))),
    }
}

/// For doors: the answer with new tokens, if the browser holds a session that still lives.
pub async fn resumed(cx: &Browser) -> Result<Option<Reply<Html>>, Failure> {
    match doors::resume(cx).await {
        Ok(Some(cookies)) => Ok(Some(cx.again(cookies))),
        Ok(None) => Ok(None),
        Err(failure) if failure.refusal().status() >= 500 => Err(failure),
        // The session is over; what that left behind is kept with whatever is shown now. The cookies go, or it would be asked again.
        Err(_) => Ok(Some(cx.again(SessionCookies::clear(cx)))),
    }
}

/// What a change lacks that is refused for want of a proof.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// A proof of late: of the second factor, where the person has one.
    Fresh,
    /// Two factors; who has one only adds the other first.
    Two,
}

/// What a refused change of one's own account leads to: proving oneself anew, where that is what it lacks.
pub(crate) async fn prove_first(cx: &Browser, failure: Failure, page: &str, proof: Proof) -> Reply<Html> {
    if failure.reason() != "step_up_required" {
        return Err(failure);
    }
    let Some(caller) = cx.session() else { return Err(failure) };
    let has_factor = doors::factors::own(cx, caller).await?.iter().any(|factor| factor.kind != "recovery_code");
    let to = ReturnTo::here(page);
    if has_factor || proof == Proof::Two {
        let outcome = identity::flows::step_up(cx, caller, 2).await?;
        return crate::step::go_on(cx, outcome, &to);
    }
    // Nothing to step up with: the first factor once more.
    cx.go(&format!("{}&prompt=login", to.via("/sign-in")))
}

/// An id that a path or a form names; what is none is like a missing one.
pub(crate) fn id<K: kernel::Kind>(text: &str) -> Result<Id<K>, kernel::Refusal> {
    text.parse().map_err(|_| kernel::Refusal::not_found())
}
