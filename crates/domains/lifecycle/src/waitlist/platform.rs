//! `/v1/waitlist`, and `/v1/invitations/accept`.

use edge::{
    Body, Can, CanOn, Endpoint, Listed, MaybeSignedIn, Paging, Public, Query, Reply, Transport, accepted, listed,
    versioned,
};
use identity::{
    flows::{SignInResult, reply_platform},
    users::{self, UserChanges},
};
use kernel::{Id, Patch, Refusal, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    InvitationsRead, InvitationsWrite, WaitlistEntry, accept,
    actions::{self, Applicant},
    error::{InvitationError, WaitlistError},
    model::{EntryState, Verdict},
    store::EntryKey,
};

/// Somebody who would like to have an account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WaitlistEntry")]
struct EntryView {
    id: Id<WaitlistEntry>,
    email: String,
    name: Option<String>,
    locale: Option<String>,
    state: EntryState,
    created_at: Timestamp,
    decided_at: Option<Timestamp>,
}

impl From<WaitlistEntry> for EntryView {
    fn from(entry: WaitlistEntry) -> Self {
        let WaitlistEntry { id, email, name, locale, state, created_at, decided_at, .. } = entry;
        Self { id, email, name, locale, state, created_at, decided_at }
    }
}

/// Which entries to list.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct WaitlistQuery {
    /// Those in this state only.
    state: Option<EntryState>,
}

/// Somebody who asks for an account.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct WaitlistJoin {
    email: Option<String>,
    name: Patch<String>,
    /// The language of the invitation (BCP 47).
    locale: Patch<String>,
}

/// What became of it. The same whether or not the address is on the list or has an account.
#[derive(Serialize, JsonSchema)]
struct WaitlistJoinResult {
    /// `accepted`: the address is on the list.
    state: &'static str,
}

/// A decision.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WaitlistDecision {
    decision: Verdict,
}

/// An invitation, and the account that it is to become.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct InvitationAccept {
    /// From the link.
    token: Option<Secret>,
    /// Needed where the application doesn't let an account begin without one.
    password: Option<Secret>,
    name: Patch<String>,
    given_name: Patch<String>,
    family_name: Patch<String>,
    locale: Patch<String>,
    /// Where to put the tokens.
    transport: Transport,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [list_entries(), join_waitlist(), decide(), accept_invitation()]
}

/// List the waiting list
///
/// Whoever waits longest comes first.
#[endpoint(GET "/v1/waitlist", id = "waitlist.list")]
async fn list_entries(
    cx: Can<InvitationsRead>,
    query: Query<WaitlistQuery>,
    page: Paging<EntryKey>,
) -> Reply<Listed<EntryView>> {
    listed(&cx, actions::list(&cx, query.0.state, &page.0).await?)
}

/// Join the waiting list
///
/// Where the application's sign-up mode is `waitlist`. The answer is the same whether or not the address is on the list or has an
/// account, and nothing is sent before somebody decides.
#[endpoint(POST "/v1/waitlist", id = "waitlist.create", errors = WaitlistError, limit = SignIn)]
async fn join_waitlist(cx: Public, body: Body<WaitlistJoin>) -> Reply<WaitlistJoinResult> {
    actions::join(&cx, body.0.applicant()?).await?;
    accepted(WaitlistJoinResult { state: "accepted" })
}

/// Decide on somebody who waits
///
/// An approval sends an invitation, which leads to an account once within fourteen days; approving again sends another. A
/// rejection sends nothing, and an invitation that is on its way leads nowhere.
#[endpoint(POST "/v1/waitlist/{entry_id}/decision", id = "waitlist.decision", errors = WaitlistError)]
async fn decide(cx: CanOn<InvitationsWrite, WaitlistEntry>, body: Body<WaitlistDecision>) -> Reply<EntryView> {
    let entry = actions::decide(&cx, cx.target.clone(), body.0.decision).await?;
    versioned(entry.version, entry)
}

/// Accept an invitation
///
/// Makes an account with the invited address, which is proven by it, and signs in, with what else the application asks for.
#[endpoint(POST "/v1/invitations/accept", id = "invitations.accept", errors = InvitationError, limit = SignIn)]
async fn accept_invitation(cx: MaybeSignedIn, body: Body<InvitationAccept>) -> Reply<SignInResult> {
    let transport = body.0.transport;
    let (token, password, changes) = body.0.parts()?;
    let outcome = accept::accept(&cx, &token, password, changes).await?;
    reply_platform(&cx, outcome, transport)
}

impl WaitlistJoin {
    fn applicant(self) -> Result<Applicant, Refusal> {
        let email = self.email.ok_or_else(|| required("email"))?;
        let email = email.parse().map_err(|error: identity::identifiers::IdentifierError| {
            Refusal::validation("email", "invalid", error.to_string())
        })?;
        Ok(Applicant {
            email,
            name: users::line("name", self.name, 200)?.apply(None),
            locale: users::locale("locale", self.locale)?.apply(None),
        })
    }
}

impl InvitationAccept {
    fn parts(self) -> Result<(Secret, Option<Secret>, UserChanges), Refusal> {
        let changes = UserChanges {
            name: users::line("name", self.name, 200)?,
            given_name: users::line("given_name", self.given_name, 100)?,
            family_name: users::line("family_name", self.family_name, 100)?,
            locale: users::locale("locale", self.locale)?,
            ..UserChanges::default()
        };
        Ok((self.token.ok_or_else(|| required("token"))?, self.password, changes))
    }
}

fn required(field: &'static str) -> Refusal {
    Refusal::validation(field, "required", "This field is required.")
}
