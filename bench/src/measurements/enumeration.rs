//! Can it be told from outside whether somebody has an account? Each door is asked for known and unknown accounts in turns, from
//! networks of their own; status, body and mail count must be equal, and the times must not be told apart.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::stage::Stage;
use crate::{
    ceilings,
    http::{Client, Request},
    installation::{PASSWORD, Server},
    load::median,
    stopwatch,
};

/// Of each kind, at each door.
const SAMPLES: usize = 2_000;
/// Where a hash is computed, in a quick run.
const QUICK_SAMPLES: usize = 200;
/// The chance that equal distributions differ by so many standard deviations is one in ten thousand.
const SUSPICIOUS: f64 = 3.9;
/// A difference of medians below this share of a reply drowns in the network between.
const NEGLIGIBLE: f64 = 0.02;

/// A door, and what is sent to it for an address.
struct Door {
    name: &'static str,
    path: &'static str,
    body: fn(&str) -> Value,
    sends_mail: bool,
}

const DOORS: [Door; 6] = [
    Door {
        name: "sign-in, wrong password",
        path: "/v1/auth/sign-in",
        body: |email| json!({ "email": email, "password": "not the right one" }),
        sends_mail: false,
    },
    Door {
        name: "sign-up",
        path: "/v1/auth/sign-up",
        body: |email| json!({ "email": email, "password": PASSWORD }),
        sends_mail: true,
    },
    Door {
        name: "forgot",
        path: "/v1/auth/password/forgot",
        body: |email| json!({ "email": email }),
        sends_mail: true,
    },
    Door {
        name: "magic link",
        path: "/v1/auth/magic-links",
        body: |email| json!({ "email": email }),
        sends_mail: true,
    },
    Door { name: "code", path: "/v1/auth/otp", body: |email| json!({ "email": email }), sends_mail: true },
    Door { name: "passkey options", path: "/v1/auth/passkeys/authentication", body: |_| json!({}), sends_mail: false },
];

/// Prints a line for each door; `false` where one tells.
pub(super) fn measure(stage: &Stage<'_>) -> Result<bool> {
    let server = stage.new_installation()?.start_with_mailbox(stage.cores)?;
    server.lift_limits()?;
    let samples = if stage.options.quick { QUICK_SAMPLES } else { SAMPLES };
    populate(&server, samples)?;
    println!("| door | samples | status and body | median known | median unknown | difference | z | verdict |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut is_silent = true;
    for door in &DOORS {
        is_silent &= ask(&server, door, samples)?;
    }
    server.stop()?;
    Ok(is_silent)
}

/// The known ones. Nobody signs in here: no password fits their hashes, and each has a salt of its own, as in life.
fn populate(server: &Server, samples: usize) -> Result<()> {
    let mut client = Client::connect(server.address)?;
    for number in 0..samples {
        let body = json!({ "primary_email": email(true, number), "password_hash": ceilings::unfitting_phc(number) })
            .to_string();
        let request = Request::post("/v1/users", &body).bearer(&server.facts.api_key).to_bytes(server.address);
        client.send(&request, |reply| reply.expect(201))?;
    }
    Ok(())
}

fn email(is_known: bool, number: usize) -> String {
    format!("{}-{number}@bench.example", if is_known { "known00" } else { "unknown" })
}

fn ask(server: &Server, door: &Door, samples: usize) -> Result<bool> {
    let mut client = Client::connect(server.address)?;
    let (mut times, mut answers) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for number in 0..samples {
        // Which comes first changes, so that neither has the warmer caches.
        for is_known in [number % 2 == 0, number % 2 != 0] {
            let address = email(is_known, number);
            // A sign-up makes its address known: an unknown one is used once, and not by the doors after it.
            let address = if door.name == "sign-up" && !is_known { format!("new-{address}") } else { address };
            // A network of 256 addresses each: one that fails as often as this is slowed down, whomever it asks for.
            let network = 2 * number + usize::from(is_known);
            let network = format!("10.{}.{}.1", network / 256, network % 256);
            let body = (door.body)(&address).to_string();
            let request = Request::post(door.path, &body).via_network(&network).to_bytes(server.address);
            let began = stopwatch::now();
            let answer = client.send(&request, |reply| Ok((reply.status, shape(reply.body))))?;
            times[usize::from(is_known)].push(began.elapsed().as_secs_f64() * 1e6);
            answers[usize::from(is_known)].push(answer);
        }
    }
    let is_equal = answers[0] == answers[1] && answers[0].windows(2).all(|pair| pair[0] == pair[1]);
    let [unknown, known] = times;
    let z = rank_sum(&known, &unknown);
    let (known, unknown) = (median(known).context("samples")?, median(unknown).context("samples")?);
    let difference = (known - unknown) / unknown;
    let is_silent = is_equal && (z.abs() < SUSPICIOUS || difference.abs() < NEGLIGIBLE);
    println!(
        "| {} | 2 × {samples} | {} | {known:.0} µs | {unknown:.0} µs | {:+.2} % | {z:+.2} | {} |",
        door.name,
        if is_equal { "equal" } else { "DIFFERENT" },
        difference * 100.0,
        if is_silent { "silent" } else { "TELLS" },
    );
    if door.sends_mail {
        eprintln!("{}: one message an answer, sent by a job after it", door.name);
    }
    Ok(is_silent)
}

/// The body without what differs between any two answers: the length of each text stays.
fn shape(body: &[u8]) -> String {
    fn blank(value: &mut Value) {
        match value {
            Value::String(text) if text.len() > 15 => *text = "x".repeat(text.len().min(40)),
            Value::Array(items) => items.iter_mut().for_each(blank),
            Value::Object(fields) => {
                fields.remove("timestamp");
                fields.remove("expires_at");
                fields.values_mut().for_each(blank);
            }
            _ => {}
        }
    }
    let mut value = serde_json::from_slice(body).unwrap_or(Value::Null);
    blank(&mut value);
    value.to_string()
}

/// The Mann–Whitney U test: how many standard deviations the ranks of one sample lie from where chance would put them.
fn rank_sum(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        one.iter().map(|time| (*time, true)).chain(other.iter().map(|time| (*time, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank, mut ranks) = (0.0, 0.0);
    for (_, is_one) in &all {
        rank += 1.0;
        if *is_one {
            ranks += rank;
        }
    }
    let count = |sample: &[f64]| sample.iter().map(|_| 1.0).sum::<f64>();
    let (n, m) = (count(one), count(other));
    let u = ranks - n * (n + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_samples_have_no_rank_and_shifted_ones_have_much() {
        let one: Vec<f64> = (0..500).map(|number| f64::from(number * 7_919 % 500)).collect();
        let shifted: Vec<f64> = one.iter().map(|time| time + 100.0).collect();
        assert!(rank_sum(&one, &one).abs() < 1.0);
        assert!(rank_sum(&shifted, &one) > 5.0);
    }

    #[test]
    fn a_shape_forgets_values_and_keeps_lengths() {
        let one = shape(br#"{"data":{"challenge_id":"018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e6f","state":"sent"},"meta":{"timestamp":"a"}}"#);
        let other = shape(br#"{"data":{"challenge_id":"018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e70","state":"sent"},"meta":{"timestamp":"b"}}"#);
        assert_eq!(one, other);
        assert_ne!(one, shape(br#"{"data":{"state":"gone"}}"#));
    }
}
