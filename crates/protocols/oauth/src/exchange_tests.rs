//! Who may act for whom.

use super::*;
use crate::{
    parameters::Parameters,
    testing::{NOW, NOW_SECONDS},
};

const ISSUER: &str = "https://as.test";

fn request(more: &str, has_actor: bool) -> ExchangeRequest {
    let access_token = "urn:ietf:params:oauth:token-type:access_token";
    let actor = if has_actor { format!("&actor_token=a&actor_token_type={access_token}") } else { String::new() };
    let body = format!("subject_token=s&subject_token_type={access_token}{actor}{more}");
    ExchangeRequest::read(&Parameters::parse(body.as_bytes()).unwrap()).unwrap()
}

fn client() -> ClientMetadata {
    ClientMetadata {
        allowed_scopes: vec!["read".into(), "write".into()],
        allowed_resources: vec!["https://r.test".into()],
        ..ClientMetadata::default()
    }
}

const BEARER: Confirmation = Confirmation { jkt: None, x5t_s256: None };

fn rules(client: &ClientMetadata) -> ExchangeRules<'_> {
    ExchangeRules {
        client_id: "gateway",
        client,
        issuer: ISSUER,
        without_actor: WithoutActor::ClientActs,
        sender: &BEARER,
        lifetime: Duration::from_mins(10),
    }
}

fn party(sub: &str) -> TokenParty<'_> {
    TokenParty {
        sub,
        client_id: None,
        scopes: None,
        expires_at: Timestamp::from_seconds(NOW_SECONDS + 300),
        confirmation: None,
        act: None,
        may_act: None,
    }
}

#[test]
fn the_actor_is_named_with_those_before() {
    let client = client();
    let act = |subject: &TokenParty<'_>, actor: Option<&TokenParty<'_>>, without_actor| {
        let rules = ExchangeRules { without_actor, ..rules(&client) };
        decide_exchange(&request("", actor.is_some()), subject, actor, &rules, NOW).map(|exchanged| exchanged.act)
    };
    let by_client = json!({ "iss": ISSUER, "sub": "gateway", "client_id": "gateway" });
    let subject = party("u");
    assert_eq!(act(&subject, None, WithoutActor::ClientActs), Ok(Some(by_client.clone())));
    assert_eq!(act(&subject, None, WithoutActor::Impersonate), Ok(None));
    assert!(act(&subject, None, WithoutActor::Refuse).is_err());
    let helper = party("helper");
    let by_helper = json!({ "iss": ISSUER, "sub": "helper" });
    assert_eq!(act(&subject, Some(&helper), WithoutActor::Refuse), Ok(Some(by_helper.clone())));
    let acted = TokenParty { act: Some(&by_client), ..subject };
    let chain = json!({ "iss": ISSUER, "sub": "helper", "act": by_client });
    assert_eq!(act(&acted, Some(&helper), WithoutActor::Refuse), Ok(Some(chain)));
    assert_eq!(act(&acted, None, WithoutActor::Impersonate), Ok(Some(by_client.clone())));

    let nested = |depth: usize| (1..depth).fold(json!({ "sub": "x" }), |act, _| json!({ "sub": "x", "act": act }));
    let (three, four) = (nested(3), nested(4));
    assert!(act(&TokenParty { act: Some(&three), ..subject }, Some(&helper), WithoutActor::Refuse).is_ok());
    assert!(act(&TokenParty { act: Some(&four), ..subject }, Some(&helper), WithoutActor::Refuse).is_err());
}

#[test]
fn the_subject_says_who_may_act() {
    let client = client();
    for (may_act, has_actor, is_good) in [
        (json!({ "sub": "helper" }), true, true),
        (json!({ "sub": "helper", "iss": ISSUER }), true, true),
        (json!({ "sub": "helper", "iss": "https://other.test" }), true, false),
        (json!({ "sub": "other" }), true, false),
        (json!({ "sub": "helper", "role": "x" }), true, false),
        (json!({ "client_id": "gateway" }), true, false),
        (json!({ "client_id": "gateway" }), false, true),
        (json!({ "sub": "helper" }), false, false),
        (json!({}), true, false),
        (json!("helper"), true, false),
    ] {
        let subject = TokenParty { may_act: Some(&may_act), ..party("u") };
        let helper = party("helper");
        let actor = has_actor.then_some(&helper);
        for without_actor in [WithoutActor::ClientActs, WithoutActor::Impersonate] {
            let rules = ExchangeRules { without_actor, ..rules(&client) };
            let verdict = decide_exchange(&request("", has_actor), &subject, actor, &rules, NOW);
            assert_eq!(verdict.is_ok(), is_good, "{may_act} {has_actor} {without_actor:?}");
        }
    }
    assert!(decide_exchange(&request("", true), &party("u"), None, &rules(&client), NOW).is_err());
}

#[test]
fn the_new_token_never_has_more() {
    let client = client();
    let held = Scopes::parse("read admin").unwrap();
    let subject = TokenParty { scopes: Some(&held), ..party("u") };
    let decide = |more: &str| decide_exchange(&request(more, false), &subject, None, &rules(&client), NOW);
    let exchanged = decide("").unwrap();
    assert_eq!(exchanged.scopes, Scopes::parse("read").unwrap());
    assert_eq!(exchanged.expires_at, subject.expires_at);
    assert_eq!(decide("&scope=read&resource=https://r.test").unwrap().targets, ["https://r.test"]);
    for (more, code) in [
        ("&scope=write", OAuthCode::InvalidScope),
        ("&scope=read+admin", OAuthCode::InvalidScope),
        ("&resource=https://other.test", OAuthCode::InvalidTarget),
        ("&resource=https://r.test&audience=other", OAuthCode::InvalidTarget),
    ] {
        assert_eq!(decide(more).map_err(|error| error.code), Err(code), "{more}");
    }
    let late = TokenParty { expires_at: Timestamp::from_seconds(NOW_SECONDS + 9_999), ..subject };
    let exchanged = decide_exchange(&request("", false), &late, None, &rules(&client), NOW).unwrap();
    assert_eq!(exchanged.expires_at, NOW + Duration::from_mins(10));
    let expired = TokenParty { expires_at: NOW, ..subject };
    assert!(decide_exchange(&request("", false), &expired, None, &rules(&client), NOW).is_err());
}

#[test]
fn a_bound_token_is_exchanged_by_its_holder_and_stays_bound() {
    let client = client();
    let bound = Confirmation::key("k");
    let subject = TokenParty { confirmation: Some(&bound), ..party("u") };
    let decide = |sender: &Confirmation, subject, actor: Option<&TokenParty<'_>>| {
        let rules = ExchangeRules { sender, ..rules(&client) };
        decide_exchange(&request("", actor.is_some()), subject, actor, &rules, NOW)
    };
    assert_eq!(decide(&bound, &subject, None).unwrap().confirmation, Some(bound.clone()));
    assert!(decide(&BEARER, &subject, None).is_err());
    assert!(decide(&Confirmation::key("other"), &subject, None).is_err());
    let free = party("u");
    assert_eq!(decide(&bound, &free, None).unwrap().confirmation, None);
    assert!(decide(&BEARER, &free, Some(&subject)).is_err());
}
