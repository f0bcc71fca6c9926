//! `/v1/auth/mfa/trusted-devices`: where one is not asked for a second factor.

use edge::{At, Endpoint, Listed, Nothing, Paging, Reply, SignedIn, TrustedDeviceCookie, listed, no_content};
use kernel::{Id, Refusal};
use macros::endpoint;

use super::devices::{self, TrustedDevice};

pub(super) fn endpoints() -> [Endpoint; 3] {
    [list_devices(), forget_device(), forget_devices()]
}

/// List trusted devices
///
/// Newest first.
#[endpoint(GET "/v1/auth/mfa/trusted-devices", id = "auth.mfa.trusted_devices.list")]
async fn list_devices(cx: SignedIn, page: Paging<Id<TrustedDevice>>) -> Reply<Listed<TrustedDevice>> {
    let mut all = devices::list(&cx, Id::from_uuid(cx.caller().user_id)).await?;
    all.retain(|device| page.0.after.is_none_or(|after| device.id < after));
    listed(&cx, page.0.page(all, |device| device.id))
}

/// Trust a device no longer
///
/// It is asked for a second factor again.
#[endpoint(DELETE "/v1/auth/mfa/trusted-devices/{trusted_device_id}", id = "auth.mfa.trusted_devices.delete")]
async fn forget_device(cx: SignedIn, id: At<TrustedDevice>) -> Reply<Nothing> {
    let is_gone = devices::forget(cx.tx().await?, Id::from_uuid(cx.caller().user_id), *id).await?;
    if is_gone { no_content() } else { Err(Refusal::not_found().into()) }
}

/// Trust no device any longer
///
/// All of them are asked for a second factor again.
#[endpoint(DELETE "/v1/auth/mfa/trusted-devices", id = "auth.mfa.trusted_devices.revoke_all")]
async fn forget_devices(cx: SignedIn) -> Reply<Nothing> {
    devices::forget_all(cx.tx().await?, Id::from_uuid(cx.caller().user_id)).await?;
    Ok(no_content()?.headers(TrustedDeviceCookie::clear(&cx)))
}
