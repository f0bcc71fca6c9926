//! What is told of a person: the user's record in the words of OpenID Connect.
//!
//! Claims for which the record has no field are those that the application wrote into its public metadata. What the person writes
//! (`unsafe_metadata`) is no word of this issuer's.

use identity::users::User;
use oauth::PersonClaims;
use serde_json::Value;

/// The member of the public metadata that holds claims under their standard names.
const STATED: &str = "openid";

/// Every claim that the record has; which of them are told is the grant's to say.
pub(crate) fn person(user: &User) -> PersonClaims {
    let email = user.primary_email.as_ref();
    let phone = user.primary_phone.as_ref();
    let known = PersonClaims {
        name: user.profile.name.clone(),
        given_name: user.profile.given_name.clone(),
        family_name: user.profile.family_name.clone(),
        preferred_username: user.username.clone(),
        picture: user.profile.picture.clone(),
        locale: user.profile.locale.clone(),
        updated_at: Some(user.updated_at.as_seconds()),
        email: email.map(|email| email.address.clone()),
        email_verified: email.is_some_and(|email| email.verified_at.is_some()),
        phone_number: phone.map(|phone| phone.number.clone()),
        phone_number_verified: phone.is_some_and(|phone| phone.verified_at.is_some()),
        ..PersonClaims::default()
    };
    match user.public_metadata.get(STATED).and_then(Value::as_object) {
        Some(stated) => known.with_stated(stated),
        None => known,
    }
}
