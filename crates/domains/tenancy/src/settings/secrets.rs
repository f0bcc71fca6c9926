//! Secrets that settings need: sealed, and never returned.

use edge::{Context, Failure};
use kernel::{Patch, Refusal, Secret, TenantId};
use store::{Query, StoreError, Tx, params, sql};
use vault::{Place, Vault};

use super::{SettingsCaptcha, flaws::Flaws};

sql! {
    FIND = "select secret from settings_secrets where tenant_id = $1 and name = $2";
    PUT = "insert into settings_secrets (tenant_id, name, secret, updated_at)
           values ($1, $2, $3, $4)
           on conflict (tenant_id, name) do update set secret = excluded.secret, updated_at = excluded.updated_at";
    DELETE = "delete from settings_secrets where tenant_id = $1 and name = $2";
}

const CAPTCHA: &str = "captcha";
const MAX_BYTES: usize = 500;

/// What becomes of a secret that a document may bring.
#[derive(Debug)]
pub(super) enum SecretChange {
    Keep,
    Put(Secret),
    Remove,
}

/// A secret belongs to its provider: one that was kept goes when the provider does.
pub(super) fn captcha_change(
    flaws: &mut Flaws,
    before: &SettingsCaptcha,
    after: &SettingsCaptcha,
    secret: Patch<Secret>,
    has_secret: bool,
) -> SecretChange {
    let is_kept = has_secret && before.provider == after.provider;
    let is_needed = after.provider.is_foreign();
    match secret {
        Patch::Value(secret) if is_needed => {
            if !(1..=MAX_BYTES).contains(&secret.reveal().len()) {
                flaws.add("captcha.secret", "invalid", format!("1 to {MAX_BYTES} bytes."));
            }
            SecretChange::Put(secret)
        }
        Patch::Value(_) => {
            flaws.add("captcha.secret", "superfluous", "This provider has no secret.");
            SecretChange::Keep
        }
        Patch::Absent if is_kept && is_needed => SecretChange::Keep,
        Patch::Absent | Patch::Null if is_needed => {
            flaws.add("captcha.secret", "required", "This provider needs its secret.");
            SecretChange::Keep
        }
        Patch::Absent | Patch::Null if has_secret => SecretChange::Remove,
        Patch::Absent | Patch::Null => SecretChange::Keep,
    }
}

pub(super) async fn apply(cx: &Context, tx: &Tx, change: &SecretChange) -> Result<(), StoreError> {
    match change {
        SecretChange::Keep => Ok(()),
        SecretChange::Put(secret) => {
            let sealed = cx.vault().seal(&place(cx.tenant_id()), secret.reveal().as_bytes());
            tx.execute(&PUT, params![CAPTCHA, sealed, cx.now()]).await.map(drop)
        }
        SecretChange::Remove => tx.execute(&DELETE, params![CAPTCHA]).await.map(drop),
    }
}

pub(super) async fn has_captcha(db: &impl Query) -> Result<bool, StoreError> {
    Ok(sealed(db).await?.is_some())
}

/// The secret that the captcha's provider gave the application.
pub async fn captcha_secret(cx: &Context) -> Result<Option<Secret>, Failure> {
    let sealed = sealed(&cx.read()).await?;
    Ok(sealed.map(|sealed| open(cx.vault(), &place(cx.tenant_id()), &sealed)).transpose()?)
}

async fn sealed(db: &impl Query) -> Result<Option<Vec<u8>>, StoreError> {
    db.one(&FIND, params![CAPTCHA], |row| row.get(0)).await
}

fn place(tenant: TenantId) -> Place<'static> {
    Place { tenant, column: "settings_secrets.secret", row: CAPTCHA.as_bytes() }
}

/// A sealed text. Fails where the master key that sealed it is gone.
pub(crate) fn open(vault: &Vault, place: &Place<'_>, sealed: &[u8]) -> Result<Secret, Refusal> {
    let opened = vault.open(place, sealed).map_err(|error| {
        tracing::error!(column = place.column, %error, "a sealed secret can't be opened");
        Refusal::new(kernel::ErrorCode::Internal, "internal", "Something went wrong on our side.")
    })?;
    Ok(Secret::new(String::from_utf8_lossy(&opened)))
}

#[cfg(test)]
mod tests {
    use super::{super::CaptchaProvider, *};

    /// What is decided, and the flaw that is told.
    fn decided(before: CaptchaProvider, after: CaptchaProvider, secret: Patch<&str>, has_secret: bool) -> String {
        let of = |provider| SettingsCaptcha { provider, ..SettingsCaptcha::default() };
        let secret = secret.try_map(|text| Ok::<_, ()>(Secret::new(text))).unwrap();
        let mut flaws = Flaws::new("Not valid.");
        let change = captcha_change(&mut flaws, &of(before), &of(after), secret, has_secret);
        match (flaws.finish(), change) {
            (Err(refusal), _) => refusal.fields[0].code.to_string(),
            (Ok(()), SecretChange::Keep) => "keep".to_owned(),
            (Ok(()), SecretChange::Put(_)) => "put".to_owned(),
            (Ok(()), SecretChange::Remove) => "remove".to_owned(),
        }
    }

    #[test]
    fn a_secret_stays_with_its_provider_and_goes_with_it() {
        use CaptchaProvider::{Hcaptcha, None, ProofOfWork, Turnstile};
        for (before, after, secret, has_secret, decision) in [
            (None, Turnstile, Patch::Value("s"), false, "put"),
            (None, Turnstile, Patch::Absent, false, "required"),
            (Turnstile, Turnstile, Patch::Absent, true, "keep"),
            (Turnstile, Turnstile, Patch::Value("t"), true, "put"),
            (Turnstile, Turnstile, Patch::Value(""), true, "invalid"),
            (Turnstile, Turnstile, Patch::Null, true, "required"),
            (Turnstile, Hcaptcha, Patch::Absent, true, "required"),
            (Turnstile, ProofOfWork, Patch::Absent, true, "remove"),
            (Turnstile, None, Patch::Null, true, "remove"),
            (None, ProofOfWork, Patch::Value("s"), false, "superfluous"),
            (None, None, Patch::Absent, false, "keep"),
        ] {
            assert_eq!(decided(before, after, secret.clone(), has_secret), decision, "{before:?} {after:?} {secret:?}");
        }
    }
}
