//! Who the provider says it is: its claims, read by type and cleaned. Pure.
//!
//! A claim of another type than its own is no claim: an `email_verified` that is the text "true" proves nothing, an `email` that is a
//! list is no address. Only a subject of the wrong type is a reason to refuse, because without it there is nobody.

use identity::{identifiers::EmailAddress, users::Profile};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::providers::Provider;
use url::Url;

use super::catalogue::Dialect;

/// A person as an upstream provider describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpstreamPerson {
    /// The provider's name for the account: never reused, never changed.
    pub(crate) subject: String,
    pub(crate) email: Option<UpstreamEmail>,
    pub(crate) snapshot: Snapshot,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpstreamEmail {
    pub(crate) address: EmailAddress,
    /// The provider's word. Whether it counts here is for the application's settings to say.
    pub(crate) is_verified: bool,
}

impl UpstreamEmail {
    /// Has the person proven this mailbox to us? The provider must say so, and the application must believe this provider for the
    /// mailbox's domain: otherwise whoever can type a victim's address at some provider would own the victim's account (nOAuth).
    pub(crate) fn is_proven_by(&self, provider: &Provider) -> bool {
        self.is_verified && provider.vouches_for(self.domain())
    }

    /// As an A-label in lower case.
    pub(crate) fn domain(&self) -> &str {
        self.address.key().rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// What is kept of the profile, to be shown beside the identity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Snapshot {
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) locale: Option<String>,
}

/// The subject is missing, too long or not of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the subject is missing or not one")]
pub(crate) struct NoSubject;

/// OpenID Connect Core 1.0, section 2: at most 255 ASCII characters.
const MAX_SUBJECT: usize = 255;
const MAX_NAME: usize = 200;
const MAX_PICTURE: usize = 2_048;

/// The standard claims (OpenID Connect Core 1.0, section 5.1).
pub(crate) fn of_claims(claims: &Value) -> Result<UpstreamPerson, NoSubject> {
    let person = Reader(claims);
    let email = person.email("email", claims.get("email_verified") == Some(&Value::Bool(true)));
    Ok(UpstreamPerson {
        subject: subject_text(claims.get("sub"))?,
        snapshot: Snapshot {
            name: person.line("name"),
            given_name: person.line("given_name"),
            family_name: person.line("family_name"),
            username: person.line("preferred_username"),
            picture: person.picture("picture"),
            locale: person.locale("locale"),
            ..Snapshot::of(email.as_ref())
        },
        email,
    })
}

/// The profile of a provider with a form of its own; `emails` is the answer of its second endpoint.
pub(crate) fn of_profile(
    dialect: Dialect,
    profile: &Value,
    emails: Option<&Value>,
) -> Result<UpstreamPerson, NoSubject> {
    let profile = if dialect == Dialect::X { profile.get("data").unwrap_or(&Value::Null) } else { profile };
    let reader = Reader(profile);
    let subject = match dialect {
        Dialect::GitHub => subject_number(profile.get("id"))?,
        Dialect::Facebook | Dialect::Discord | Dialect::X => subject_text(profile.get("id"))?,
    };
    let email = match dialect {
        // The address of the public profile may be any; the list says which is the account's and proven.
        Dialect::GitHub => emails.and_then(primary_address),
        Dialect::Discord => reader.email("email", profile.get("verified") == Some(&Value::Bool(true))),
        Dialect::Facebook => reader.email("email", false),
        Dialect::X => reader.email("confirmed_email", false),
    };
    let snapshot = Snapshot::of(email.as_ref());
    let snapshot = match dialect {
        Dialect::GitHub => Snapshot {
            name: reader.line("name"),
            username: reader.line("login"),
            picture: reader.picture("avatar_url"),
            ..snapshot
        },
        Dialect::Discord => Snapshot {
            name: reader.line("global_name"),
            username: reader.line("username"),
            picture: discord_picture(&subject, profile),
            locale: reader.locale("locale"),
            ..snapshot
        },
        Dialect::Facebook => Snapshot {
            name: reader.line("name"),
            given_name: reader.line("first_name"),
            family_name: reader.line("last_name"),
            picture: profile.pointer("/picture/data").and_then(|picture| Reader(picture).picture("url")),
            ..snapshot
        },
        Dialect::X => Snapshot {
            name: reader.line("name"),
            username: reader.line("username"),
            picture: reader.picture("profile_image_url"),
            ..snapshot
        },
    };
    Ok(UpstreamPerson { subject, email, snapshot })
}

/// The name that Apple sends beside the code, once, at the first sign-in. The browser carries it unsigned: it is good for a name
/// and nothing else, its `email` is not looked at.
pub(crate) fn with_apple_name(person: UpstreamPerson, user: &str) -> UpstreamPerson {
    let Ok(user) = jose::parse_strict(user.as_bytes(), 4) else { return person };
    let Some(name) = user.get("name") else { return person };
    let name = Reader(name);
    let (given_name, family_name) = (name.line("firstName"), name.line("lastName"));
    let whole = [given_name.as_deref(), family_name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let snapshot = Snapshot {
        name: person.snapshot.name.or_else(|| line(&whole, MAX_NAME)),
        given_name: person.snapshot.given_name.or(given_name),
        family_name: person.snapshot.family_name.or(family_name),
        ..person.snapshot
    };
    UpstreamPerson { snapshot, ..person }
}

/// What an application says of an account, under the same rules as a provider's word. Its addresses are not proven.
pub(crate) fn cleaned(given: Snapshot) -> Snapshot {
    let given = serde_json::to_value(given).unwrap_or_default();
    let reader = Reader(&given);
    let email = reader.email("email", false);
    Snapshot {
        name: reader.line("name"),
        given_name: reader.line("given_name"),
        family_name: reader.line("family_name"),
        username: reader.line("username"),
        picture: reader.picture("picture"),
        locale: reader.locale("locale"),
        ..Snapshot::of(email.as_ref())
    }
}

impl UpstreamPerson {
    /// The person again, from what was kept of them.
    pub(crate) fn kept(subject: String, snapshot: Snapshot) -> Self {
        let address = snapshot.email.as_ref().and_then(|email| email.parse().ok());
        let email = address.map(|address| UpstreamEmail { address, is_verified: snapshot.email_verified });
        Self { subject, email, snapshot }
    }
}

impl Snapshot {
    /// The beginning of a new user's own profile.
    pub(crate) fn profile(&self) -> Profile {
        Profile {
            name: self.name.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            picture: self.picture.clone(),
            locale: self.locale.clone(),
        }
    }

    fn of(email: Option<&UpstreamEmail>) -> Self {
        Self {
            email: email.map(|email| email.address.as_str().to_owned()),
            email_verified: email.is_some_and(|email| email.is_verified),
            ..Self::default()
        }
    }
}

/// Reads the members of one object.
struct Reader<'v>(&'v Value);

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn line(&self, name: &str) -> Option<String> {
        line(self.text(name)?, MAX_NAME)
    }

    fn picture(&self, name: &str) -> Option<String> {
        picture(self.text(name)?)
    }

    /// A language tag (BCP 47) by its shape; underscores are what some write for hyphens.
    fn locale(&self, name: &str) -> Option<String> {
        let tag = self.text(name)?.replace('_', "-");
        let is_tag = (2..=35).contains(&tag.len())
            && tag
                .split('-')
                .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric()));
        is_tag.then_some(tag)
    }

    fn email(&self, name: &str, is_verified: bool) -> Option<UpstreamEmail> {
        self.text(name)?.parse().ok().map(|address| UpstreamEmail { address, is_verified })
    }
}

fn subject_text(value: Option<&Value>) -> Result<String, NoSubject> {
    let subject = value.and_then(Value::as_str).ok_or(NoSubject)?;
    let is_subject = (1..=MAX_SUBJECT).contains(&subject.len()) && subject.bytes().all(|byte| byte.is_ascii_graphic());
    if is_subject { Ok(subject.to_owned()) } else { Err(NoSubject) }
}

fn subject_number(value: Option<&Value>) -> Result<String, NoSubject> {
    value.and_then(Value::as_u64).filter(|number| *number > 0).map(|number| number.to_string()).ok_or(NoSubject)
}

/// The one address of GitHub's list that is the account's own.
fn primary_address(emails: &Value) -> Option<UpstreamEmail> {
    let entry = emails.as_array()?.iter().find(|entry| entry.get("primary") == Some(&Value::Bool(true)))?;
    Reader(entry).email("email", entry.get("verified") == Some(&Value::Bool(true)))
}

fn discord_picture(subject: &str, profile: &Value) -> Option<String> {
    let hash = profile.get("avatar").and_then(Value::as_str)?;
    let is_plain =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_plain(subject) && is_plain(hash) && hash.len() <= 64)
        .then(|| format!("https://cdn.discordapp.com/avatars/{subject}/{hash}.png"))
}

/// A line for people: no control characters, none that turn the direction of text or take no room, one space between words.
fn line(text: &str, most: usize) -> Option<String> {
    let is_shown = |letter: &char| !matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}');
    let shown: String =
        text.chars().take(most * 8).filter(is_shown).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line: String = shown.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect();
    let line = line.trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}

/// Browsers fetch it: https, without credentials, nothing that runs.
fn picture(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_PICTURE)?;
    let is_fit = url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none();
    is_fit.then(|| url.to_string()).filter(|text| text.len() <= MAX_PICTURE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "called with literals")]
    fn claims(more: Value) -> UpstreamPerson {
        let mut claims = json!({ "sub": "1815" });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        of_claims(&claims).unwrap()
    }

    #[test]
    fn an_address_is_proven_by_a_boolean_only() {
        let verified = |value: Value| {
            claims(json!({ "email": "ada@example.com", "email_verified": value })).email.unwrap().is_verified
        };
        assert!(verified(json!(true)));
        for lie in [json!("true"), json!(1), json!([true]), json!({}), json!(null), json!(false)] {
            assert!(!verified(lie.clone()), "{lie}");
        }
    }

    #[test]
    fn an_address_is_one_text() {
        for lie in [
            json!(["ada@example.com"]),
            json!({ "address": "ada@example.com" }),
            json!("ada@example.com,eve@example.com"),
            json!("ada@example.com\r\nBcc: eve@example.com"),
            json!("Ada <ada@example.com>"),
            json!(""),
            json!("a".repeat(300) + "@example.com"),
        ] {
            assert_eq!(claims(json!({ "email": lie, "email_verified": true })).email, None);
        }
    }

    #[test]
    fn a_subject_is_a_short_text() {
        for lie in
            [json!(1815), json!(null), json!(["1815"]), json!(""), json!("a b"), json!("a\n"), json!("s".repeat(256))]
        {
            assert_eq!(of_claims(&json!({ "sub": lie })), Err(NoSubject), "{lie}");
        }
        assert_eq!(of_claims(&json!({})), Err(NoSubject));
    }

    #[test]
    fn names_are_lines_and_pictures_are_https() {
        let person = claims(json!({
            "name": "  Ada\r\n\u{202E}Lovelace\u{0}  King ", "given_name": "x".repeat(100_000), "family_name": "\u{200B}",
            "picture": "javascript:alert(1)", "locale": "en_GB", "preferred_username": ["ada"],
        }));
        assert_eq!(person.snapshot.name.as_deref(), Some("Ada Lovelace King"));
        assert_eq!(person.snapshot.given_name.map(|name| name.len()), Some(200));
        assert_eq!(
            (person.snapshot.family_name, person.snapshot.picture, person.snapshot.username),
            (None, None, None)
        );
        assert_eq!(person.snapshot.locale.as_deref(), Some("en-GB"));
        for (text, is_fit) in [
            ("https://img.example.com/a.png", true),
            ("http://img.example.com/a.png", false),
            ("data:text/html,x", false),
            ("https://user@img.example.com/a.png", false),
            ("//img.example.com/a.png", false),
        ] {
            assert_eq!(picture(text).is_some(), is_fit, "{text}");
        }
    }

    #[test]
    fn github_names_a_number_and_its_own_address() {
        let profile =
            json!({ "id": 1815, "login": "ada", "email": "victim@example.com", "avatar_url": "https://a.example/1" });
        let emails = json!([
            { "email": "other@example.com", "primary": false, "verified": true },
            { "email": "ada@example.com", "primary": true, "verified": true },
        ]);
        let person = of_profile(Dialect::GitHub, &profile, Some(&emails)).unwrap();
        assert_eq!(person.subject, "1815");
        assert_eq!(person.email.unwrap().address.as_str(), "ada@example.com");
        assert_eq!(of_profile(Dialect::GitHub, &profile, None).unwrap().email, None, "the public one proves nothing");
        for lie in [json!("1815"), json!(-1), json!(0), json!(1.5), json!(null)] {
            assert_eq!(of_profile(Dialect::GitHub, &json!({ "id": lie }), None), Err(NoSubject), "{lie}");
        }
    }

    #[test]
    fn facebook_and_x_prove_no_address() {
        let facebook = json!({ "id": "1", "email": "ada@example.com", "verified": true, "email_verified": true });
        let x = json!({ "data": { "id": "1", "confirmed_email": "ada@example.com", "verified": true } });
        for (dialect, profile) in [(Dialect::Facebook, facebook), (Dialect::X, x)] {
            assert!(!of_profile(dialect, &profile, None).unwrap().email.unwrap().is_verified, "{dialect:?}");
        }
    }

    #[test]
    fn discord_says_whether_it_is_verified() {
        let profile = json!({ "id": "1", "email": "ada@example.com", "verified": true, "avatar": "a_1" });
        let person = of_profile(Dialect::Discord, &profile, None).unwrap();
        assert!(person.email.unwrap().is_verified);
        assert_eq!(person.snapshot.picture.as_deref(), Some("https://cdn.discordapp.com/avatars/1/a_1.png"));
        let evil = json!({ "id": "1", "avatar": "../../x", "verified": "true", "email": "ada@example.com" });
        let evil = of_profile(Dialect::Discord, &evil, None).unwrap();
        assert!(evil.snapshot.picture.is_none() && !evil.email.unwrap().is_verified);
    }

    #[test]
    fn apple_sends_a_name_that_is_only_a_name() {
        let user = r#"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"victim@example.com"}"#;
        let person = with_apple_name(claims(json!({})), user);
        assert_eq!(person.snapshot.name.as_deref(), Some("Ada Lovelace"));
        assert_eq!(person.email, None);
        let person = claims(json!({ "name": "Signed Name" }));
        assert_eq!(with_apple_name(person.clone(), user).snapshot.name, person.snapshot.name);
        assert_eq!(with_apple_name(person.clone(), "not JSON"), person);
    }
}
