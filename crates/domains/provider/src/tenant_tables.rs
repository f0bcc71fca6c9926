//! What of the provider's goes with an application.

store::tenant_tables! {
    oauth_replays by "hash";
    oauth_devices by "hash";
    oauth_revoked_tokens by "hash";
    oauth_access_tokens by "id";
    oauth_grants by "id";
    oauth_ends by "user_id, client_id";
    oauth_consents by "user_id, client_id";
    oauth_requests by "hash";
    client_origins by "origin, client_id";
    client_secrets by "client_id, hash";
    clients by "id";
}
