//! Making challenges and redeeming them, for every kind.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge::{Context, Failure, Limit};
use kernel::{Refusal, Secret};
use tenancy::{messaging::Channel, settings_of};

use super::{
    ChallengeError, ChallengeId,
    model::{Challenge, ChallengeKind, NewChallenge, channel_of},
    store::{self, Digests, Presented},
};

const DAY: Duration = Duration::from_hours(24);
/// Says to people and to secret scanners what it is.
const TOKEN_PREFIX: &str = "pc_ch_";
const CODE_DIGITS: u32 = 1_000_000;

/// A challenge whose secret is a token of 256 random bits, for a link or a redirect.
pub async fn link(cx: &Context, new: NewChallenge<'_>) -> Result<(ChallengeId, Secret), Failure> {
    let id = cx.new_id();
    let secret: [u8; 32] = cx.env().random();
    if new.kind.is_sent() {
        cx.count_network(Limit::Message)?;
    }
    insert(cx, id, &secret, &new).await?;
    Ok((id, token(id, &secret)))
}

/// The same within a sign-up, whose own limit holds for the network.
pub async fn link_at_sign_up(cx: &Context, new: NewChallenge<'_>) -> Result<(ChallengeId, Secret), Failure> {
    let id = cx.new_id();
    let secret: [u8; 32] = cx.env().random();
    insert(cx, id, &secret, &new).await?;
    Ok((id, token(id, &secret)))
}

/// A challenge whose secret is six digits, for a message that a person types off.
pub async fn code(cx: &Context, new: NewChallenge<'_>) -> Result<(ChallengeId, Secret), Failure> {
    let id = cx.new_id();
    let code = format!("{:06}", digits(cx));
    if new.kind.is_sent() {
        cx.count_network(Limit::Message)?;
    }
    insert(cx, id, code.as_bytes(), &new).await?;
    Ok((id, Secret::new(code)))
}

/// A number below a million, each as likely as the next.
fn digits(cx: &Context) -> u32 {
    const FAIR: u32 = u32::MAX - u32::MAX % CODE_DIGITS;
    loop {
        let number = u32::from_be_bytes(cx.env().random());
        if number < FAIR {
            return number % CODE_DIGITS;
        }
    }
}

/// The text of a link's token.
pub fn token(id: ChallengeId, secret: &[u8; 32]) -> Secret {
    Secret::new(format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode([&id.as_bytes()[..], secret].concat())))
}

async fn insert(cx: &Context, id: ChallengeId, secret: &[u8], new: &NewChallenge<'_>) -> Result<(), Failure> {
    let digests = Digests {
        secret: secret_mac(cx, new.kind, id, secret),
        subject: new
            .subject
            .map(|subject| cx.vault().mac("challenge subject", &[cx.tenant_id().as_bytes(), subject.as_bytes()])),
        browser: new.browser.map(|browser| vault::digest(browser.reveal().as_bytes())),
    };
    if let (true, Some(subject), Some(mac)) = (new.kind.is_sent(), new.subject, &digests.subject) {
        within_the_caps(cx, subject, mac).await?;
    }
    Ok(store::insert(cx.tx().await?, id, new, &digests, cx.now()).await?)
}

/// The caps of an address and of all numbers together: the same for addresses that have an account and for those
/// that have none. With the five tries of each challenge the first also bounds how often a code can be guessed in a day.
async fn within_the_caps(cx: &Context, subject: &str, subject_mac: &[u8; 32]) -> Result<(), Failure> {
    let limits = &settings_of(cx.tenant()).limits;
    let (read, since) = (cx.read(), cx.now() - DAY);
    let to_address = store::count_to_address(&read, subject_mac, since).await?;
    match channel_of(subject) {
        Channel::Email => below(cx, to_address, limits.emails_per_address)?,
        Channel::Sms => {
            if !limits.reaches(subject) {
                return Err(ChallengeError::NotReached.into());
            }
            below(cx, to_address, limits.sms_per_number)?;
            below(cx, store::count_sms(&read, since).await?, limits.sms_per_day)?;
        }
    }
    Ok(())
}

fn below(cx: &Context, (sent, oldest): store::Counted, most: u32) -> Result<(), Refusal> {
    if sent < most {
        return Ok(());
    }
    let wait = oldest.map_or(DAY, |oldest| (oldest + DAY).since(cx.now()));
    Err(Refusal::from(ChallengeError::TooMany).with_retry_after(wait))
}

/// Redeem a link's token: once, by one of however many that try.
///
/// `browser` is what the presenting browser holds; `any_browser` is the policy that lets another one redeem. A token that is right
/// but in the wrong browser is refused without being used up.
pub async fn take(
    cx: &Context,
    kind: ChallengeKind,
    token: &Secret,
    browser: Option<&Secret>,
    any_browser: bool,
) -> Result<Challenge, Failure> {
    let presented = presented(cx, kind, token, browser, any_browser).ok_or(ChallengeError::InvalidToken)?;
    if let Some(challenge) = store::take(cx.tx().await?, &presented, cx.now()).await? {
        return Ok(challenge);
    }
    match store::look(cx.tx().await?, &presented, cx.now()).await? {
        Some(_) => Err(ChallengeError::OtherBrowser.into()),
        None => Err(ChallengeError::InvalidToken.into()),
    }
}

/// What a link's token would redeem, without redeeming it: for the page that a mail scanner may open as well.
pub async fn look(cx: &Context, kind: ChallengeKind, token: &Secret) -> Result<Challenge, Failure> {
    let presented = presented(cx, kind, token, None, true).ok_or(ChallengeError::InvalidToken)?;
    Ok(store::look(&cx.read(), &presented, cx.now()).await?.ok_or(ChallengeError::InvalidToken)?)
}

/// The same of a code: for whoever has long work to do before it is redeemed. A wrong one is not counted here.
pub async fn look_code(
    cx: &Context,
    kind: ChallengeKind,
    id: ChallengeId,
    code: &Secret,
) -> Result<Option<Challenge>, Failure> {
    Ok(store::look(&cx.read(), &presented_code(cx, kind, id, code), cx.now()).await?)
}

/// What became of a presented code.
pub enum CodeOutcome {
    Right(Challenge),
    /// Counted: commit it, by refusing with [`edge::refuse`].
    Wrong,
}

/// Redeem a code: once, within five tries.
pub async fn take_code(
    cx: &Context,
    kind: ChallengeKind,
    id: ChallengeId,
    code: &Secret,
) -> Result<CodeOutcome, Failure> {
    let presented = presented_code(cx, kind, id, code);
    let tx = cx.tx().await?;
    if let Some(challenge) = store::take(tx, &presented, cx.now()).await? {
        return Ok(CodeOutcome::Right(challenge));
    }
    store::miss(tx, id, kind).await?;
    Ok(CodeOutcome::Wrong)
}

fn presented_code(cx: &Context, kind: ChallengeKind, id: ChallengeId, code: &Secret) -> Presented {
    // People type spaces and hyphens where the message shows none.
    let digits: String = code.reveal().chars().filter(|letter| !matches!(letter, ' ' | '-')).take(16).collect();
    let secret = secret_mac(cx, kind, id, digits.as_bytes());
    Presented { id, kind, secret, browser: None, any_browser: true }
}

fn presented(
    cx: &Context,
    kind: ChallengeKind,
    token: &Secret,
    browser: Option<&Secret>,
    any_browser: bool,
) -> Option<Presented> {
    let bytes: [u8; 48] = URL_SAFE_NO_PAD.decode(token.reveal().strip_prefix(TOKEN_PREFIX)?).ok()?.try_into().ok()?;
    let (id, secret) = bytes.split_first_chunk::<16>()?;
    let id = ChallengeId::from_slice(id)?;
    Some(Presented {
        id,
        kind,
        secret: secret_mac(cx, kind, id, secret),
        browser: browser.map(|browser| vault::digest(browser.reveal().as_bytes())),
        any_browser,
    })
}

fn secret_mac(cx: &Context, kind: ChallengeKind, id: ChallengeId, secret: &[u8]) -> [u8; 32] {
    cx.vault().mac("challenge", &[cx.tenant_id().as_bytes(), kind.name().as_bytes(), id.as_bytes(), secret])
}
