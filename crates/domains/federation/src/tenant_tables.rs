//! What of federation's goes with an application.

store::tenant_tables! {
    identities by "id";
}
