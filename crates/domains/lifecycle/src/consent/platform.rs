//! `/v1/consent`.

use edge::{Body, CanOrSelf, Context, Endpoint, Query, Reply, ok};
use identity::users::{User, UserId};
use kernel::{Id, Refusal, Timestamp, ports::SessionCaller};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ConsentRead, ConsentWrite,
    actions::{self, Decision, Proof, Stand},
    error::ConsentError,
    model::{Record, Recorder, Standing, standing},
};

/// Where a person stands with everything that the application asks for.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PersonConsent")]
struct ConsentView {
    /// Absent where nobody was named.
    user_id: Option<Id<User>>,
    purposes: Vec<PurposeView>,
    /// What was said, the latest first; two hundred entries at most.
    history: Vec<RecordView>,
}

/// One thing that people may agree to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConsentPurposeStanding")]
struct PurposeView {
    purpose: String,
    /// Of the current text.
    version: u32,
    title: String,
    description: Option<String>,
    url: Option<String>,
    required: bool,
    state: Standing,
    /// Of the text that the latest word was about.
    decided_version: Option<u32>,
    decided_at: Option<Timestamp>,
}

/// One word, with what proves it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConsentRecord")]
struct RecordView {
    purpose: String,
    version: u32,
    granted: bool,
    decided_at: Timestamp,
    recorded_by: Recorder,
    ip: Option<String>,
    user_agent: Option<String>,
    /// Where and with which words, as the application says.
    evidence: Option<String>,
}

impl From<Stand> for ConsentView {
    fn from(stand: Stand) -> Self {
        let purposes = stand.purposes.into_iter().map(|(purpose, word)| PurposeView {
            state: standing(&purpose, word.as_ref()),
            purpose: purpose.name,
            version: purpose.version,
            title: purpose.title,
            description: purpose.description,
            url: purpose.url,
            required: purpose.required,
            decided_version: word.as_ref().map(|word| word.version),
            decided_at: word.map(|word| word.decided_at),
        });
        Self {
            user_id: stand.user,
            purposes: purposes.collect(),
            history: stand.history.into_iter().map(RecordView::from).collect(),
        }
    }
}

impl From<Record> for RecordView {
    fn from(record: Record) -> Self {
        let Record { word, recorded_by, ip, user_agent, evidence } = record;
        Self {
            purpose: word.purpose,
            version: word.version,
            granted: word.is_granted,
            decided_at: word.decided_at,
            recorded_by,
            ip,
            user_agent,
            evidence,
        }
    }
}

/// Whose consent to read.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ConsentQuery {
    /// This user's; a person's own without it.
    user_id: Option<Id<User>>,
}

/// What somebody says.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConsentPut {
    /// Who says it; a person themselves without it.
    user_id: Option<Id<User>>,
    /// Each purpose once.
    decisions: Vec<ConsentDecision>,
    /// What proves it, as the application saw it. Of a person who is signed in address and user agent are seen by the server.
    proof: Option<ConsentProof>,
}

/// What somebody says about one purpose.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConsentDecision {
    purpose: String,
    /// Of the text that was shown.
    version: u32,
    granted: bool,
}

/// What proves a word.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ConsentProof {
    /// The person's address.
    ip: Option<std::net::IpAddr>,
    /// The person's browser.
    user_agent: Option<String>,
    /// Where and with which words.
    evidence: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [get_consent(), record_consent()]
}

/// Get consent
///
/// What the application asks for, which text is the current one, and what the person said about it. An API key names the person in
/// `user_id`, and without it learns what people are asked for.
#[endpoint(GET "/v1/consent", id = "consent.get", errors = ConsentError)]
async fn get_consent(cx: CanOrSelf<ConsentRead>, query: Query<ConsentQuery>) -> Reply<ConsentView> {
    let user = whose(cx.confined_to(), query.0.user_id)?;
    ok(actions::get(&cx, user).await?)
}

/// Record consent
///
/// Agreement or withdrawal, with what proves it. What was said before stays in the history; what was said already is not recorded
/// twice. Agreement is to the current text alone.
#[endpoint(PUT "/v1/consent", id = "consent.replace", errors = ConsentError)]
async fn record_consent(cx: CanOrSelf<ConsentWrite>, body: Body<ConsentPut>) -> Reply<ConsentView> {
    let ConsentPut { user_id, decisions, proof } = body.0;
    let user = whose(cx.confined_to(), user_id)?.ok_or(ConsentError::UserRequired)?;
    let proof = proof_of(&cx, cx.confined_to().is_some(), proof.unwrap_or_default())?;
    let decisions = decisions.into_iter().map(Decision::from).collect();
    ok(actions::record(&cx, user, decisions, &proof).await?)
}

impl From<ConsentDecision> for Decision {
    fn from(decision: ConsentDecision) -> Self {
        let ConsentDecision { purpose, version, granted } = decision;
        Self { purpose, version, is_granted: granted }
    }
}

fn whose(person: Option<&SessionCaller>, named: Option<UserId>) -> Result<Option<UserId>, ConsentError> {
    let Some(person) = person else { return Ok(named) };
    let own: UserId = Id::from_uuid(person.user_id);
    if named.is_none_or(|named| named == own) { Ok(Some(own)) } else { Err(ConsentError::NotYours) }
}

/// A person's own address and browser are seen; an application tells what it saw.
fn proof_of(cx: &Context, is_person: bool, told: ConsentProof) -> Result<Proof, Refusal> {
    const MOST: usize = 1_000;
    let text = |field: &'static str, text: Option<String>| match text {
        Some(text) if text.chars().count() > MOST || text.chars().any(char::is_control) => {
            Err(Refusal::validation(field, "invalid", format!("Up to {MOST} characters on one line.")))
        }
        text => Ok(text),
    };
    let evidence = text("proof.evidence", told.evidence)?;
    if is_person {
        if told.ip.is_some() || told.user_agent.is_some() {
            return Err(ConsentError::NotYours.into());
        }
        let user_agent = cx.user_agent().map(|agent| agent.chars().take(MOST).collect());
        return Ok(Proof { recorded_by: Recorder::Person, ip: cx.ip().map(|ip| ip.to_string()), user_agent, evidence });
    }
    Ok(Proof {
        recorded_by: Recorder::Application,
        ip: told.ip.map(|ip| ip.to_string()),
        user_agent: text("proof.user_agent", told.user_agent)?,
        evidence,
    })
}
