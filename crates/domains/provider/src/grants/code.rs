//! The authorization code of a grant: short-lived, taken once (RFC 6749, section 4.1.2).
//!
//! It carries the grant, sealed, and the grant's row comes to be when the code is redeemed; so does the proof that it was. Who only passes
//! by, with a session and nothing to agree to, leaves nothing behind in the store. A grant that is too long for an address is kept ahead
//! instead, with the digest of a code that names its row.

use std::{borrow::Cow, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge::Context;
use identity::{sessions::SessionId, users::UserId};
use kernel::{Id, Secret, Timestamp};
use oauth::CodeChallenge;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vault::RowToken;

use super::{Grant, GrantId, RefreshLine};
use crate::clients::ClientId;

const PREFIX: &str = "pc_ac_";
const PURPOSE: &str = "oauth code";
/// The longest that carries its grant, in characters: beside it an address has room for a `state` and the client's own parameters.
const LONGEST: usize = 1_500;
/// No code is as old: an hour, where the longest lifetime that an application may set is ten minutes.
pub(crate) const MAX_CODE_AGE: Duration = Duration::from_hours(1);

/// What a code is bound to beside its grant, until it is redeemed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) redirect_uri: String,
    /// Did the request name it, or is it the client's only one?
    pub(crate) is_redirect_uri_named: bool,
    pub(crate) challenge: Option<CodeChallenge>,
    pub(crate) jkt: Option<String>,
    pub(crate) nonce: Option<String>,
}

/// A grant on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) grant: Grant,
    pub(crate) code: Code,
    /// Was the authorization told when it was given, since something was written then?
    pub(crate) is_told: bool,
}

/// How it travels: lists, since names would be half of it.
#[derive(Serialize, Deserialize)]
struct Luggage<'c> {
    #[serde(rename = "i")]
    ids: (GrantId, ClientId, UserId, SessionId),
    /// In microseconds: when they proved who they are, until when it is redeemed, when it was given, and when it ends.
    #[serde(rename = "t")]
    times: [i64; 4],
    #[serde(rename = "s")]
    session: (u8, Cow<'c, str>),
    #[serde(rename = "w")]
    #[serde(borrow)]
    wanted: Wanted<'c>,
    #[serde(rename = "b")]
    #[serde(borrow)]
    bound: Bound<'c>,
    #[serde(rename = "e")]
    is_told: bool,
}

/// Scope, is it an offline one, resources, authorization details, claims.
#[derive(Serialize, Deserialize)]
struct Wanted<'c>(Cow<'c, str>, bool, Cow<'c, [String]>, Cow<'c, Value>, Option<Cow<'c, Value>>);

/// Address, was it named, challenge, key, nonce.
#[derive(Serialize, Deserialize)]
struct Bound<'c>(Cow<'c, str>, bool, Option<Cow<'c, CodeChallenge>>, Option<Cow<'c, str>>, Option<Cow<'c, str>>);

impl<'c> From<&'c Carried> for Luggage<'c> {
    fn from(Carried { grant, code, is_told }: &'c Carried) -> Self {
        let times = [grant.auth_time, grant.redeem_by, grant.created_at, grant.expires_at];
        Self {
            ids: (grant.id, grant.client_id, grant.user_id, grant.session_id),
            times: times.map(Timestamp::as_micros),
            session: (grant.aal, grant.amr.as_str().into()),
            wanted: Wanted(
                grant.scope.as_str().into(),
                grant.is_offline,
                grant.resources.as_slice().into(),
                Cow::Borrowed(&grant.details),
                grant.claims.as_ref().map(Cow::Borrowed),
            ),
            bound: Bound(
                code.redirect_uri.as_str().into(),
                code.is_redirect_uri_named,
                code.challenge.as_ref().map(Cow::Borrowed),
                code.jkt.as_deref().map(Cow::Borrowed),
                code.nonce.as_deref().map(Cow::Borrowed),
            ),
            is_told: *is_told,
        }
    }
}

impl Luggage<'_> {
    /// Not redeemed, and with a line of refresh tokens that begins now.
    fn unpack(self, refresh_nonce: [u8; 32]) -> Carried {
        let (id, client_id, user_id, session_id) = self.ids;
        let [auth_time, redeem_by, created_at, expires_at] = self.times.map(Timestamp::from_micros);
        let (aal, amr) = self.session;
        let Wanted(scope, is_offline, resources, details, claims) = self.wanted;
        let Bound(redirect_uri, is_redirect_uri_named, challenge, jkt, nonce) = self.bound;
        let grant = Grant {
            id,
            client_id,
            user_id,
            session_id,
            scope: scope.into_owned(),
            resources: resources.into_owned(),
            details: details.into_owned(),
            claims: claims.map(Cow::into_owned),
            auth_time,
            aal,
            amr: amr.into_owned(),
            binding: None,
            is_offline,
            redeem_by,
            redeemed_at: None,
            refresh: RefreshLine { generation: 0, nonce: refresh_nonce, rotated_at: None, rotated_by: None },
            created_at,
            expires_at,
            ended: None,
            has_holdings: false,
        };
        let code = Code {
            redirect_uri: redirect_uri.into_owned(),
            is_redirect_uri_named,
            challenge: challenge.map(Cow::into_owned),
            jkt: jkt.map(Cow::into_owned),
            nonce: nonce.map(Cow::into_owned),
        };
        Carried { grant, code, is_told: self.is_told }
    }
}

impl Carried {
    /// The code that carries it, or `None` where that would be too long.
    pub(crate) fn seal(&self, cx: &Context) -> Option<Secret> {
        let text = serde_json::to_vec(&Luggage::from(self)).ok()?;
        let sealed = cx.vault().seal_carried(PURPOSE, cx.tenant_id(), &text);
        let code = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(sealed));
        (code.len() <= LONGEST).then(|| Secret::new(code))
    }

    fn open(cx: &Context, code: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(code.strip_prefix(PREFIX)?).ok()?;
        let text = cx.vault().open_carried(PURPOSE, cx.tenant_id(), &sealed)?;
        let luggage: Luggage<'_> = serde_json::from_slice(&text).ok()?;
        Some(luggage.unpack(cx.env().random()))
    }
}

/// A new code that names the grant's row, and is worth nothing before that is kept with its digest.
pub(crate) fn new_code(cx: &Context, grant: GrantId) -> Secret {
    RowToken::generate(&*cx.env().entropy, PREFIX, grant.as_bytes())
}

pub(super) fn digest_of(code: &str) -> [u8; 32] {
    vault::digest(code.as_bytes())
}

/// A code as it is shown.
pub(crate) enum ShownCode {
    /// Sealed here, and so proven.
    Carried(Box<Carried>),
    /// Taken apart, and not yet proven.
    Kept(KeptCode),
}

pub(crate) struct KeptCode {
    pub(crate) grant: GrantId,
    digest: [u8; 32],
}

impl KeptCode {
    /// Is it the one whose digest is kept?
    pub(crate) fn is(&self, digest: &[u8; 32]) -> bool {
        vault::constant_time_eq(&self.digest, digest)
    }
}

impl ShownCode {
    pub(crate) fn read(cx: &Context, code: &str) -> Option<Self> {
        if code.len() > LONGEST {
            return None;
        }
        match RowToken::row(code, PREFIX) {
            Some(grant) => Some(Self::Kept(KeptCode { grant: Id::from_slice(&grant)?, digest: digest_of(code) })),
            None => Carried::open(cx, code).map(|carried| Self::Carried(Box::new(carried))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_grant_comes_out_as_it_went_in() {
        let at = Timestamp::from_micros;
        let challenge =
            CodeChallenge::parse(Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), Some("S256")).unwrap();
        let grant = Grant {
            id: Id::from_u128(1),
            client_id: Id::from_u128(2),
            user_id: Id::from_u128(3),
            session_id: Id::from_u128(4),
            scope: "openid offline_access".to_owned(),
            resources: vec!["https://api.example.com".to_owned()],
            details: json!([{ "type": "payment" }]),
            claims: Some(json!({ "id_token": { "email": null } })),
            auth_time: at(1_700_000_000_000_001),
            aal: 2,
            amr: "pwd otp".to_owned(),
            binding: None,
            is_offline: true,
            redeem_by: at(1_700_000_060_000_002),
            redeemed_at: None,
            refresh: RefreshLine { generation: 0, nonce: [7; 32], rotated_at: None, rotated_by: None },
            created_at: at(1_700_000_000_000_003),
            expires_at: at(1_800_000_000_000_004),
            ended: None,
            has_holdings: false,
        };
        let code = Code {
            redirect_uri: "https://app.example.com/back".to_owned(),
            is_redirect_uri_named: true,
            challenge,
            jkt: Some("a".repeat(43)),
            nonce: Some("n-0S6".to_owned()),
        };
        let carried = Carried { grant, code, is_told: true };
        let text = serde_json::to_vec(&Luggage::from(&carried)).unwrap();
        let luggage: Luggage<'_> = serde_json::from_slice(&text).unwrap();
        assert_eq!(luggage.unpack([7; 32]), carried);
    }
}
