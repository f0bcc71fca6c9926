//! What a sign-in asks before it is complete: is there something that this person must answer first?

use std::{future::Future, pin::Pin};

use identity::users::UserId;
use store::{Reader, StoreError};

use super::{ProfileField, store as rows};

/// For `identity`, which can't look itself. The sign-in that asks is one more visit than were counted.
pub fn has_open_questions<'a>(
    read: &'a Reader<'a>,
    user: UserId,
) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>> {
    Box::pin(async move {
        let fields = rows::active(read).await?;
        let required: Vec<ProfileField> = fields.into_iter().filter(|field| field.definition.required).collect();
        if required.is_empty() {
            return Ok(false);
        }
        let visits = rows::visits(read, user).await?.map_or(0, |(visits, _)| visits) + 1;
        let answers = rows::answers(read, user).await?;
        let is_answered =
            |field: &ProfileField| answers.iter().any(|(id, answer)| *id == field.id && !answer.is_null());
        Ok(required.iter().any(|field| field.is_due(visits, &[]) && !is_answered(field)))
    })
}
