//! Reading and changing the settings of one's own tenant: decide, store, emit.

use edge::{Context, Failure};
use jose::Algorithm;
use kernel::{Id, Refusal};
use serde_json::{Map, Value};

use super::{
    Settings, SettingsError, SettingsUpdated,
    documents::{CaptchaReplace, SettingsPart, SignInReplace, SignInRest},
    flaws::Flaws,
    input::SettingsUpdate,
    oauth::RegistrationMode,
    rules::{NOT_VALID, tenant_name, value_or_absent},
    secrets::{self, SecretChange},
};
use crate::{
    keys::KeyRing,
    tenants::{self, TenantRecord},
};

/// From the store and not from the directory's cache: who has just changed something must see it on every node.
pub(super) async fn get(cx: &Context) -> Result<TenantRecord, Failure> {
    Ok(tenants::store::find(&cx.read()).await?.ok_or_else(Refusal::not_found)?)
}

pub(super) async fn update(cx: &Context, update: SettingsUpdate) -> Result<TenantRecord, Failure> {
    let before = get(cx).await?;
    cx.expect_version(before.version)?;
    let name = value_or_absent("name", update.name.as_ref())?.map(|name| tenant_name("name", name)).transpose()?;
    let settings = update.apply(before.settings.clone());
    settings.check()?;
    let after = TenantRecord { name: name.unwrap_or_else(|| before.name.clone()), settings, ..before.clone() };
    save(cx, before, after, &SecretChange::Keep).await
}

pub(super) async fn get_sign_in(cx: &Context) -> Result<(TenantRecord, bool), Failure> {
    Ok((get(cx).await?, secrets::has_captcha(&cx.read()).await?))
}

/// Also tells whether the captcha has a secret now.
pub(super) async fn replace_sign_in(cx: &Context, new: SignInReplace) -> Result<(TenantRecord, bool), Failure> {
    let (before, has_secret) = get_sign_in(cx).await?;
    cx.expect_version(before.version)?;
    let mut flaws = Flaws::new(NOT_VALID);
    new.check(&mut flaws);
    let SignInReplace { sign_in, rest: SignInRest { passwords, captcha, risk, limits } } = new;
    let CaptchaReplace { captcha, secret, .. } = captcha;
    let secret = secrets::captcha_change(&mut flaws, &before.settings.captcha, &captcha, secret, has_secret);
    flaws.finish()?;
    let settings = Settings { passwords, sign_in, captcha, risk, limits, ..before.settings.clone() };
    let after = TenantRecord { settings, ..before.clone() };
    let has_secret = match secret {
        SecretChange::Keep => has_secret,
        SecretChange::Put(_) => true,
        SecretChange::Remove => false,
    };
    Ok((save(cx, before, after, &secret).await?, has_secret))
}

/// One part in the place of what it was, and the version of the whole.
pub(super) async fn replace<P: SettingsPart>(cx: &Context, part: P) -> Result<(i64, P), Failure> {
    let before = get(cx).await?;
    cx.expect_version(before.version)?;
    part.checked()?;
    let mut after = before.clone();
    part.put(&mut after.settings);
    let saved = save(cx, before, after, &SecretChange::Keep).await?;
    Ok((saved.version, P::of(saved.settings)))
}

/// A change that changes nothing is no change: no new version, no event.
async fn save(
    cx: &Context,
    before: TenantRecord,
    after: TenantRecord,
    secret: &SecretChange,
) -> Result<TenantRecord, Failure> {
    let mut changed = changed_fields(&before, &after);
    if !matches!(secret, SecretChange::Keep) {
        changed.push("captcha.secret".to_owned());
    }
    if changed.is_empty() {
        return Ok(before);
    }
    if opens_registration(&before, &after) {
        // Who registers is given ID tokens by RS256 unless they ask for another algorithm (OpenID Connect Dynamic Client Registration 1.0,
        // section 2), and may know the key set from before.
        cx.part::<KeyRing>().signer(cx.tenant_id(), Algorithm::Rs256, cx.now()).await?;
    }
    let tx = cx.tx().await?;
    if !tenants::store::save(tx, &before, &after, cx.now()).await? {
        return Err(SettingsError::Changed.into());
    }
    secrets::apply(cx, tx, secret).await?;
    tx.emit(&SettingsUpdated { application_id: Id::from_uuid(after.id.uuid()), changed });
    tenants::changed(tx, after.id);
    Ok(TenantRecord { version: before.version + 1, updated_at: cx.now(), ..after })
}

fn opens_registration(before: &TenantRecord, after: &TenantRecord) -> bool {
    let is_off = |tenant: &TenantRecord| tenant.settings.oauth.registration == RegistrationMode::Off;
    is_off(before) && !is_off(after)
}

/// `name`, `allowed_origins`, `sessions.idle_seconds`: the names and not the values, which may be anyone's.
fn changed_fields(before: &TenantRecord, after: &TenantRecord) -> Vec<String> {
    let object = |tenant: &TenantRecord| match serde_json::to_value(&tenant.settings) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let mut changed: Vec<String> = (before.name != after.name).then(|| "name".to_owned()).into_iter().collect();
    differing(&object(before), &object(after), "", &mut changed);
    changed
}

/// Appends the paths of the fields of `after` that `before` has otherwise.
pub(crate) fn differing(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    path: &str,
    changed: &mut Vec<String>,
) {
    for (name, value) in after {
        match (before.get(name), value) {
            (Some(Value::Object(before)), Value::Object(after)) => {
                differing(before, after, &format!("{path}{name}."), changed);
            }
            (Some(before), after) if before == after => {}
            _ => changed.push(format!("{path}{name}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_differ_are_named_by_their_path() {
        let object = |value: Value| value.as_object().cloned().unwrap_or_default();
        let before = object(json!({ "a": 1, "b": { "c": [1], "d": null }, "e": [{ "f": 1 }] }));
        let after = object(json!({ "a": 1, "b": { "c": [2], "d": 3 }, "e": [{ "f": 2 }] }));
        let mut changed = Vec::new();
        differing(&before, &after, "", &mut changed);
        assert_eq!(changed, ["b.c", "b.d", "e"]);
        changed.clear();
        differing(&before, &before, "", &mut changed);
        assert!(changed.is_empty());
    }
}
