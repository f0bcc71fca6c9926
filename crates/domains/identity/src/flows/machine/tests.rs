//! Every step alone, repeated, empty and in every order.

use std::fmt::Write as _;

use super::*;

const STEPS: [Step; 11] = [
    Step::CaptchaSolved,
    Step::SecondFactor(Method::Totp),
    Step::SecondFactor(Method::EmailCode),
    Step::SecondFactor(Method::Password),
    Step::SecondFactor(Method::TrustedDevice),
    Step::Enrolled(Method::Totp),
    Step::Enrolled(Method::Password),
    Step::Enrolled(Method::Anonymous),
    Step::Verified,
    Step::PasswordReset,
    Step::ProfileCompleted,
];

fn standings() -> Vec<Standing> {
    let mut all = Vec::new();
    for bits in 0..256_u32 {
        let is = |bit: u32| bits & (1 << bit) != 0;
        all.push(Standing {
            is_second_required: is(0),
            is_second_asked: is(1),
            enrolled: [(is(2), Method::Totp), (is(3), Method::EmailCode)]
                .into_iter()
                .filter_map(|(is, method)| is.then_some(method))
                .collect(),
            has_second: is(2) || is(3),
            unproven: u8::from(is(4)),
            can_verify: is(5),
            must_reset_password: is(6),
            needs_profile: is(7),
            thresholds: Thresholds::default(),
        });
    }
    all
}

fn firsts() -> impl Iterator<Item = Evidence> {
    Method::ALL
        .into_iter()
        .flat_map(|method| [0, 29, 30, 59, 60, 80, 81, 100].map(|risk| Evidence { risk, ..Evidence::first(method) }))
}

#[test]
fn every_walk_ends_complete_or_stuck_and_never_skips_a_gate() {
    for standing in standings() {
        for first in firsts() {
            walk(&first, &standing, 0);
        }
    }
}

/// Take every open step, and check that none that is closed is taken.
fn walk(evidence: &Evidence, standing: &Standing, depth: usize) {
    assert!(depth <= 7, "a flow ends: {evidence:?}");
    let before = state(evidence, standing);
    for step in STEPS {
        if let Ok(after) = accept(evidence, standing, step) {
            // A proven address is not among those that have to be.
            let proven = u8::from(matches!(step, Step::Verified));
            let standing = &Standing { unproven: standing.unproven.saturating_sub(proven), ..standing.clone() };
            assert!(!matches!(before, State::Complete | State::Refused), "{step:?} in {before:?}");
            assert_eq!(asked_by(step), before);
            // The gate that asked is behind us, or asks for something else.
            assert_ne!((state(&after, standing), &after), (before, evidence));
            walk(&after, standing, depth + 1);
        }
    }
    if before == State::Complete {
        let proven = &evidence.proven;
        let is_anonymous = proven.contains(&Method::Anonymous);
        let is_trusted = proven.contains(&Method::TrustedDevice) && evidence.risk < 30;
        if standing.is_second_required && !is_anonymous && !is_trusted {
            assert!(assurance(proven) >= 2, "{evidence:?} {standing:?}");
        }
        assert!(evidence.risk <= 80);
        assert!(evidence.risk < 60 || evidence.captcha);
        if standing.must_reset_password && proven.contains(&Method::Password) {
            assert!(evidence.password_reset);
        }
        assert!(!standing.needs_profile || evidence.profile);
    }
}

fn asked_by(step: Step) -> State {
    match step {
        Step::CaptchaSolved => State::Captcha,
        Step::SecondFactor(_) => State::SecondFactor,
        Step::Enrolled(_) => State::Enrolment,
        Step::Verified => State::Verification,
        Step::PasswordReset => State::PasswordReset,
        Step::ProfileCompleted => State::Profile,
    }
}

/// What a step is called in the drawing.
fn name(step: Step) -> &'static str {
    match step {
        Step::CaptchaSolved => "captcha_solved",
        Step::SecondFactor(_) => "second_factor",
        Step::Enrolled(_) => "enrolled",
        Step::Verified => "verified",
        Step::PasswordReset => "password_reset",
        Step::ProfileCompleted => "profile_completed",
    }
}

#[test]
fn the_page_draws_these_very_tables() {
    let page = include_str!("../../../../../../docs/sign-in-flows.md");
    let mut drawing = String::from("stateDiagram-v2\n");
    for state in GATES.iter().map(|gate| gate.state).chain([State::Complete]) {
        writeln!(drawing, "  [*] --> {}", state.name()).unwrap();
    }
    for (state, takes) in super::STEPS {
        let step = STEPS.into_iter().find(takes).unwrap();
        writeln!(drawing, "  {0} --> {0}: {1}", state.name(), name(step)).unwrap();
    }
    assert!(page.contains(&drawing), "docs/sign-in-flows.md should hold:\n{drawing}");
    let mut rest = page;
    for gate in &GATES {
        let row = format!("| `{}` |", gate.state.name());
        let at = rest.find(&row).unwrap_or_else(|| panic!("{row} is missing or out of order"));
        rest = &rest[at..];
    }
}

#[test]
fn a_step_is_open_once() {
    let standing =
        Standing { is_second_asked: true, enrolled: vec![Method::Totp], has_second: true, ..Standing::default() };
    let first = Evidence::first(Method::Password);
    assert_eq!(state(&first, &standing), State::SecondFactor);
    let after = accept(&first, &standing, Step::SecondFactor(Method::Totp)).unwrap();
    assert_eq!(state(&after, &standing), State::Complete);
    assert_eq!(accept(&after, &standing, Step::SecondFactor(Method::Totp)), Err(NotOpen));
}

#[test]
fn a_factor_that_the_person_has_not_is_not_taken() {
    let standing =
        Standing { is_second_asked: true, enrolled: vec![Method::Totp], has_second: true, ..Standing::default() };
    let first = Evidence::first(Method::Password);
    for method in [Method::EmailCode, Method::SmsCode, Method::RecoveryCode, Method::Passkey, Method::Password] {
        assert_eq!(accept(&first, &standing, Step::SecondFactor(method)), Err(NotOpen), "{method:?}");
    }
}

#[test]
fn the_channel_of_the_first_proof_is_no_second_factor() {
    let standing = Standing {
        is_second_required: true,
        enrolled: vec![Method::EmailCode],
        has_second: true,
        ..Standing::default()
    };
    assert_eq!(state(&Evidence::first(Method::MagicLink), &standing), State::Enrolment);
    assert_eq!(state(&Evidence::first(Method::Password), &standing), State::SecondFactor);
}

#[test]
fn a_trusted_device_stands_in_for_the_second_factor_unless_the_attempt_is_risky() {
    let standing =
        Standing { is_second_required: true, enrolled: vec![Method::Totp], has_second: true, ..Standing::default() };
    let mut evidence = Evidence::first(Method::Password);
    evidence.proven.push(Method::TrustedDevice);
    assert_eq!(state(&evidence, &standing), State::Complete);
    assert_eq!(assurance(&evidence.proven), 1);
    evidence.risk = 30;
    assert_eq!(state(&evidence, &standing), State::SecondFactor);
}

#[test]
fn risk_asks_for_more_and_in_the_end_refuses() {
    let with_app =
        Standing { is_second_asked: false, enrolled: vec![Method::Totp], has_second: true, ..Standing::default() };
    let with_mail = Standing { can_verify: true, ..Standing::default() };
    let at = |risk| Evidence { risk, ..Evidence::first(Method::Password) };
    for (risk, app, mail) in [
        (29, State::Complete, State::Complete),
        (30, State::SecondFactor, State::Verification),
        (60, State::Captcha, State::Captcha),
        (80, State::Captcha, State::Captcha),
        (81, State::Refused, State::Refused),
    ] {
        assert_eq!(state(&at(risk), &with_app), app, "{risk}");
        assert_eq!(state(&at(risk), &with_mail), mail, "{risk}");
    }
    let solved = accept(&at(70), &with_mail, Step::CaptchaSolved).unwrap();
    assert_eq!(state(&solved, &with_mail), State::Verification);
}

#[test]
fn a_step_up_wants_a_fresh_proof_even_where_the_level_is_reached() {
    let standing =
        Standing { enrolled: vec![Method::Totp, Method::EmailCode], has_second: true, ..Standing::default() };
    let evidence = Evidence::step_up(vec![Method::Password, Method::Totp], 2);
    assert_eq!(state(&evidence, &standing), State::SecondFactor);
    let after = accept(&evidence, &standing, Step::SecondFactor(Method::Totp)).unwrap();
    assert_eq!(state(&after, &standing), State::Complete);

    let nothing = Standing::default();
    assert_eq!(state(&Evidence::step_up(vec![Method::Password], 2), &nothing), State::Enrolment);
}

#[test]
fn a_guest_is_asked_for_nothing_but_still_stopped_by_risk() {
    let standing = Standing { is_second_required: true, unproven: 1, ..Standing::default() };
    assert_eq!(state(&Evidence::first(Method::Anonymous), &standing), State::Complete);
    assert_eq!(state(&Evidence { risk: 90, ..Evidence::first(Method::Anonymous) }, &standing), State::Refused);
}
