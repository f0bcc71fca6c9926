//! Messages that tell a person what happened to their account, at the address that they have proven.

use std::time::Duration;

use edge::{Context, Failure};
use serde_json::{Value, json};
use tenancy::messaging::{self, Address, Channel, Outgoing, Template};

use crate::{sessions::Device, users::User};

/// News of yesterday is none.
const LIFETIME: Duration = Duration::from_hours(24);

/// Tell the person, where there is an address and something to send with. `facts` are added to when and from where it happened.
pub(crate) async fn tell(cx: &Context, user: &User, template: Template, facts: Value) -> Result<(), Failure> {
    let Some(email) = &user.primary_email else { return Ok(()) };
    tell_at(cx, user, &email.address, template, facts).await
}

/// The same, at an address that is the person's no more, or not yet.
pub(crate) async fn tell_at(
    cx: &Context,
    user: &User,
    address: &str,
    template: Template,
    facts: Value,
) -> Result<(), Failure> {
    if !messaging::can_send(cx, Channel::Email).await? {
        return Ok(());
    }
    let mut all = json!({
        "name": user.profile.name,
        "time": cx.now().to_string(),
        "ip": cx.ip().map(|ip| ip.to_string()),
        "device": Device::of(cx.user_agent()).words(),
    });
    if let (Value::Object(all), Value::Object(facts)) = (&mut all, facts) {
        all.extend(facts);
        all.retain(|name, _| template.knows(name));
    }
    let outgoing = Outgoing {
        template,
        to: Address::Email(address.to_owned()),
        locale: user.profile.locale.as_deref(),
        facts: all,
        expires_at: cx.now() + LIFETIME,
    };
    messaging::send(cx, outgoing).await?;
    Ok(())
}
