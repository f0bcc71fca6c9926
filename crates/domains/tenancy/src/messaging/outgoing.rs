//! Putting a message on its way.

use edge::{Context, Failure};
use kernel::{Id, Timestamp};
use serde_json::{Value, json};
use store::{NewJob, StoreError};
use vault::Place;

use super::{
    Address, Channel, DELIVER_JOB, Message, SendError, Template, senders,
    store::{self as rows, Content, MessageRow},
};
use crate::settings_of;

/// Facts as text are cut beyond this; a link with a token has about 300 characters.
const LONGEST_FACT: usize = 2_000;

/// What is to be said to whom.
#[derive(Debug)]
pub struct Outgoing<'a> {
    pub template: Template,
    pub to: Address,
    /// The language that the person prefers (BCP 47), if it is known.
    pub locale: Option<&'a str>,
    /// By the template's names for them; text and numbers. `link` and `code` are secrets and stay sealed.
    pub facts: Value,
    /// The message is worthless afterwards and is not sent any more.
    pub expires_at: Timestamp,
}

/// Puts the message into the request's transaction. It goes out once that has committed, and not if it rolls back.
pub async fn send(cx: &Context, outgoing: Outgoing<'_>) -> Result<Id<Message>, Failure> {
    let Outgoing { template, to, locale, facts, expires_at } = outgoing;
    let facts = known_facts(template, facts)?;
    if let Some(link) = facts.get("link").and_then(Value::as_str)
        && !is_own_link(cx, link)
    {
        return Err(StoreError::Internal(format!("a message {}: its link leads elsewhere", template.as_str())).into());
    }
    let id: Id<Message> = cx.new_id();
    let channel = to.channel();
    let content = Content { to, locale: locale.map(str::to_owned), facts };
    let sealed = cx.vault().seal(&place(cx.tenant_id(), &id), &content.to_bytes()?);
    let row = MessageRow { id, channel, template, content: sealed, attempts: 0, created_at: cx.now(), expires_at };
    let tx = cx.tx().await?;
    rows::insert(tx, &row).await?;
    tx.enqueue(job(id, cx.now()));
    Ok(id)
}

/// Doors that need a message are closed where there is nothing to send one with.
pub async fn must_be_able(cx: &Context, channel: Channel) -> Result<(), Failure> {
    if can_send(cx, channel).await? { Ok(()) } else { Err(SendError::SenderMissing.into()) }
}

/// Is there a way for messages of this channel?
pub async fn can_send(cx: &Context, channel: Channel) -> Result<bool, Failure> {
    let courier = cx.part::<deliver::Courier>();
    let has_default = courier.mailbox().is_some() || (channel == Channel::Email && courier.default_mail().is_some());
    Ok(has_default || senders::has_sender(&cx.read(), channel).await?)
}

pub(super) fn job(id: Id<Message>, run_at: Timestamp) -> NewJob {
    NewJob { kind: DELIVER_JOB, payload: json!({ "message_id": id }), run_at, unique_key: Some(id.to_string()) }
}

pub(super) fn place(tenant: kernel::TenantId, id: &Id<Message>) -> Place<'_> {
    Place { tenant, column: "messages.content", row: id.as_bytes() }
}

/// Links lead to where the application was configured to be, whatever a request said.
fn is_own_link(cx: &Context, link: &str) -> bool {
    let origin = |url: &str| url::Url::parse(url).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
    let Some(wanted) = origin(link) else { return false };
    let settings = settings_of(cx.tenant());
    let urls = &settings.urls;
    let pages = [&urls.home_url, &urls.sign_in_url, &urls.sign_up_url, &urls.reset_password_url];
    let own = [cx.tenant().issuer.as_str(), cx.public_url()].into_iter();
    let configured = pages.into_iter().flatten().chain(&settings.redirect_uris).chain(&settings.allowed_origins);
    own.chain(configured.map(String::as_str)).filter_map(origin).any(|known| known == wanted)
}

/// What the template knows, as text; anything else is a mistake of ours that must not reach people.
fn known_facts(template: Template, facts: Value) -> Result<serde_json::Map<String, Value>, StoreError> {
    let wrong = |what: String| StoreError::Internal(format!("a message {}: {what}", template.as_str()));
    let Value::Object(mut facts) = facts else { return Err(wrong("its facts are no object".to_owned())) };
    facts.retain(|_, fact| !fact.is_null());
    for (name, fact) in &mut facts {
        if !template.facts().any(|known| known == name) {
            return Err(wrong(format!("it has no fact {name}")));
        }
        let text = match fact {
            Value::String(text) => text.chars().take(LONGEST_FACT).collect(),
            Value::Number(number) => number.to_string(),
            _ => return Err(wrong(format!("{name} is no text"))),
        };
        *fact = Value::String(text);
    }
    if template.is_served_by(|name| facts.contains_key(name)) {
        Ok(facts)
    } else {
        Err(wrong(format!("it needs {:?}", template.needs())))
    }
}
