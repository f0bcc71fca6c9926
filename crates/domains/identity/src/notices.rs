//! Messages that tell a person what happened to their account, at the address that they have proven.

use std::time::Duration;

use edge::{Context, Failure};
use kernel::Timestamp;
use serde_json::{Value, json};
use tenancy::messaging::{self, Address, Channel, Outgoing, Template};

use crate::{sessions::Device, users::User};

/// A notice is worth reading for so long.
const LIFETIME: Duration = Duration::from_hours(72);

/// Tell the person, at the address that they proved before. Without one, or without a sender, there is nobody to tell.
pub(crate) async fn tell(cx: &Context, user: &User, template: Template, more: Value) -> Result<(), Failure> {
    let Some(email) = user.primary_email.as_ref().filter(|email| email.verified_at.is_some()) else { return Ok(()) };
    tell_at(cx, user, &email.address, template, more).await
}

/// The same, at an address that is the person's no more, or not yet.
pub(crate) async fn tell_at(
    cx: &Context,
    user: &User,
    address: &str,
    template: Template,
    more: Value,
) -> Result<(), Failure> {
    if !messaging::can_send(cx, Channel::Email).await? {
        return Ok(());
    }
    let outgoing = Outgoing {
        template,
        to: Address::Email(address.to_owned()),
        locale: user.profile.locale.as_deref(),
        facts: facts(cx, user, template, more),
        expires_at: cx.now() + LIFETIME,
    };
    messaging::send(cx, outgoing).await.map(drop)
}

/// Who asked, when and from where, as far as it can be told and the template tells it: so that a person knows their own
/// doing from somebody else's.
pub(crate) fn facts(cx: &Context, user: &User, template: Template, more: Value) -> Value {
    let mut facts = json!({
        "name": user.profile.name,
        "time": Timestamp::from_seconds(cx.now().as_seconds()).to_string(),
        "ip": cx.ip().map(|ip| ip.to_string()),
        "device": Device::of(cx.user_agent()).words(),
    });
    if let (Value::Object(facts), Value::Object(more)) = (&mut facts, more) {
        facts.extend(more);
        facts.retain(|name, _| template.knows(name));
    }
    facts
}
