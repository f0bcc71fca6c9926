//! What the application wants to know before a sign-in is complete.

use std::collections::BTreeMap;

use edge::{Browser, Endpoint, Failure, Fields, Html, Reply};
use lifecycle::profile::{self, Question};
use macros::endpoint;
use pages::{Form, say};
use serde_json::{Value, json};

use super::{go_on, pending::must_have_flow, questions};
use crate::{frame, problem, return_to::ReturnTo, show};

/// The names are the application's own, so that they are compared with what was asked.
type Sent = BTreeMap<String, Option<String>>;

pub(super) fn endpoints() -> [Endpoint; 1] {
    [answer_questions()]
}

/// Answer what a sign-in waits for
#[endpoint(POST "/sign-in/profile", id = "pages.step.profile", limit = SignIn)]
async fn answer_questions(cx: Browser, form: Fields<Sent>) -> Reply<Html> {
    let mut sent = form.0;
    let to = ReturnTo::checked(&cx, sent.remove("return_to").flatten())?;
    let flow = must_have_flow(&cx)?;
    let asked = profile::questions(&cx, flow).await?;
    let answers = questions::read(&asked, &sent)?;
    match profile::answer(&cx, flow, &answers).await {
        Ok(Some(outcome)) => go_on(&cx, outcome, &to),
        Ok(None) => cx.go(&to.via("/sign-in/continue")),
        Err(failure) if failure.reason() == "flow_not_found" => Err(failure),
        Err(failure) => {
            let page = page(&asked, &sent, &told(&cx, &failure), &to);
            Err(show::refused(&cx, failure, "profile", &page, &to))
        }
    }
}

/// The page at first sight.
pub(super) fn first(cx: &Browser, asked: &[Question], to: &ReturnTo) -> Reply<Html> {
    show::page(cx, "profile", &page(asked, &Sent::new(), &Form::new(), to), to)
}

fn page(asked: &[Question], sent: &Sent, form: &Form, to: &ReturnTo) -> Value {
    let views: Vec<Value> = asked.iter().map(|question| questions::view(question, sent)).collect();
    let kept = asked.iter().filter_map(|question| {
        let key = questions::key(question);
        Some((key.clone(), sent.get(&key)?.clone()?))
    });
    let form = kept.fold(form.clone(), |form, (key, text)| form.value(key, text));
    json!({ "form": form, "questions": views, "return_to": to.as_deref() })
}

/// What is wrong, beside the questions that it is about.
fn told(cx: &Browser, failure: &Failure) -> Form {
    let locale = frame::of(cx).locale();
    let mut form = Form::new();
    for field in &failure.refusal().fields {
        let Some(name) = field.field.strip_prefix("answers.") else { continue };
        let text = say(locale, &format!("field-{}", field.code)).unwrap_or_else(|| field.message.clone());
        form = form.error(questions::key_of(name), text);
    }
    if form.has_error() { form } else { problem::told(form, locale, failure, &[]) }
}
