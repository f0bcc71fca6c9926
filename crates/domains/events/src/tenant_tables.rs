//! What of the trail goes with an application: its own stream. That it was there and is erased stands in the console's.

store::tenant_tables! {
    unsealed_events by "id";
    events by "id";
    audit_chains by "sequence";
}
