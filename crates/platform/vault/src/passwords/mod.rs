//! Password hashing: Argon2id (RFC 9106) in a pool that can't starve the rest of the server. Other systems' hashes are verified in
//! the same pool, and made nowhere.

mod foreign;
mod hash;
mod known;
mod params;
mod pool;

pub use self::{
    hash::needs_rehash,
    known::is_supported_hash,
    params::{Argon2Params, ParamsError},
    pool::{PasswordPool, PoolError, PoolOptions},
};
