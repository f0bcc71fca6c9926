//! What the person has to do before a request is answered (OpenID Connect Core 1.0, sections 3.1.2.3 and 3.1.2.4). Asked anew after each
//! step with what is true then, until the answer is [`NextStep::Go`] or a refusal.

use std::time::Duration;

use kernel::Timestamp;

use crate::{
    acr::level_of_acr, authorization_details::AuthorizationDetails, error::OAuthCode, prompt::Prompt,
    request::AuthorizationRequest, scope::Scopes,
};

#[cfg(test)]
mod tests;

/// What is known of the browser that the request came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionFacts {
    /// `None`: nobody is signed in.
    pub person: Option<SignedIn>,
    /// Are several people signed in here, and none of them singled out by a hint?
    pub has_several: bool,
    /// Did the person choose among them since the request came?
    pub has_chosen: bool,
    /// When the request came: what was proven since then was proven for it.
    pub begun_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub auth_time: Timestamp,
    /// Assurance level, 1 to 3.
    pub level: u8,
    /// The level that this person could reach here.
    pub highest_level: u8,
    /// Is it the person whom `id_token_hint` or the `sub` claim means? True where neither is given.
    pub is_meant: bool,
}

/// What the person has agreed to before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentFacts {
    pub scopes: Scopes,
    pub resources: Vec<String>,
    pub authorization_details: AuthorizationDetails,
    /// The application is the tenant's own.
    pub is_skipped: bool,
    /// They agreed since the request came.
    pub is_fresh: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Sign in. `is_forced`: a session that is there does not count.
    Login {
        reason: LoginReason,
        is_forced: bool,
    },
    SelectAccount,
    SignUp,
    /// Prove more, up to this level.
    StepUp {
        level: u8,
    },
    Consent,
    /// Answer.
    Go,
    Refuse(OAuthCode),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginReason {
    NobodyIsSignedIn,
    /// `prompt=login`.
    Asked,
    /// `max_age` has passed.
    TooLongAgo,
    /// Somebody else than the request means.
    SomebodyElse,
}

/// The first thing that is missing. With `prompt=none` that is a refusal (OpenID Connect Core 1.0, section 3.1.2.6).
pub fn next_step(
    request: &AuthorizationRequest,
    session: &SessionFacts,
    consent: &ConsentFacts,
    now: Timestamp,
) -> NextStep {
    let step = missing(request, session, consent, now);
    if !request.prompts.is_none() {
        return step;
    }
    NextStep::Refuse(match step {
        NextStep::Go | NextStep::Refuse(_) => return step,
        NextStep::Login { .. } => OAuthCode::LoginRequired,
        NextStep::SelectAccount => OAuthCode::AccountSelectionRequired,
        NextStep::Consent => OAuthCode::ConsentRequired,
        // It could be met, only not in silence.
        NextStep::StepUp { .. } | NextStep::SignUp => OAuthCode::InteractionRequired,
    })
}

fn missing(request: &AuthorizationRequest, session: &SessionFacts, consent: &ConsentFacts, now: Timestamp) -> NextStep {
    let login = |reason, is_forced| NextStep::Login { reason, is_forced };
    let is_asked = |prompt| request.prompts.contains(prompt);
    let is_fresh = session.person.is_some_and(|person| person.auth_time >= session.begun_at);

    if is_asked(Prompt::Create) && !is_fresh {
        return NextStep::SignUp;
    }
    let Some(person) = session.person else { return login(LoginReason::NobodyIsSignedIn, false) };
    if (is_asked(Prompt::SelectAccount) || session.has_several) && !session.has_chosen && !is_fresh {
        return NextStep::SelectAccount;
    }
    if is_asked(Prompt::Login) && !is_fresh {
        return login(LoginReason::Asked, true);
    }
    if !person.is_meant {
        // Whoever just signed in is whom the browser has: to ask again would go round in circles.
        return if is_fresh {
            NextStep::Refuse(OAuthCode::LoginRequired)
        } else {
            login(LoginReason::SomebodyElse, true)
        };
    }
    let is_too_old = |seconds: u32| now.since(person.auth_time) > Duration::from_secs(seconds.into());
    if request.max_age.is_some_and(is_too_old) && !is_fresh {
        return login(LoginReason::TooLongAgo, true);
    }
    if let Some(step) = raise(request, person) {
        return step;
    }
    if lacks_consent(request, consent) { NextStep::Consent } else { NextStep::Go }
}

/// Any one of the classes will do, so the lowest is enough. A wish that can't be met is let go; where it is essential that is a
/// refusal (OpenID Connect Core 1.0, section 5.5.1.1; RFC 9470, section 5).
fn raise(request: &AuthorizationRequest, person: SignedIn) -> Option<NextStep> {
    let (classes, is_essential) = request.wanted_acr();
    if classes.is_empty() {
        return None;
    }
    let level = classes.into_iter().filter_map(level_of_acr).min();
    match level.filter(|level| *level <= person.highest_level.max(person.level)) {
        Some(level) if level <= person.level => None,
        // A wish is not worth a refusal.
        Some(_) if request.prompts.is_none() && !is_essential => None,
        Some(level) => Some(NextStep::StepUp { level }),
        None => is_essential.then_some(NextStep::Refuse(OAuthCode::UnmetAuthenticationRequirements)),
    }
}

/// `prompt=consent` asks the tenant's own applications' people too.
fn lacks_consent(request: &AuthorizationRequest, consent: &ConsentFacts) -> bool {
    if consent.is_fresh {
        return false;
    }
    let is_covered = || {
        request.consent_scopes().is_subset_of(&consent.scopes)
            && request.resources.iter().all(|resource| consent.resources.contains(resource))
            && request.authorization_details.is_covered_by(&consent.authorization_details)
    };
    request.prompts.contains(Prompt::Consent) || !(consent.is_skipped || is_covered())
}
