//! Adding a factor: begin, then prove it once.

use edge::{Context, Failure, refuse};
use kernel::{Id, Secret, Timestamp};
use serde_json::json;
use tenancy::messaging::Template;
use vault::Place;

use super::{
    FactorError,
    enroller::{Enroller, Road},
    event::{EnrolmentBegun, FactorEnrolled, MfaFailed},
    keys, messages,
    model::{self, ENROLMENT, Factor, FactorFacts, FactorKind},
    qr, recovery_set, store,
};
use crate::{
    challenges::{self, ChallengeKind, CodeOutcome},
    flows::{self, Method, Outcome, Step},
    notices,
    users::User,
};

/// The column of the key, for the seal.
const SECRET: &str = "factors.secret";

/// What to enrol.
pub(super) struct NewFactor {
    pub(super) kind: FactorKind,
    pub(super) name: Option<String>,
    /// Where codes go.
    pub(super) address: Option<String>,
}

/// A factor that waits for its first proof, and what the person needs to give it.
pub(super) struct Begun {
    /// A passkey has none before it is made.
    pub(super) id: Id<Factor>,
    pub(super) kind: FactorKind,
    pub(super) label: String,
    pub(super) expires_at: Timestamp,
    pub(super) key: Option<AppKey>,
    pub(super) passkey_options: Option<serde_json::Value>,
}

/// The key of an authenticator app, shown this once.
pub(super) struct AppKey {
    pub(super) base32: Secret,
    pub(super) uri: Secret,
    pub(super) qr: Option<Secret>,
}

/// What proves a new factor.
pub(super) enum FirstProof {
    Code(Secret),
    Credential(serde_json::Value),
}

/// An active factor.
pub(super) struct Activated {
    pub(super) factor: FactorFacts,
    /// Shown this once, with the first factor.
    pub(super) recovery_codes: Option<Vec<Secret>>,
    /// What became of the sign-in that waited for it.
    pub(super) sign_in: Option<Outcome>,
}

pub(super) async fn begin(cx: &Context, enroller: &Enroller, new: NewFactor) -> Result<Begun, Failure> {
    enroller.must_be_able(cx, new.kind)?;
    let user = &enroller.user;
    let mut factor = Factor {
        id: cx.new_id(),
        user_id: user.id,
        kind: new.kind,
        name: model::checked_name(new.name)?,
        secret: None,
        last_step: None,
        address: None,
        challenge_id: None,
        activated_at: None,
        created_at: cx.now(),
    };
    let (mut key, mut passkey_options) = (None, None);
    match new.kind {
        FactorKind::Totp => {
            let bytes: [u8; otp::KEY_BYTES] = cx.env().random();
            factor.secret = Some(cx.vault().seal(&place(cx, &factor.id), &bytes));
            key = Some(app_key(cx, user, &bytes));
            insert(cx, &factor).await?;
        }
        FactorKind::Sms | FactorKind::Email => {
            let address = model::code_address(new.kind, new.address.as_deref(), user)?;
            messages::must_be_able(cx, new.kind).await?;
            factor.address = Some(address);
            insert(cx, &factor).await?;
            let challenge = messages::send_code(cx, user, &factor, ChallengeKind::FactorEnrolment, None).await?;
            store::note_challenge(cx.tx().await?, &factor, challenge).await?;
        }
        FactorKind::Webauthn => passkey_options = Some(keys::begin_registration(cx, user).await?),
        FactorKind::RecoveryCode => return Err(FactorError::NotAllowed.into()),
    }
    cx.tx().await?.emit(&EnrolmentBegun { user_id: user.id, factor: new.kind });
    Ok(Begun {
        id: factor.id,
        kind: factor.kind,
        label: factor.label(),
        expires_at: cx.now() + ENROLMENT,
        key,
        passkey_options,
    })
}

async fn insert(cx: &Context, factor: &Factor) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    store::drop_pending(tx, factor.user_id, factor.kind).await?;
    Ok(store::insert(tx, factor).await.map_err(FactorError::from)?)
}

/// The first proof: the factor counts from now on, and a sign-in that waited for it goes on.
pub(super) async fn activate(
    cx: &Context,
    enroller: Enroller,
    id: Id<Factor>,
    proof: FirstProof,
) -> Result<Activated, Failure> {
    // Before the factor counts: then the flow would wait for the factor itself.
    let prepared = match &enroller.road {
        Road::Session => None,
        Road::Flow(id, ..) => {
            Some(flows::prepare(cx, flows::find(cx, *id).await?, Step::Enrolled(Method::Totp)).await?)
        }
    };
    let (factor, method) = match proof {
        FirstProof::Code(code) => by_code(cx, &enroller, id, &code).await?,
        FirstProof::Credential(credential) => by_passkey(cx, &enroller, credential).await?,
    };
    let Enroller { user, held, .. } = enroller;
    let tx = cx.tx().await?;
    store::meet_demand(tx, user.id).await?;
    let has_set = held.factors.iter().any(|factor| factor.kind == FactorKind::RecoveryCode);
    let is_wanted = model::is_allowed(&tenancy::settings_of(cx.tenant()).mfa, FactorKind::RecoveryCode);
    let recovery_codes = if has_set || !is_wanted { None } else { Some(recovery_set::replace(cx, user.id).await?) };
    let sign_in = match prepared {
        None => None,
        Some(prepared) => Some(flows::take(cx, prepared.proven_by(Step::Enrolled(method))?).await?),
    };
    Ok(Activated { factor, recovery_codes, sign_in })
}

async fn by_code(
    cx: &Context,
    enroller: &Enroller,
    id: Id<Factor>,
    code: &Secret,
) -> Result<(FactorFacts, Method), Failure> {
    let user = &enroller.user;
    let factor = store::find(&cx.read(), user.id, id).await?.ok_or_else(kernel::Refusal::not_found)?;
    factor.must_await_activation(cx.now())?;
    enroller.must_be_able(cx, factor.kind)?;
    let step = if factor.kind == FactorKind::Totp {
        let key = open_key(cx, &factor)?;
        let step = otp::matching_step(&key, code.reveal(), cx.now().as_seconds(), factor.last_step);
        // The one who types it has just seen the key: a wrong code is a slip, and nothing to guess at.
        Some(step.ok_or(FactorError::TotpInvalid)?)
    } else {
        let challenge = factor.challenge_id.ok_or(FactorError::CodeInvalid)?;
        match challenges::take_code(cx, ChallengeKind::FactorEnrolment, challenge, code).await? {
            CodeOutcome::Right(_) => None,
            CodeOutcome::Wrong => {
                let failed = MfaFailed { user_id: user.id, factor: factor.kind, reason: "invalid_code" };
                cx.tx().await?.emit(&failed);
                return Err(refuse(FactorError::CodeInvalid));
            }
        }
    };
    let tx = cx.tx().await?;
    if !store::activate(tx, &factor, step, cx.now()).await? {
        return Err(FactorError::AlreadyActive.into());
    }
    tx.emit(&FactorEnrolled { user_id: user.id, factor_id: factor.id, factor: factor.kind });
    notices::tell(cx, user, Template::FactorAdded, json!({ "factor": factor.kind.words() })).await?;
    let facts = FactorFacts {
        id: factor.id,
        kind: factor.kind,
        label: factor.label(),
        created_at: factor.created_at,
        last_used_at: Some(cx.now()),
        remaining: None,
    };
    Ok((facts, factor.kind.method()))
}

/// A passkey keeps itself, tells its person and emits its event.
async fn by_passkey(
    cx: &Context,
    enroller: &Enroller,
    credential: serde_json::Value,
) -> Result<(FactorFacts, Method), Failure> {
    enroller.must_be_able(cx, FactorKind::Webauthn)?;
    keys::complete_registration(cx, &enroller.user, credential).await
}

fn app_key(cx: &Context, user: &User, bytes: &[u8]) -> AppKey {
    let issuer = tenancy::name_of(cx.tenant());
    let own = [
        user.primary_email.as_ref().map(|email| email.address.as_str()),
        user.username.as_deref(),
        user.primary_phone.as_ref().map(|phone| phone.number.as_str()),
    ];
    let account = own.into_iter().flatten().next().unwrap_or("account");
    let uri = otp::otpauth_uri(issuer, account, bytes);
    AppKey {
        base32: Secret::new(otp::base32(bytes)),
        qr: qr::svg_data_url(&uri).map(Secret::new),
        uri: Secret::new(uri),
    }
}

/// The key of an authenticator app, which opens at its own row only.
pub(super) fn open_key(cx: &Context, factor: &Factor) -> Result<zeroize::Zeroizing<Vec<u8>>, FactorError> {
    let sealed = factor.secret.as_deref().ok_or(FactorError::Sealed)?;
    cx.vault().open(&place(cx, &factor.id), sealed).map_err(|error| {
        tracing::error!(%error, "the key of an authenticator app could not be opened");
        FactorError::Sealed
    })
}

fn place<'a>(cx: &Context, id: &'a Id<Factor>) -> Place<'a> {
    Place { tenant: cx.tenant_id(), column: SECRET, row: id.as_bytes() }
}
