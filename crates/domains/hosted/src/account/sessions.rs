//! Where a person is signed in.

use edge::{Browser, Endpoint, Fields, Html, Named, NoFields, Query, Reply};
use identity::doors;
use macros::endpoint;
use serde_json::{Value, json};

use super::{RoomQuery, day, signed_in};
use crate::{again, return_to::ReturnTo, show};

const HERE: &str = "/account/sessions";

pub(super) fn endpoints() -> [Endpoint; 3] {
    [show_sessions(), end_session(), end_other_sessions()]
}

/// Show one's own sessions
#[endpoint(GET "/account/sessions", id = "pages.account.sessions",
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn show_sessions(cx: Browser, query: Query<RoomQuery>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let mut sessions = doors::sessions(&cx, &caller).await?;
    sessions.sort_by_key(|session| !session.is_this);
    let rows: Vec<Value> = sessions.iter().map(row).collect();
    let page = json!({ "form": query.0.form(&cx), "room": "sessions", "sessions": rows });
    show::page(&cx, "sessions", &page, &ReturnTo::default())
}

/// End one of one's own sessions
#[endpoint(POST "/account/sessions/{session}/end", id = "pages.account.sessions.end",
    silent = "ending what has ended is no event")]
async fn end_session(cx: Browser, session: Named, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    doors::end_session(&cx, &caller, again::id(&session.0)?).await?;
    cx.go("/account/sessions?done=removed")
}

/// End all of one's own sessions but this one
#[endpoint(POST "/account/sessions/end-others", id = "pages.account.sessions.end_others",
    silent = "there may be no other")]
async fn end_other_sessions(cx: Browser, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    doors::end_other_sessions(&cx, &caller).await?;
    cx.go("/account/sessions?done=removed")
}

fn row(session: &doors::OwnSession) -> Value {
    json!({
        "id": session.id.to_string(), "device": session.device, "ip": session.ip, "place": session.place,
        "when": day(session.authenticated_at), "current": session.is_this, "phone": session.is_mobile,
    })
}
