//! Reading, replacing and trying out the senders of one's own application.

use edge::{Context, Failure};
use kernel::Id;

use super::{
    input::MessagingReplace,
    model::{Senders, With},
    store,
};
use crate::{
    messaging::{Address, Channel, MessagingError, MessagingTested, MessagingUpdated, Template, delivery::Dispatch},
    settings::Flaws,
    tenants,
};

pub(super) async fn get(cx: &Context) -> Result<Senders, Failure> {
    Ok(store::find(&cx.read(), cx.tenant_id(), cx.vault()).await?)
}

pub(super) async fn replace(cx: &Context, new: MessagingReplace) -> Result<Senders, Failure> {
    let before = get(cx).await?;
    cx.expect_version(before.version)?;
    let mut flaws = Flaws::new("The senders are not valid.");
    let after = new.over(&before, &mut flaws, cx.part());
    flaws.finish()?;
    let changed = changed(&before, &after);
    if changed.is_empty() {
        return Ok(before);
    }
    let tx = cx.tx().await?;
    if !store::save(tx, cx.vault(), cx.tenant_id(), before.version, &after, cx.now()).await? {
        return Err(MessagingError::Changed.into());
    }
    tx.emit(&MessagingUpdated { application_id: Id::from_uuid(cx.tenant_id().uuid()), changed });
    Ok(after)
}

/// Sends at once and waits: whoever tries a sender out wants to know what it said. `None`: it was taken over.
pub(super) async fn test(cx: &Context, to: Address, locale: Option<&str>) -> Result<Option<String>, Failure> {
    let channel = to.channel();
    if !crate::messaging::can_send(cx, channel).await? {
        return Err(MessagingError::NoSender.into());
    }
    let tenant = tenants::store::find(&cx.read()).await?.ok_or_else(kernel::Refusal::not_found)?;
    let dispatch = Dispatch::of(&cx.read(), cx.vault(), cx.part(), tenant, Template::TestMessage).await?;
    let id = cx.new_id();
    // No transaction is open while the sender is waited for.
    let failure = dispatch.test(id, &to, locale, cx.now()).await.err();
    let tx = cx.tx().await?;
    tx.emit(&MessagingTested {
        application_id: Id::from_uuid(cx.tenant_id().uuid()),
        channel,
        is_delivered: failure.is_none(),
    });
    Ok(failure.map(|error| error.to_string()))
}

fn changed(before: &Senders, after: &Senders) -> Vec<Channel> {
    let mut changed = Vec::new();
    if !is_same(before.email.as_ref(), after.email.as_ref()) {
        changed.push(Channel::Email);
    }
    if !is_same(before.sms.as_ref(), after.sms.as_ref()) {
        changed.push(Channel::Sms);
    }
    changed
}

fn is_same<S: PartialEq>(before: Option<&With<S>>, after: Option<&With<S>>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => (&before.sender, &before.secret) == (&after.sender, &after.secret),
        (None, None) => true,
        _ => false,
    }
}
