//! The order of steps, over every combination of what can be asked and what can be true.

use super::*;
use crate::{ClaimsRequest, prompt::Prompts, request::tests::example};

const BEGUN: Timestamp = Timestamp::from_seconds(10_000);
const NOW: Timestamp = Timestamp::from_seconds(10_010);

fn request(prompt: &str) -> AuthorizationRequest {
    AuthorizationRequest { prompts: Prompts::parse(prompt).unwrap(), ..example() }
}

fn person() -> SignedIn {
    SignedIn { auth_time: Timestamp::from_seconds(9_000), level: 1, highest_level: 2, is_meant: true }
}

fn session(person: Option<SignedIn>) -> SessionFacts {
    SessionFacts { person, has_several: false, has_chosen: false, begun_at: BEGUN }
}

fn agreed() -> ConsentFacts {
    ConsentFacts { scopes: example().scopes, ..ConsentFacts::default() }
}

fn essential_acr(class: &str) -> ClaimsRequest {
    let text = format!(r#"{{"id_token":{{"acr":{{"essential":true,"value":"{class}"}}}}}}"#);
    ClaimsRequest::parse(&text, &[]).unwrap()
}

#[test]
fn the_person_signs_in_chooses_proves_and_agrees_in_this_order() {
    use LoginReason::{Asked, NobodyIsSignedIn, SomebodyElse};
    use NextStep::{Consent, Go, Login, SelectAccount, SignUp};
    let somebody_else = SignedIn { is_meant: false, ..person() };
    let fresh = SignedIn { auth_time: BEGUN, ..person() };
    for (prompt, person, has_several, has_agreed, expected) in [
        ("", None, false, true, Login { reason: NobodyIsSignedIn, is_forced: false }),
        ("login", None, false, true, Login { reason: NobodyIsSignedIn, is_forced: false }),
        ("create", None, false, true, SignUp),
        ("create", Some(person()), false, true, SignUp),
        ("create", Some(fresh), false, false, Consent),
        ("", Some(person()), false, true, Go),
        ("", Some(person()), false, false, Consent),
        ("", Some(person()), true, true, SelectAccount),
        ("select_account", Some(person()), false, true, SelectAccount),
        ("select_account login", Some(person()), false, true, SelectAccount),
        ("select_account", Some(fresh), true, true, Go),
        ("login", Some(person()), false, true, Login { reason: Asked, is_forced: true }),
        ("login", Some(fresh), false, true, Go),
        ("login consent", Some(fresh), false, true, Consent),
        ("", Some(somebody_else), false, true, Login { reason: SomebodyElse, is_forced: true }),
        ("", Some(SignedIn { is_meant: false, ..fresh }), false, true, NextStep::Refuse(OAuthCode::LoginRequired)),
    ] {
        let session = SessionFacts { has_several, ..session(person) };
        let consent = if has_agreed { agreed() } else { ConsentFacts::default() };
        assert_eq!(next_step(&request(prompt), &session, &consent, NOW), expected, "{prompt:?} {person:?}");
    }
}

#[test]
fn a_sign_in_grows_old() {
    let too_old = NextStep::Login { reason: LoginReason::TooLongAgo, is_forced: true };
    for (max_age, auth_time, expected) in [
        (None, 0, NextStep::Go),
        (Some(1_010), 9_000, NextStep::Go),
        (Some(1_009), 9_000, too_old),
        (Some(0), 9_999, too_old),
        // Since the request came: once is enough, however long the consent page stays open.
        (Some(0), 10_000, NextStep::Go),
        (Some(0), 10_005, NextStep::Go),
        (Some(u32::MAX), 0, NextStep::Go),
    ] {
        let request = AuthorizationRequest { max_age, ..request("") };
        let person = SignedIn { auth_time: Timestamp::from_seconds(auth_time), ..person() };
        assert_eq!(next_step(&request, &session(Some(person)), &agreed(), NOW), expected, "{max_age:?} {auth_time}");
    }
}

#[test]
fn a_class_is_reached_let_go_or_refused() {
    let unmet = NextStep::Refuse(OAuthCode::UnmetAuthenticationRequirements);
    let interaction = NextStep::Refuse(OAuthCode::InteractionRequired);
    for (class, level, highest_level, wished, essential, essential_in_silence) in [
        ("urn:portcullis:aal:1", 1, 1, NextStep::Go, NextStep::Go, NextStep::Go),
        ("urn:portcullis:aal:2", 1, 2, NextStep::StepUp { level: 2 }, NextStep::StepUp { level: 2 }, interaction),
        ("urn:portcullis:aal:2", 2, 2, NextStep::Go, NextStep::Go, NextStep::Go),
        ("urn:portcullis:aal:2", 3, 3, NextStep::Go, NextStep::Go, NextStep::Go),
        ("urn:portcullis:aal:2", 2, 1, NextStep::Go, NextStep::Go, NextStep::Go),
        ("urn:portcullis:aal:3", 1, 2, NextStep::Go, unmet, unmet),
        ("phr", 2, 3, NextStep::StepUp { level: 3 }, NextStep::StepUp { level: 3 }, interaction),
        ("unheard-of", 3, 3, NextStep::Go, unmet, unmet),
    ] {
        let session = session(Some(SignedIn { level, highest_level, ..person() }));
        let step = |request: &AuthorizationRequest| next_step(request, &session, &agreed(), NOW);
        let wish = |prompt| AuthorizationRequest { acr_values: vec![class.into()], ..request(prompt) };
        let need = |prompt| AuthorizationRequest { claims: essential_acr(class), ..request(prompt) };
        assert_eq!(step(&wish("")), wished, "{class} {level}");
        assert_eq!(step(&wish("none")), NextStep::Go, "{class} {level}");
        assert_eq!(step(&need("")), essential, "{class} {level}");
        assert_eq!(step(&need("none")), essential_in_silence, "{class} {level}");
    }
}

#[test]
fn what_was_not_agreed_to_is_asked() {
    let details = AuthorizationDetails::parse(r#"[{"type":"a"}]"#, &["a".into()]).unwrap();
    let more = AuthorizationRequest {
        resources: vec!["https://api.example/".into()],
        authorization_details: details.clone(),
        ..request("")
    };
    let covering = ConsentFacts { resources: more.resources.clone(), authorization_details: details, ..agreed() };
    for (request, consent, expected) in [
        (&more, covering.clone(), NextStep::Go),
        (&more, ConsentFacts { resources: Vec::new(), ..covering.clone() }, NextStep::Consent),
        (&more, ConsentFacts { scopes: Scopes::default(), ..covering.clone() }, NextStep::Consent),
        (
            &more,
            ConsentFacts { authorization_details: AuthorizationDetails::default(), ..covering.clone() },
            NextStep::Consent,
        ),
        (&more, ConsentFacts { is_skipped: true, ..ConsentFacts::default() }, NextStep::Go),
        (&more, ConsentFacts { is_fresh: true, ..ConsentFacts::default() }, NextStep::Go),
        (&request("consent"), covering.clone(), NextStep::Consent),
        (&request("consent"), ConsentFacts { is_skipped: true, ..covering.clone() }, NextStep::Consent),
        (&request("consent"), ConsentFacts { is_fresh: true, ..covering }, NextStep::Go),
    ] {
        assert_eq!(next_step(request, &session(Some(person())), &consent, NOW), expected, "{consent:?}");
    }
    let single = ClaimsRequest::parse(r#"{"userinfo":{"email":null}}"#, &["email".into()]).unwrap();
    let asking = AuthorizationRequest { claims: single, ..request("") };
    assert_eq!(next_step(&asking, &session(Some(person())), &agreed(), NOW), NextStep::Consent);
}

/// Whatever is asked and whatever is true: silence shows nothing, an answer needs a person who is meant, young enough, sure enough and
/// agreed, and doing what is asked leads to an end.
#[test]
fn over_all_combinations_silence_is_kept_and_steps_end() {
    let mut seen = 0;
    for prompt in ["", "none", "login", "consent", "select_account", "create", "login consent select_account"] {
        for max_age in [None, Some(0), Some(2_000)] {
            for essential in [None, Some("urn:portcullis:aal:2"), Some("phr")] {
                for bits in 0..256_u32 {
                    let is = |bit: u32| bits & (1 << bit) != 0;
                    let claims = essential.map(essential_acr).unwrap_or_default();
                    let request = AuthorizationRequest { max_age, claims, ..request(prompt) };
                    let person = SignedIn {
                        auth_time: if is(0) { NOW } else { person().auth_time },
                        level: if is(1) { 2 } else { 1 },
                        highest_level: 2,
                        is_meant: is(2),
                    };
                    let mut session =
                        SessionFacts { has_several: is(3), has_chosen: is(4), ..session(is(5).then_some(person)) };
                    let mut consent = if is(6) { agreed() } else { ConsentFacts::default() };
                    consent.is_skipped = is(7);
                    check(&request, &mut session, &mut consent);
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 7 * 3 * 3 * 256);
}

fn check(request: &AuthorizationRequest, session: &mut SessionFacts, consent: &mut ConsentFacts) {
    for _ in 0..6 {
        let step = next_step(request, session, consent, NOW);
        if request.prompts.is_none() {
            assert!(matches!(step, NextStep::Go | NextStep::Refuse(_)), "{request:?} {session:?} {consent:?}");
        }
        let somebody = SignedIn { auth_time: NOW, ..session.person.unwrap_or(person()) };
        match step {
            NextStep::Go => {
                let person = session.person.unwrap();
                assert!(person.is_meant);
                assert!(request.max_age != Some(0) || person.auth_time >= BEGUN);
                assert!(request.claims.is_empty() || person.level >= 2);
                assert!(consent.is_skipped || consent.is_fresh || consent.scopes == request.scopes);
                return;
            }
            NextStep::Refuse(_) => return,
            NextStep::Login { .. } | NextStep::SignUp => session.person = Some(somebody),
            NextStep::SelectAccount => session.has_chosen = true,
            NextStep::StepUp { level } => session.person = Some(SignedIn { level, ..somebody }),
            NextStep::Consent => consent.is_fresh = true,
        }
    }
    panic!("it goes round in circles: {request:?} {session:?} {consent:?}");
}
