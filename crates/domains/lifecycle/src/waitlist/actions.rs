//! Getting onto the list, and decisions on it.

use std::time::Duration;

use edge::{Context, Failure};
use identity::{
    challenges::{self, ChallengeKind, NewChallenge},
    identifiers::EmailAddress,
};
use kernel::{Id, Page, PageRequest, Secret};
use serde_json::json;
use tenancy::{
    messaging::{self, Address, Channel, Outgoing, Template},
    settings::{SignUpMode, is_disposable},
    settings_of,
};

use super::{
    WaitlistEntry,
    error::WaitlistError,
    event::{WaitlistApproved, WaitlistJoinRepeated, WaitlistJoined, WaitlistRejected},
    model::{EntryState, Verdict},
    store::{self, EntryKey},
};

/// Long enough for a holiday.
const INVITATION_LIFETIME: Duration = Duration::from_hours(14 * 24);

/// Somebody who asks.
pub(super) struct Applicant {
    pub(super) email: EmailAddress,
    pub(super) name: Option<String>,
    pub(super) locale: Option<String>,
}

pub(super) async fn list(
    cx: &Context,
    state: Option<EntryState>,
    request: &PageRequest<EntryKey>,
) -> Result<Page<WaitlistEntry, EntryKey>, Failure> {
    Ok(store::page(&cx.read(), state, request).await?)
}

/// The same answer and about the same work for who is on the list, who has an account, and who is new. Nothing is sent: a list that
/// writes to whomever it is told to is a gun for hire.
pub(super) async fn join(cx: &Context, applicant: Applicant) -> Result<(), Failure> {
    cx.answer_evenly();
    must_be_open(cx, &applicant.email)?;
    let Applicant { email, name, locale } = applicant;
    let id: Id<WaitlistEntry> = cx.new_id();
    let tx = cx.tx().await?;
    if store::insert(tx, id, &email, name.as_deref(), locale.as_deref(), cx.now()).await? {
        tx.emit(&WaitlistJoined { entry_id: id });
    } else {
        tx.emit(&WaitlistJoinRepeated { tenant_id: cx.tenant_id() });
    }
    Ok(())
}

fn must_be_open(cx: &Context, email: &EmailAddress) -> Result<(), WaitlistError> {
    let settings = settings_of(cx.tenant());
    let domain = email.key().rsplit_once('@').map_or("", |(_, domain)| domain);
    let is_refused = settings.sign_up.blocked_domains.iter().any(|blocked| blocked == domain)
        || (settings.sign_in.block_disposable_email && is_disposable(domain));
    if settings.sign_up.mode == SignUpMode::Waitlist && !is_refused { Ok(()) } else { Err(WaitlistError::Closed) }
}

pub(super) async fn decide(cx: &Context, entry: WaitlistEntry, verdict: Verdict) -> Result<WaitlistEntry, Failure> {
    cx.expect_version(entry.version)?;
    // No news: it was rejected before. An approval is repeated, because mail gets lost.
    if (entry.state, verdict) == (EntryState::Rejected, Verdict::Reject) {
        return Ok(entry);
    }
    let after = entry.clone().decide(verdict, cx.now())?;
    if verdict == Verdict::Approve {
        messaging::must_be_able(cx, Channel::Email).await?;
    }
    if !store::decide(cx.tx().await?, entry.version, &after).await? {
        return Err(WaitlistError::Changed.into());
    }
    match verdict {
        Verdict::Approve => {
            invite(cx, &after).await?;
            cx.tx().await?.emit(&WaitlistApproved { entry_id: after.id });
        }
        Verdict::Reject => cx.tx().await?.emit(&WaitlistRejected { entry_id: after.id }),
    }
    Ok(after)
}

async fn invite(cx: &Context, entry: &WaitlistEntry) -> Result<(), Failure> {
    let new = NewChallenge {
        kind: ChallengeKind::Invitation,
        user: None,
        // The caps are against strangers who have us write to strangers; here an administrator decides, one by one.
        subject: None,
        flow: None,
        browser: None,
        payload: json!({ "entry_id": entry.id }),
        lifetime: INVITATION_LIFETIME,
    };
    let (_, token) = challenges::link(cx, new).await?;
    let outgoing = Outgoing {
        template: Template::WaitlistApproved,
        to: Address::Email(entry.email.clone()),
        locale: entry.locale.as_deref(),
        facts: json!({ "link": link(cx, &token), "name": entry.name }),
        expires_at: cx.now() + INVITATION_LIFETIME,
    };
    messaging::send(cx, outgoing).await?;
    Ok(())
}

/// The application's own page for signing up, or the hosted one.
fn link(cx: &Context, token: &Secret) -> String {
    let own = settings_of(cx.tenant()).urls.sign_up_url.clone();
    let page = own.unwrap_or_else(|| format!("{}/sign-up", cx.tenant().issuer));
    let joint = if page.contains('?') { '&' } else { '?' };
    format!("{page}{joint}invitation_token={}", token.reveal())
}
