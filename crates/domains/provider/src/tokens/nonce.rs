//! Nonces of DPoP proofs (RFC 9449, section 8): a MAC over a slot of time, so that no node has to remember one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge::Context;
use http::HeaderValue;

/// In seconds. A nonce is good in its slot and the next.
const SLOT: i64 = 120;

fn of_slot(cx: &Context, slot: i64) -> String {
    let mac = cx.vault().mac("dpop nonce", &[cx.tenant_id().as_bytes(), &slot.to_be_bytes()]);
    URL_SAFE_NO_PAD.encode(&mac[..18])
}

fn slot(cx: &Context) -> i64 {
    cx.now().as_seconds().div_euclid(SLOT)
}

/// The value of `DPoP-Nonce`.
pub(crate) fn header(cx: &Context) -> Option<HeaderValue> {
    HeaderValue::from_str(&of_slot(cx, slot(cx))).ok()
}

pub(crate) fn is_ours(cx: &Context, nonce: &str) -> bool {
    let slot = slot(cx);
    [slot, slot - 1].into_iter().any(|slot| vault::constant_time_eq(of_slot(cx, slot).as_bytes(), nonce.as_bytes()))
}
