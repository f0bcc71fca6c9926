//! What an application wants to know before a sign-in is complete: another domain's affair, asked here.

use std::{future::Future, pin::Pin};

use edge::{Context, Failure};
use store::{Reader, StoreError};

use super::machine::Evidence;
use crate::users::{User, UserId};

/// Whoever knows what a person must answer, if there is one.
pub struct OpenQuestions(pub Option<HasOpenQuestions>);

/// Is there something that the user must answer now?
pub type HasOpenQuestions =
    for<'a> fn(&'a Reader<'a>, UserId) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>>;

/// Asked only where the application makes sign-ins wait for it, and not again of somebody who is in.
pub(super) async fn are_open(cx: &Context, user: &User, evidence: &Evidence) -> Result<bool, Failure> {
    let is_asked = tenancy::settings_of(cx.tenant()).sign_in.complete_profile;
    match cx.part::<OpenQuestions>().0 {
        Some(has_open) if is_asked && evidence.wanted.is_none() && !evidence.profile => {
            Ok(has_open(&cx.read(), user.id).await?)
        }
        _ => Ok(false),
    }
}
