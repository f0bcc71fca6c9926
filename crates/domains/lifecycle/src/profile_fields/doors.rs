//! What a sign-in still wants to know, for pages: the slice's use cases with plain values.

use std::collections::BTreeMap;

use edge::{Context, Failure};
use identity::flows::{self, FlowId, Outcome};
use serde_json::Value;

pub use super::model::{FieldKind, FieldOption, TextFormat};
use super::{
    ProfileField,
    model::Definition,
    progress::{MOST_QUESTIONS, Person, standing, whose},
};

/// A field as the person sees it.
#[derive(Clone, Debug)]
pub struct Question {
    /// For programs.
    pub name: String,
    pub label: String,
    pub help: Option<String>,
    pub kind: FieldKind,
    pub required: bool,
}

impl From<ProfileField> for Question {
    fn from(field: ProfileField) -> Self {
        let Definition { label, help, kind, required, .. } = field.definition;
        Self { name: field.name, label, help, kind, required }
    }
}

/// What a pending sign-in asks now, in the order in which it is to be asked.
pub async fn questions(cx: &Context, flow: FlowId) -> Result<Vec<Question>, Failure> {
    let person = whose(cx, Some(flow)).await?;
    let open = standing(cx, &person, &BTreeMap::new()).await?.open(&[]);
    Ok(open.into_iter().take(MOST_QUESTIONS).map(Question::from).collect())
}

/// Answers, by the fields' names. What became of the sign-in, or nothing while something that is required is still open.
pub async fn answer(cx: &Context, flow: FlowId, answers: &BTreeMap<String, Value>) -> Result<Option<Outcome>, Failure> {
    let person = whose(cx, Some(flow)).await?;
    let open = standing(cx, &person, answers).await?.open(&[]);
    match person {
        Person::Waiting(prepared, _) if !open.iter().any(|field| field.definition.required) => {
            flows::take(cx, *prepared).await.map(Some)
        }
        Person::Waiting(..) | Person::SignedIn { .. } => Ok(None),
    }
}
