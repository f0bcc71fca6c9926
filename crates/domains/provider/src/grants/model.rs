//! What a grant is, and what its refresh tokens still do. Pure.

use std::time::Duration;

use identity::{sessions::SessionId, users::UserId};
use kernel::Timestamp;

use super::GrantId;
use crate::clients::ClientId;

/// A refresh token that comes after its grant has ended is still told from one that never was, for so long.
const KEPT_AFTER_THE_END: Duration = Duration::from_hours(7 * 24);
/// And a code that comes too late, if it was never redeemed.
const KEPT_UNREDEEMED: Duration = Duration::from_hours(1);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) id: GrantId,
    pub(crate) client_id: ClientId,
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    /// Space-separated, in the order of the request.
    pub(crate) scope: String,
    pub(crate) resources: Vec<String>,
    /// RFC 9396; an empty array where there are none.
    pub(crate) details: serde_json::Value,
    /// The `claims` parameter as it was asked.
    pub(crate) claims: Option<serde_json::Value>,
    pub(crate) auth_time: Timestamp,
    /// [`Grant::NO_SIGN_IN`], or what the session had reached.
    pub(crate) aal: u8,
    /// Space-separated (RFC 8176).
    pub(crate) amr: String,
    /// `jkt:` and a JWK thumbprint, or `x5t:` and a certificate's: what refresh tokens of public clients and sender-constrained access
    /// tokens are bound to. Set at the first token request.
    pub(crate) binding: Option<String>,
    pub(crate) is_offline: bool,
    /// Until when the first tokens may be had.
    pub(crate) redeem_by: Timestamp,
    /// When they were.
    pub(crate) redeemed_at: Option<Timestamp>,
    pub(crate) refresh: RefreshLine,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) ended: Option<(Timestamp, GrantEnd)>,
    /// Is it worth asking what the person holds? Told of their row, and not kept here.
    pub(crate) has_holdings: bool,
}

impl Grant {
    /// The level of a grant that another issuer's word brought (RFC 7523): nobody proved anything here, and there is no session.
    pub(crate) const NO_SIGN_IN: u8 = 0;

    pub(crate) fn is_of_sign_in(&self) -> bool {
        self.aal != Self::NO_SIGN_IN
    }

    /// When it may be forgotten.
    pub(super) fn kept_until(&self) -> Timestamp {
        match self.redeemed_at {
            Some(_) => self.kept_once_redeemed(),
            None => self.redeem_by + KEPT_UNREDEEMED,
        }
    }

    pub(super) fn kept_once_redeemed(&self) -> Timestamp {
        self.expires_at + KEPT_AFTER_THE_END
    }
}

/// Only the newest refresh token is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefreshLine {
    pub(crate) generation: u32,
    /// Random, never leaves the store: binds the tokens to this row.
    pub(crate) nonce: [u8; 32],
    pub(crate) rotated_at: Option<Timestamp>,
    /// Digest of who rotated last.
    pub(crate) rotated_by: Option<[u8; 16]>,
}

macro_rules! ends {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum GrantEnd { $($(#[$doc])* $name,)* }

        impl GrantEnd {
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            pub(super) fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

ends! {
    /// RFC 7009, or the person withdrew it.
    Revoked = "revoked",
    /// A code came a second time (RFC 6749, section 4.1.2).
    CodeReused = "code_reused",
    /// A refresh token came that was used before (RFC 9700, section 4.14).
    RefreshReused = "refresh_reused",
    SignedOut = "signed_out",
    ClientDisabled = "client_disabled",
    UserShutOut = "user_shut_out",
}
