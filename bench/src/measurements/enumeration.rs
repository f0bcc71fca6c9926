//! Can it be told from outside whether somebody has an account? Each door is asked for known and unknown accounts in turns, from
//! networks of their own; status, body and mail count must be equal, and the times must not be told apart.

use std::fmt;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::stage::Stage;
use crate::{
    ceilings,
    http::{Client, Request},
    installation::{PASSWORD, Server},
    load::median,
    mail_sink::{Counts, MailSink},
    stopwatch,
};

/// Of each kind, at each door.
const SAMPLES: u16 = 2_000;
/// Where a hash is computed, in a quick run.
const QUICK_SAMPLES: u16 = 200;
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
pub(super) fn measure(stage: &Stage<'_>, samples: Option<u16>) -> Result<bool> {
    let sink = MailSink::start()?;
    let server = stage.new_installation()?.start_with_mail(stage.cores, &sink.url())?;
    server.lift_limits()?;
    let samples = usize::from(samples.unwrap_or(if stage.options.quick { QUICK_SAMPLES } else { SAMPLES }));
    populate(&server, samples)?;
    // What may have been sent until now is no door's.
    sink.take(0)?;
    println!("| door | samples | status and body | mail | median known | median unknown | difference | z | verdict |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut is_silent = true;
    for door in &DOORS {
        is_silent &= ask(&server, &sink, door, samples)?;
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

fn ask(server: &Server, sink: &MailSink, door: &Door, samples: usize) -> Result<bool> {
    let mut client = Client::connect(server.address)?;
    let (mut times, mut answers) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    let mut asked = [Vec::new(), Vec::new()];
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
            asked[usize::from(is_known)].push(address);
        }
    }
    let is_equal = answers[0] == answers[1] && answers[0].windows(2).all(|pair| pair[0] == pair[1]);
    let [unknown, known] = times;
    let z = rank_sum(&known, &unknown);
    let (known, unknown) = (median(known).context("samples")?, median(unknown).context("samples")?);
    let difference = (known - unknown) / unknown;
    // Mail leaves by a job after the answer.
    let mail = Mail::of(&sink.take(if door.sends_mail { 2 * samples } else { 0 })?, &asked)?;
    ensure!(!door.sends_mail || mail.is_any(), "{}: no mail came, so nothing was compared", door.name);
    let is_silent = is_equal && mail.is_equal() && (z.abs() < SUSPICIOUS || difference.abs() < NEGLIGIBLE);
    println!(
        "| {} | 2 × {samples} | {} | {mail} | {known:.0} µs | {unknown:.0} µs | {:+.2} % | {z:+.2} | {} |",
        door.name,
        if is_equal { "equal" } else { "DIFFERENT" },
        difference * 100.0,
        if is_silent { "silent" } else { "TELLS" },
    );
    Ok(is_silent)
}

/// How many messages went to each address that was asked for, in the order of asking.
struct Mail {
    known: Vec<u32>,
    unknown: Vec<u32>,
}

impl Mail {
    fn of(counts: &Counts, asked: &[Vec<String>; 2]) -> Result<Self> {
        let [unknown, known] = asked.each_ref().map(|asked| {
            asked.iter().map(|address| counts.get(address).copied().unwrap_or_default()).collect::<Vec<_>>()
        });
        let mail = Self { known, unknown };
        let to_others = counts.values().sum::<u32>() - total(&mail.known) - total(&mail.unknown);
        ensure!(to_others == 0, "{to_others} messages went to addresses that nobody asked for");
        Ok(mail)
    }

    fn is_any(&self) -> bool {
        total(&self.known) + total(&self.unknown) > 0
    }

    /// Address by address: two for one person and none for another would tell as well.
    fn is_equal(&self) -> bool {
        self.known == self.unknown
    }
}

fn total(counts: &[u32]) -> u32 {
    counts.iter().sum()
}

impl fmt::Display for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (known, unknown) = (total(&self.known), total(&self.unknown));
        match (self.is_equal(), known == unknown) {
            (true, _) if !self.is_any() => write!(f, "–"),
            (true, _) => write!(f, "{known} = {unknown}"),
            (false, false) => write!(f, "{known} ≠ {unknown}"),
            (false, true) => write!(f, "{known} = {unknown}, UNEVEN"),
        }
    }
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

    fn mail(counts: &[(&str, u32)]) -> Result<Mail> {
        let asked = [vec!["new".to_owned(), "newer".to_owned()], vec!["ada".to_owned(), "bob".to_owned()]];
        Mail::of(&counts.iter().map(|(address, count)| ((*address).to_owned(), *count)).collect(), &asked)
    }

    #[test]
    fn mail_is_equal_where_each_address_gets_as_much() {
        let cases: [(&[(&str, u32)], &str); 4] = [
            (&[], "–"),
            (&[("ada", 1), ("bob", 1), ("new", 1), ("newer", 1)], "2 = 2"),
            (&[("ada", 1), ("new", 1), ("newer", 1)], "1 ≠ 2"),
            (&[("ada", 2), ("new", 1), ("newer", 1)], "2 = 2, UNEVEN"),
        ];
        for (counts, shown) in cases {
            let mail = mail(counts).unwrap();
            assert_eq!(mail.to_string(), shown);
            assert_eq!(mail.is_equal(), !shown.contains('≠') && !shown.contains("UNEVEN"), "{shown}");
        }
    }

    #[test]
    fn mail_to_somebody_else_is_an_error() {
        assert!(mail(&[("eve", 1)]).is_err());
    }

    #[test]
    fn a_shape_forgets_values_and_keeps_lengths() {
        let one = shape(br#"{"data":{"challenge_id":"018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e6f","state":"sent"},"meta":{"timestamp":"a"}}"#);
        let other = shape(br#"{"data":{"challenge_id":"018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e70","state":"sent"},"meta":{"timestamp":"b"}}"#);
        assert_eq!(one, other);
        assert_ne!(one, shape(br#"{"data":{"state":"gone"}}"#));
    }
}
