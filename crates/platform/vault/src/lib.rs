//! Secrets at rest: sealed under a master key, digested under a keyed hash, or hashed slowly in a bounded pool.
//!
//! Owns the master keys and their file, the envelope that stored secrets travel in, keyed digests, opaque tokens and API
//! key secrets, password hashing and the rules that a new password must meet. Owns no table: the caller stores the bytes.

mod carried;
mod common_passwords;
mod digest;
mod envelope;
mod keyed;
mod master;
mod normal;
mod passwords;
mod policy;
mod sealing;
mod tokens;

pub use self::{
    digest::{constant_time_eq, digest},
    envelope::SealError,
    master::{MasterKey, MasterKeyError, MasterKeys},
    normal::MAX_PASSWORD_BYTES,
    passwords::{Argon2Params, ParamsError, PasswordPool, PoolError, PoolOptions, is_supported_hash, needs_rehash},
    policy::{PasswordFlaw, PasswordPolicy},
    sealing::{Place, Vault},
    tokens::{ApiKeySecret, OpaqueToken, RowToken},
};
