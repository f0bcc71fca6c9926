//! Events as lines of a table (RFC 4180). Pure.

use kernel::{ErrorCode, Refusal};

use super::view::Happened;
use crate::AuditEvent;

const NAMES: [&str; 15] = [
    "id",
    "type",
    "occurred_at",
    "actor_kind",
    "actor_id",
    "target_kind",
    "target_id",
    "outcome",
    "request_id",
    "ip",
    "user_agent",
    "data",
    "sequence",
    "previous_hash",
    "hash",
];

/// The events, under a line of names if they are the first.
pub(super) fn written(events: Vec<AuditEvent>, with_names: bool) -> Result<Vec<u8>, Refusal> {
    let mut table = csv::Writer::from_writer(Vec::new());
    if with_names {
        table.write_record(NAMES).map_err(|error| broken(&error))?;
    }
    for event in events {
        let id = event.facts.id.to_string();
        table.write_record(cells(id, Happened::from(event)).map(harmless)).map_err(|error| broken(&error))?;
    }
    table.into_inner().map_err(|error| broken(error.error()))
}

fn broken(error: &dyn std::error::Error) -> Refusal {
    tracing::error!(%error, "events can't be written as a table");
    Refusal::new(ErrorCode::Internal, "internal", "Something went wrong on our side.")
}

fn cells(id: String, event: Happened) -> [String; 15] {
    let (ip, user_agent) = event.context.map_or((None, None), |context| (context.ip, context.user_agent));
    let [sequence, previous_hash, hash] = match event.chain {
        Some(place) => [place.sequence.to_string(), place.previous_hash, place.hash],
        None => [const { String::new() }; 3],
    };
    [
        id,
        event.event_type,
        event.occurred_at.to_string(),
        event.actor.kind.as_str().to_owned(),
        event.actor.id.map(|id| id.0.to_string()).unwrap_or_default(),
        event.target.kind,
        event.target.id.0.to_string(),
        event.outcome.stored().to_owned(),
        event.request_id.unwrap_or_default(),
        ip.unwrap_or_default(),
        user_agent.unwrap_or_default(),
        event.data.map(|data| serde_json::Value::Object(data).to_string()).unwrap_or_default(),
        sequence,
        previous_hash,
        hash,
    ]
}

/// What a spreadsheet would compute, it shows: a user agent is anybody's to choose.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_a_text() {
        for (cell, shown) in [
            ("=HYPERLINK(\"https://evil.example\")", "'=HYPERLINK(\"https://evil.example\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            ("Mozilla/5.0 = x", "Mozilla/5.0 = x"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell.to_owned()), shown);
        }
    }
}
