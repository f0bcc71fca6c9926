//! What a sign-up screen may ask: the fields that are due at somebody's first visit.

use std::{future::Future, pin::Pin};

use identity::profile_fields::SignUpField;
use store::{Reader, StoreError};

use super::{ProfileField, model::Definition, progress::MOST_QUESTIONS, store as rows};

/// For `identity`, which can't look itself. Anybody may read it, so there are as many as a person is asked at once, and of a field what a
/// person sees.
pub fn asked_at_sign_up<'a>(
    read: &'a Reader<'a>,
) -> Pin<Box<dyn Future<Output = Result<Vec<SignUpField>, StoreError>> + Send + 'a>> {
    Box::pin(async move {
        let fields = rows::active(read).await?;
        let due = fields.into_iter().filter(|field| field.is_due(1, &[]));
        Ok(due.take(MOST_QUESTIONS).map(SignUpField::from).collect())
    })
}

impl From<ProfileField> for SignUpField {
    fn from(field: ProfileField) -> Self {
        let Definition { label, help, kind, required, .. } = field.definition;
        Self { name: field.name, label, help, kind, required }
    }
}
