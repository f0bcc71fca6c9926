//! What of tenancy's goes with an application, and what the store keeps for everybody. The row of the tenant itself stays, empty.

store::tenant_tables! {
    messages by "id";
    message_senders by "channel";
    message_templates by "template, locale";
    settings_secrets by "name";
    social_providers by "slug";
    api_keys by "id";
    signing_keys by "kid";
    tenant_origins by "origin";
    /// A host that led to the application leads to no other.
    tenant_hosts by "host" if "verified_at is null";
    jobs by "id";
    idempotency by "principal, key";
}
