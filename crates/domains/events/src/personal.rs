//! What the trail leaves with a person's export.

use edge::{Export, Merge, PersonalColumn, PersonalData};

store::sql! {
    // Details are shown of what the person did; those of what others did to them hold the others' addresses.
    EXPORT = "select id, type, occurred_at, outcome, case when actor_id = $2 then details end
              from (select id, type, occurred_at, outcome, actor_id, target_id, details
                      from events
                     where tenant_id = $1
                     union all
                    select id, type, occurred_at, outcome, actor_id, target_id, details
                      from unsealed_events
                     where tenant_id = $1) e
              where (actor_id = $2 or target_id = $2)
              order by id desc limit 10001";
}

const COLUMNS: &[(&str, PersonalColumn)] = &[
    ("id", PersonalColumn::Id),
    ("type", PersonalColumn::Text),
    ("occurred_at", PersonalColumn::Time),
    ("outcome", PersonalColumn::Text),
    ("details", PersonalColumn::Json),
];

pub(crate) const ALL: &[PersonalData] = &[PersonalData {
    table: "events",
    export: Export::Rows { section: "events", columns: COLUMNS, select: &EXPORT },
    merge: Merge::Stay("the trail keeps the id under which a thing happened"),
}];
