//! What of identity's goes with an application.

store::tenant_tables! {
    recovery_codes by "factor_id, code_mac";
    factor_challenges by "flow_key, factor_id";
    factor_tries by "user_id, budget";
    factors by "id";
    mfa_demands by "user_id";
    passkeys by "id";
    trusted_devices by "id";
    known_devices by "user_id, digest";
    throttles by "key";
    spent_captchas by "digest";
    challenges by "id";
    flows by "key";
    sessions by "id";
    passwords by "user_id";
    user_emails by "address_key";
    user_phones by "number";
    users by "id";
}
