//! One's own account: the profile, the password, the sessions.

use edge::{Context, Failure};
use kernel::{Id, PageRequest, Patch, Refusal, Secret, Timestamp, ports::SessionCaller};
use tenancy::{settings::SignInMethod, settings_of};

use crate::{
    auth, passwords,
    risk::NamedPlace,
    sessions::{self as slice, EndReason, Session, SessionId, SignedInRows},
    users::{self, User, UserChanges, input},
};

/// More than anybody looks through.
const MOST_SESSIONS: u32 = 100;

/// Who is signed in, and in which session.
#[derive(Clone, Copy)]
pub struct Whoever<'c> {
    pub user: &'c User,
    pub session: &'c Session,
}

/// Which ways in a person has, of those that the application offers.
pub struct Ways {
    pub password: bool,
}

/// One of a person's own sessions.
pub struct OwnSession {
    pub id: SessionId,
    /// For people, for example `Firefox on Linux`.
    pub device: Option<String>,
    pub is_mobile: bool,
    pub ip: Option<String>,
    /// For people, for example `Munich, Bavaria, DE`.
    pub place: Option<String>,
    pub authenticated_at: Timestamp,
    pub is_this: bool,
}

pub fn who(caller: &SessionCaller) -> Result<Whoever<'_>, Failure> {
    let SignedInRows { user, session, .. } = SignedInRows::of(caller)?;
    Ok(Whoever { user, session })
}

pub async fn ways(cx: &Context, caller: &SessionCaller) -> Result<Ways, Failure> {
    let is_offered = settings_of(cx.tenant()).sign_in.allows(SignInMethod::Password);
    let stored = passwords::store::find(&cx.read(), Id::from_uuid(caller.user_id)).await?;
    Ok(Ways { password: is_offered && stored.is_some() })
}

/// Change the names; an absent one is cleared.
pub async fn update_profile(
    cx: &Context,
    caller: &SessionCaller,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
) -> Result<User, Failure> {
    let text = |text: Option<String>| text.map_or(Patch::Null, Patch::Value);
    let changes = UserChanges {
        name: input::line("name", text(name), 200)?,
        given_name: input::line("given_name", text(given_name), 100)?,
        family_name: input::line("family_name", text(family_name), 100)?,
        ..UserChanges::default()
    };
    users::patch(cx, SignedInRows::of(caller)?.user.clone(), changes).await
}

pub async fn change_password(
    cx: &Context,
    caller: &SessionCaller,
    current: &Secret,
    new: &Secret,
    end_others: bool,
) -> Result<(), Failure> {
    passwords::change(cx, &SignedInRows::of(caller)?.user, current, new, end_others).await
}

pub async fn sessions(cx: &Context, caller: &SessionCaller) -> Result<Vec<OwnSession>, Failure> {
    let request = PageRequest { limit: MOST_SESSIONS, after: None };
    let page = slice::store::page(&cx.read(), Some(Id::from_uuid(caller.user_id)), cx.now(), &request).await?;
    let own = |session: Session| OwnSession {
        is_this: session.id.uuid() == caller.session_id,
        id: session.id,
        device: session.device.words(),
        is_mobile: session.device.is_mobile,
        place: NamedPlace::of(cx, session.ip.as_deref()).map(|place| place.words()),
        ip: session.ip,
        authenticated_at: session.authenticated_at,
    };
    Ok(page.items.into_iter().map(own).collect())
}

/// End one of the caller's own; another's is like none.
pub async fn end_session(cx: &Context, caller: &SessionCaller, id: SessionId) -> Result<(), Failure> {
    let session = slice::store::find(&cx.read(), id).await?.filter(|session| session.user_id.uuid() == caller.user_id);
    let session = session.ok_or_else(Refusal::not_found)?;
    slice::end(cx, session.user_id, session.id, EndReason::Revoked).await
}

/// End all but this one. How many ended.
pub async fn end_other_sessions(cx: &Context, caller: &SessionCaller) -> Result<u64, Failure> {
    let (user, this) = (Id::from_uuid(caller.user_id), Id::from_uuid(caller.session_id));
    Ok(slice::end_all(cx.tx().await?, user, Some(this), EndReason::Revoked, cx.now()).await?)
}

pub async fn sign_out(cx: &Context, caller: &SessionCaller) -> Result<(), Failure> {
    auth::sign_out(cx, caller).await
}
