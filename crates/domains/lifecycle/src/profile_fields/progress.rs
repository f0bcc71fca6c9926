//! `POST /v1/profile/progress`: answering, and learning what comes next.

use std::collections::BTreeMap;

use edge::{Body, Context, Endpoint, Failure, MaybeSignedIn, Reply, Transport, ok};
use identity::{
    flows::{self, FlowId, Prepared, SignInResult, Step, platform_result},
    sessions::SessionId,
    users::UserId,
};
use kernel::{ErrorCode, Id, Refusal};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ProfileField,
    answer::answer,
    error::ProgressError,
    event::ProfileAnswered,
    model::{Ask, FieldKind},
    store,
};

/// Answers, and what the application would like to know now.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "ProfileProgressRequest")]
struct ProgressRequest {
    /// By the fields' names; `null` declines one that is not required.
    answers: BTreeMap<String, Value>,
    /// Names of fields that are asked on demand, to be asked now.
    ask_for: Vec<String>,
    /// A sign-in that waits for answers, in the place of a session.
    flow_id: Option<FlowId>,
    /// Where to put the tokens of a sign-in that is complete with these answers.
    transport: Transport,
}

/// What to ask next.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProfileProgress")]
struct ProgressView {
    /// In the order in which they are to be asked, twenty at most.
    next: Vec<QuestionView>,
    /// Is nothing open that must be answered now?
    complete: bool,
    /// What the person has answered, by the fields' names; `null` where they declined.
    answers: BTreeMap<String, Value>,
    /// What became of the sign-in that waited.
    sign_in: Option<SignInResult>,
}

/// A field as the person sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProfileQuestion")]
struct QuestionView {
    name: String,
    label: String,
    help: Option<String>,
    kind: FieldKind,
    required: bool,
    ask: Ask,
}

impl From<ProfileField> for QuestionView {
    fn from(field: ProfileField) -> Self {
        let definition = field.definition;
        Self {
            name: field.name,
            label: definition.label,
            help: definition.help,
            kind: definition.kind,
            required: definition.required,
            ask: definition.ask,
        }
    }
}

/// At once.
pub(super) const MOST_QUESTIONS: usize = 20;
const MOST_ANSWERS: usize = 100;

pub(super) fn endpoints() -> [Endpoint; 1] {
    [progress()]
}

/// Answer profile fields
///
/// Send what the person answered and learn what to ask next; send nothing to learn what to ask first. Call it once after each
/// sign-in: that is how the nth one is counted. A sign-in in the state `profile_required` sends its `flow_id` in the place of a
/// session, and is complete once all that is required is answered.
#[endpoint(POST "/v1/profile/progress", id = "profile.progress", errors = ProgressError,
           silent = "asking what comes next is no news; answers are, and emit")]
async fn progress(cx: MaybeSignedIn, body: Body<ProgressRequest>) -> Reply<ProgressView> {
    let ProgressRequest { answers, ask_for, flow_id, transport } = body.0;
    let person = whose(&cx, flow_id).await?;
    let known = standing(&cx, &person, &answers).await?;
    let view = known.view(&ask_for);
    match person {
        Person::Waiting(prepared, _) if view.complete => {
            let outcome = flows::take(&cx, *prepared).await?;
            platform_result(&cx, outcome, transport, |result| ProgressView { sign_in: Some(result), ..view })
        }
        Person::Waiting(..) | Person::SignedIn { .. } => ok(view),
    }
}

/// Who answers.
pub(super) enum Person {
    SignedIn {
        user: UserId,
        session: SessionId,
    },
    /// A sign-in that waits.
    Waiting(Box<Prepared>, UserId),
}

impl Person {
    const fn user(&self) -> UserId {
        match self {
            Self::SignedIn { user, .. } | Self::Waiting(_, user) => *user,
        }
    }
}

pub(super) async fn whose(cx: &Context, flow_id: Option<FlowId>) -> Result<Person, Failure> {
    match (flow_id, cx.session()) {
        (Some(id), _) => {
            let flow = flows::find(cx, id).await?;
            // Whoever has still to prove something may neither read nor write what belongs to the person.
            let user = flow.user_id;
            Ok(Person::Waiting(Box::new(flows::prepare(cx, flow, Step::ProfileCompleted).await?), user))
        }
        (None, Some(session)) => {
            Ok(Person::SignedIn { user: Id::from_uuid(session.user_id), session: Id::from_uuid(session.session_id) })
        }
        (None, None) => Err(ProgressError::WhoseAnswers.into()),
    }
}

/// What is known of a person.
pub(super) struct Known {
    fields: Vec<ProfileField>,
    answers: Vec<(Id<ProfileField>, Value)>,
    visits: i64,
}

/// With these answers in it.
pub(super) async fn standing(cx: &Context, person: &Person, new: &BTreeMap<String, Value>) -> Result<Known, Failure> {
    let user = person.user();
    let read = cx.read();
    let fields = store::active(&read).await?;
    let checked = checked(&fields, new)?;
    let mut answers = store::answers(&read, user).await?;
    let counted = store::visits(&read, user).await?;
    let visits = match (person, counted) {
        (Person::SignedIn { session, .. }, Some((visits, last))) if last == *session => visits,
        (Person::SignedIn { session, .. }, counted) => {
            store::visit(cx.tx().await?, user, *session).await?;
            counted.map_or(0, |(visits, _)| visits) + 1
        }
        // It will be counted when it is a session.
        (Person::Waiting(..), counted) => counted.map_or(0, |(visits, _)| visits) + 1,
    };
    for (field, answer) in &checked {
        store::answer(cx.tx().await?, user, field.id, answer, cx.now()).await?;
        answers.retain(|(id, _)| *id != field.id);
        answers.push((field.id, answer.clone()));
    }
    if !checked.is_empty() {
        let fields = checked.iter().map(|(field, _)| field.name.clone()).collect();
        cx.tx().await?.emit(&ProfileAnswered { user_id: user, fields });
    }
    Ok(Known { fields, answers, visits })
}

/// Each answer against its field; every flaw is told at once.
fn checked<'f>(
    fields: &'f [ProfileField],
    new: &BTreeMap<String, Value>,
) -> Result<Vec<(&'f ProfileField, Value)>, Refusal> {
    let mut refusal = Refusal::new(ErrorCode::Validation, "invalid_fields", "Some answers don't fit.");
    if new.len() > MOST_ANSWERS {
        return Err(refusal.with_field("answers", "too_many", format!("At most {MOST_ANSWERS}.")));
    }
    let mut checked = Vec::new();
    for (name, value) in new {
        let path = format!("answers.{name}");
        match fields.iter().find(|field| field.name == *name) {
            None => refusal = refusal.with_field(path, "unknown", "There is no such field."),
            Some(field) if value.is_null() && !field.definition.required => checked.push((field, Value::Null)),
            Some(_) if value.is_null() => refusal = refusal.with_field(path, "required", "This can't be declined."),
            Some(field) => match answer(&field.definition.kind, value) {
                Ok(answer) => checked.push((field, answer)),
                Err(message) => refusal = refusal.with_field(path, "invalid", message),
            },
        }
    }
    if refusal.fields.is_empty() { Ok(checked) } else { Err(refusal) }
}

impl Known {
    /// All that is to be asked now.
    pub(super) fn open(&self, ask_for: &[String]) -> Vec<ProfileField> {
        // Whoever declined is not asked again, unless it has become required.
        let is_open = |field: &ProfileField| match self.answers.iter().find(|(id, _)| *id == field.id) {
            None => true,
            Some((_, answer)) => answer.is_null() && field.definition.required,
        };
        let due = self.fields.iter().filter(|field| field.is_due(self.visits, ask_for) && is_open(field));
        due.cloned().collect()
    }

    fn view(self, ask_for: &[String]) -> ProgressView {
        let answer_of = |field: &ProfileField| self.answers.iter().find(|(id, _)| *id == field.id);
        let answers = self.fields.iter().filter_map(|field| Some((field.name.clone(), answer_of(field)?.1.clone())));
        let answers: BTreeMap<String, Value> = answers.collect();
        let next = self.open(ask_for);
        ProgressView {
            complete: !next.iter().any(|field| field.definition.required),
            next: next.into_iter().take(MOST_QUESTIONS).map(QuestionView::from).collect(),
            answers,
            sign_in: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::model::tests::field, *};

    #[test]
    fn whoever_declined_is_asked_again_only_where_it_became_required() {
        let optional = |name: &str| {
            let mut field = field(name, FieldKind::Boolean {}, Ask::SignUp {});
            field.definition.required = false;
            field
        };
        let known =
            |field: ProfileField| Known { answers: vec![(field.id, Value::Null)], fields: vec![field], visits: 1 };
        let view = known(optional("news")).view(&[]);
        assert!(view.complete && view.next.is_empty());
        let view = known(field("news", FieldKind::Boolean {}, Ask::SignUp {})).view(&[]);
        assert!(!view.complete && view.next.len() == 1);
    }

    #[test]
    fn every_answer_that_does_not_fit_is_named() {
        let fields =
            [field("a", FieldKind::Boolean {}, Ask::SignUp {}), field("b", FieldKind::Date {}, Ask::SignUp {})];
        let new = [("a", json!(null)), ("b", json!("yesterday")), ("c", json!(1))];
        let new = new.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let refusal = checked(&fields, &new).unwrap_err();
        let named: Vec<String> = refusal.fields.iter().map(|field| format!("{} {}", field.field, field.code)).collect();
        assert_eq!(named, ["answers.a required", "answers.b invalid", "answers.c unknown"]);
    }
}
