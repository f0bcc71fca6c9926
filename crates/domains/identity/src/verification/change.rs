//! Changing to another email address.

use edge::{Context, Failure};
use kernel::{Id, Secret, ports::SessionCaller};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenancy::{
    messaging::{self, Channel, Outgoing, Template},
    settings_of,
};

use super::{
    VerificationError,
    actions::{LINK_LIFETIME, Sent},
    event::{EmailChangeRequested, EmailChanged},
};
use crate::{
    challenges::{self, ChallengeError, ChallengeKind, NewChallenge},
    identifiers::{Contact, EmailAddress},
    links, notices,
    sessions::{self, EndReason, SessionId, SignedInRows},
    users::{self, User},
};

/// What waits for its proof.
#[derive(Serialize, Deserialize)]
struct Asked {
    contact: Contact,
    session_id: SessionId,
}

/// Ask for another email address. Nothing changes until its mailbox is proven; the old one is told.
pub async fn request_change(
    cx: &Context,
    caller: &SessionCaller,
    email: EmailAddress,
    landing: Option<String>,
) -> Result<Sent, Failure> {
    let user = &SignedInRows::of(caller)?.user;
    let freshness = settings_of(cx.tenant()).mfa.step_up_freshness();
    if caller.aal < 2 || cx.now().since(caller.authenticated_at) > freshness {
        return Err(VerificationError::StepUpRequired.into());
    }
    links::must_be_registered(cx, landing.as_deref())?;
    messaging::must_be_able(cx, Channel::Email).await?;
    let contact = Contact::Email(email);
    if contact.belongs_to(user) {
        return Err(VerificationError::Unchanged.into());
    }
    challenges::void(cx.tx().await?, user.id, ChallengeKind::ChangeEmail, cx.now()).await?;
    let challenge = NewChallenge {
        kind: ChallengeKind::ChangeEmail,
        user: Some(user.id),
        subject: Some(contact.key()),
        flow: None,
        browser: None,
        payload: json!(Asked { contact: contact.clone(), session_id: Id::from_uuid(caller.session_id) }),
        lifetime: LINK_LIFETIME,
    };
    let (challenge_id, token) = challenges::link(cx, challenge).await?;
    let expires_at = cx.now() + LINK_LIFETIME;
    // Whether somebody else has the address is told at the confirmation, to who has proven the mailbox.
    let new_email = String::from(contact.clone());
    let outgoing = Outgoing {
        template: Template::EmailChangeConfirm,
        to: contact.address(None),
        locale: user.profile.locale.as_deref(),
        facts: json!({
            "link": links::with_token(cx, "/verify/email-change", landing.as_deref(), &token),
            "new_email": new_email,
        }),
        expires_at,
    };
    messaging::send(cx, outgoing).await?;
    cx.tx().await?.emit(&EmailChangeRequested { user_id: user.id });
    tell_old_address(cx, user, &new_email).await?;
    Ok(Sent { challenge_id, contact, expires_at })
}

/// The mailbox of the new address is proven: it takes the place of the old, which is told. Not where the session that asked was ended by
/// somebody else: whoever claims, recovers or cleans up an account must not lose it to what a thief has left pending.
pub async fn confirm_change(cx: &Context, token: &Secret) -> Result<User, Failure> {
    let challenge = challenges::take(cx, ChallengeKind::ChangeEmail, token, None, true).await?;
    let Asked { contact, session_id } =
        serde_json::from_value(challenge.payload).map_err(|_| ChallengeError::InvalidToken)?;
    let id = challenge.user_id.ok_or(ChallengeError::InvalidToken)?;
    let user = users::store::find(&cx.read(), id).await?.ok_or(ChallengeError::InvalidToken)?;
    let session = sessions::store::find(cx.tx().await?, session_id).await?;
    if !session.is_some_and(|session| still_speaks(session.ended.map(|(_, reason)| reason))) {
        return Err(ChallengeError::InvalidToken.into());
    }
    let changed = users::change(cx, &user, contact.as_proven()).await?;
    let tx = cx.tx().await?;
    // What was sent to the old mailbox must not open the account any more.
    challenges::void(tx, user.id, ChallengeKind::ResetPassword, cx.now()).await?;
    challenges::void(tx, user.id, ChallengeKind::MagicLink, cx.now()).await?;
    challenges::void(tx, user.id, ChallengeKind::SignInCode, cx.now()).await?;
    tx.emit(&EmailChanged { user_id: user.id });
    tell_old_address(cx, &user, &String::from(contact)).await?;
    Ok(changed)
}

/// Proven or not: whoever reads there may be losing their account.
async fn tell_old_address(cx: &Context, user: &User, new_email: &str) -> Result<(), Failure> {
    let Some(old) = &user.primary_email else { return Ok(()) };
    notices::tell_at(cx, user, &old.address, Template::EmailChangeNotice, json!({ "new_email": new_email })).await
}

/// Does what was asked in a session still count, after it ended so?
const fn still_speaks(ended: Option<EndReason>) -> bool {
    match ended {
        None | Some(EndReason::SignedOut | EndReason::Displaced) => true,
        Some(
            EndReason::Revoked
            | EndReason::UserDisabled
            | EndReason::PasswordChanged
            | EndReason::RefreshReused
            | EndReason::MfaReset
            | EndReason::Claimed
            | EndReason::UserMerged,
        ) => false,
    }
}
