//! What is to be done about a request now: answer it, or send the person to do something first.

use std::{sync::Arc, time::Duration};

use edge::{Browser, Failure, Html, LanguageCookie, Reply};
use identity::doors::{self, Whoever};
use kernel::{ErrorCode, Refusal, Timestamp};
use oauth::{NextStep, OAuthError, Profile, Prompt, SessionFacts, SignedIn, is_registered, next_step};
use pages::Locale;

use super::{
    answer::{self, Fault, Way},
    hint, park, settle,
};
use crate::{
    clients::{self, Client, ClientId, profile_of},
    consents::{self, Consent},
    error,
    requests::{self, Asked, Kept, Waiting},
};

/// How long the language that a client wished for is remembered.
const LANGUAGE: Duration = Duration::from_hours(1);

/// A browser with a request.
pub(crate) struct Visit {
    pub(crate) client: Arc<Client>,
    pub(crate) asked: Asked,
    /// When the request came: what was proven since then was proven for it.
    pub(crate) begun_at: Timestamp,
    /// Its handle and the digest, where the request waits in the store.
    pub(crate) kept: Option<(String, [u8; 32])>,
}

/// The next step, with what was read to know it.
pub(crate) struct Standing<'c> {
    pub(crate) step: NextStep,
    pub(crate) who: Option<Whoever<'c>>,
    pub(crate) consent: Consent,
}

/// One step further.
pub(crate) async fn decide(cx: &Browser, mut visit: Visit, way: Way) -> Reply<Html> {
    must_still_be_registered(&visit)?;
    // An access token that is too old is no reason to ask anybody anything.
    if cx.session().is_none()
        && let Some(reply) = hosted::resumed(cx).await?
    {
        return reply;
    }
    let Standing { step, who, .. } = match step(cx, &visit).await? {
        Ok(standing) => standing,
        Err(error) => return answer::refuse(cx, Fault::of(&visit, error), way).await,
    };
    match (step, who) {
        (NextStep::Go, Some(who)) => settle::go(cx, visit, who, way).await,
        (NextStep::Refuse(code), _) => {
            let error = OAuthError::new(code, refused_because(code));
            answer::refuse(cx, Fault::of(&visit, error), way).await
        }
        (NextStep::StepUp { level }, Some(_)) => {
            visit.asked.was_raised = true;
            let here = park::keep(cx, &visit).await?;
            match cx.session() {
                Some(caller) => hosted::step_up(cx, caller, level, &here).await,
                None => cx.go(&here),
            }
        }
        (step, _) => {
            let here = park::keep(cx, &visit).await?;
            let hint = visit.asked.request.login_hint.as_deref();
            let to = match step {
                NextStep::SignUp => hosted::sign_up_href(&here, hint),
                NextStep::Consent => here.replacen("/oauth2/continue", "/oauth2/consent", 1),
                NextStep::SelectAccount => here.replacen("/oauth2/continue", "/oauth2/select-account", 1),
                NextStep::Login { is_forced, .. } => hosted::sign_in_href(&here, is_forced, hint),
                // Without anybody there is nothing to raise or to answer for.
                NextStep::Go | NextStep::StepUp { .. } | NextStep::Refuse(_) => {
                    hosted::sign_in_href(&here, false, hint)
                }
            };
            Ok(cx.go(&to)?.headers(language(cx, &visit)))
        }
    }
}

/// What is missing, with what is true now. Inside, what is wrong with the request itself.
pub(crate) async fn step<'c>(cx: &'c Browser, visit: &Visit) -> Result<Result<Standing<'c>, OAuthError>, Failure> {
    let Visit { client, asked, begun_at, .. } = visit;
    let request = &asked.request;
    // A guest is nobody yet: the door is how they become somebody.
    let who = cx.session().map(doors::who).transpose()?.filter(|who| !who.user.is_anonymous);
    let is_meant = match who {
        Some(who) => match hint::is_meant(cx, client, request, who.user.id).await? {
            Ok(is_meant) => is_meant,
            Err(error) => return Ok(Err(error)),
        },
        None => true,
    };
    let person = match who {
        Some(who) => Some(SignedIn {
            auth_time: who.session.authenticated_at,
            level: who.session.aal(),
            highest_level: highest_level(cx, visit, who).await?,
            is_meant,
        }),
        None => None,
    };
    // What is asked under FAPI 2.0 is worth a question each time. Who is asked nothing has nothing to remember.
    let is_asked = !client.metadata.skip_consent || request.prompts.contains(Prompt::Consent);
    let is_remembered = is_asked && profile_of(cx, client) != Profile::Fapi2;
    let consent = match who {
        Some(who) if is_remembered => consents::find(&cx.read(), who.user.id, client.id).await?.unwrap_or_default(),
        _ => Consent::default(),
    };
    let facts = consent.clone().facts(client.metadata.skip_consent);
    let session = SessionFacts { person, has_several: false, has_chosen: asked.has_chosen, begun_at: *begun_at };
    Ok(Ok(Standing { step: next_step(request, &session, &facts, cx.now()), who, consent }))
}

/// The level that the person could reach here. Once they were sent to prove more and came back, it is what they came back with.
async fn highest_level(cx: &Browser, visit: &Visit, who: Whoever<'_>) -> Result<u8, Failure> {
    if visit.asked.request.wanted_acr().0.is_empty() {
        return Ok(3);
    }
    let level = who.session.aal();
    if visit.asked.was_raised && who.session.authenticated_at >= visit.begun_at {
        return Ok(level);
    }
    let Some(caller) = cx.session() else { return Ok(level) };
    Ok(level.max(doors::factors::reachable_level(cx, caller).await?))
}

/// The request of this browser that waits under the handle, and what has become of it.
pub(crate) async fn open_visit(cx: &Browser, handle: Option<&str>) -> Result<Visit, Failure> {
    let row = must_be_here(cx, handle).await?;
    let Kept::Ask(asked) = row.kept else { return Err(expired().into()) };
    let client = client_of(cx, row.client_id).await?;
    let handle = handle.unwrap_or_default().to_owned();
    let visit = Visit { client, asked: *asked, begun_at: row.created_at, kept: Some((handle, row.hash)) };
    must_still_be_registered(&visit)?;
    Ok(visit)
}

/// Another browser's request is like none: its handle may have been passed on.
pub(super) async fn must_be_here(cx: &Browser, handle: Option<&str>) -> Result<Waiting, Failure> {
    let row = requests::find(&cx.read(), handle.unwrap_or_default()).await?;
    let own = requests::browser_digest(cx);
    let row = row.filter(|row| row.is_open(cx.now()) && row.browser.is_none_or(|browser| browser == own));
    Ok(row.ok_or_else(expired)?)
}

pub(super) async fn client_of(cx: &Browser, id: ClientId) -> Result<Arc<Client>, Failure> {
    let known = cx.part::<clients::Clients>().find(cx.tenant_id(), id, cx.now()).await?;
    let client = known.map(|known| Arc::clone(&known.client)).filter(|client| client.is_active());
    let gone = || error::refused(OAuthError::invalid_client("the application is not registered here any more"));
    client.ok_or_else(gone)
}

/// The registration may have changed while the person was busy, or since the request was pushed.
fn must_still_be_registered(visit: &Visit) -> Result<(), Refusal> {
    let Client { kind, metadata, .. } = &*visit.client;
    if is_registered(&visit.asked.request.redirect_uri, &metadata.redirect_uris, *kind) {
        Ok(())
    } else {
        Err(expired())
    }
}

pub(super) fn expired() -> Refusal {
    Refusal::new(
        ErrorCode::NotFound,
        "flow_not_found",
        "The request is over, or belongs to another browser. Start again.",
    )
}

/// `ui_locales` chooses the language for somebody who has not chosen one (OpenID Connect Core 1.0, section 3.1.2.1).
fn language(cx: &Browser, visit: &Visit) -> Option<(http::HeaderName, http::HeaderValue)> {
    if LanguageCookie::read(cx).is_some() {
        return None;
    }
    let wished = visit.asked.request.ui_locales.iter().find_map(|tag| Locale::of_tag(tag))?;
    LanguageCookie::set(cx, wished.code(), LANGUAGE)
}

/// For developers.
const fn refused_because(code: oauth::OAuthCode) -> &'static str {
    use oauth::OAuthCode::{
        AccountSelectionRequired, ConsentRequired, InteractionRequired, LoginRequired, UnmetAuthenticationRequirements,
    };
    match code {
        LoginRequired => "the person has to sign in",
        ConsentRequired => "the person has to agree",
        AccountSelectionRequired => "the person has to choose an account",
        InteractionRequired => "the person has to do something first",
        UnmetAuthenticationRequirements => "the person can not be authenticated as it is asked for",
        _ => "the request can not be answered",
    }
}
