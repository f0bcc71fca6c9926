//! Recording and reading consent.

use edge::{Context, Failure};
use identity::users::{UserId, bulk};
use kernel::{Id, Refusal};
use tenancy::{settings::ConsentPurpose, settings_of};

use super::{
    error::ConsentError,
    event::{ConsentGranted, ConsentWithdrawn},
    model::{Record, Recorder, Word},
    store::{self, Entry},
};

/// What is to be recorded about one purpose.
pub(super) struct Decision {
    pub(super) purpose: String,
    pub(super) version: u32,
    pub(super) is_granted: bool,
}

/// What proves it.
#[derive(Clone)]
pub(super) struct Proof {
    pub(super) recorded_by: Recorder,
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) evidence: Option<String>,
}

/// Where a person stands.
pub(super) struct Stand {
    pub(super) user: Option<UserId>,
    pub(super) purposes: Vec<(ConsentPurpose, Option<Word>)>,
    pub(super) history: Vec<Record>,
}

const MOST: usize = 50;

/// Without a user, what people are asked for at all.
pub(super) async fn get(cx: &Context, user: Option<UserId>) -> Result<Stand, Failure> {
    let (words, history) = match user {
        Some(user) => {
            must_exist(cx, user).await?;
            (store::words(&cx.read(), user).await?, store::history(&cx.read(), user).await?)
        }
        None => (Vec::new(), Vec::new()),
    };
    Ok(stand(cx, user, &words, history))
}

/// Saying the same once more is no news: nothing is written and the first time stands.
pub(super) async fn record(
    cx: &Context,
    user: UserId,
    decisions: Vec<Decision>,
    proof: &Proof,
) -> Result<Stand, Failure> {
    let is_once = decisions
        .iter()
        .enumerate()
        .all(|(index, decision)| decisions[..index].iter().all(|before| before.purpose != decision.purpose));
    if !is_once || !(1..=MOST).contains(&decisions.len()) {
        return Err(ConsentError::Decisions.into());
    }
    must_exist(cx, user).await?;
    for decision in &decisions {
        check(cx, decision)?;
    }
    let mut words = store::words(&cx.read(), user).await?;
    for Decision { purpose, version, is_granted } in decisions {
        let word = Word { purpose, version, is_granted, decided_at: cx.now() };
        let before = words.iter().position(|known| known.purpose == word.purpose);
        let is_news = before.is_none_or(|at| (words[at].version, words[at].is_granted) != (version, is_granted));
        if !is_news {
            continue;
        }
        append(cx, user, &word, proof).await?;
        match before {
            Some(at) => words[at] = word,
            None => words.push(word),
        }
    }
    let history = match cx.tx().await {
        // Within the transaction, which holds what was just said.
        Ok(tx) => store::history(tx, user).await?,
        Err(error) => return Err(error.into()),
    };
    Ok(stand(cx, user.into(), &words, history))
}

async fn append(cx: &Context, user: UserId, word: &Word, proof: &Proof) -> Result<(), Failure> {
    let Proof { recorded_by, ip, user_agent, evidence } = proof.clone();
    let id: Id<Entry> = cx.new_id();
    let tx = cx.tx().await?;
    store::append(tx, user, id, &Record { word: word.clone(), recorded_by, ip, user_agent, evidence }).await?;
    let (purpose, version) = (word.purpose.clone(), word.version);
    if word.is_granted {
        tx.emit(&ConsentGranted { user_id: user, purpose, version });
    } else {
        tx.emit(&ConsentWithdrawn { user_id: user, purpose, version });
    }
    Ok(())
}

/// Nobody agrees to a text that is not there any more; what was agreed to can be withdrawn whatever the text is now.
fn check(cx: &Context, decision: &Decision) -> Result<(), ConsentError> {
    let purpose = settings_of(cx.tenant()).consent.purpose(&decision.purpose).ok_or(ConsentError::UnknownPurpose)?;
    if decision.is_granted && decision.version != purpose.version { Err(ConsentError::Outdated) } else { Ok(()) }
}

async fn must_exist(cx: &Context, user: UserId) -> Result<(), Failure> {
    bulk::find(&cx.read(), user).await?.map(drop).ok_or_else(|| Refusal::not_found().into())
}

fn stand(cx: &Context, user: Option<UserId>, words: &[Word], history: Vec<Record>) -> Stand {
    let of = |purpose: &ConsentPurpose| words.iter().find(|word| word.purpose == purpose.name).cloned();
    let purposes = settings_of(cx.tenant()).consent.purposes.iter();
    Stand { user, purposes: purposes.map(|purpose| (purpose.clone(), of(purpose))).collect(), history }
}
