//! What of lifecycle's goes with an application.

store::tenant_tables! {
    import_chunks by "import_id, number";
    imports by "id";
    waitlist_entries by "id";
    consents by "user_id, purpose";
    consent_history by "user_id, id";
    profile_answers by "user_id, field_id";
    profile_visits by "user_id";
    profile_fields by "id";
}
