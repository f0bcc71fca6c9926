//! Password hashing: Argon2id (RFC 9106) in a pool that can't starve the rest of the server.

mod hash;
mod params;
mod pool;

pub use self::{
    hash::{is_supported_hash, needs_rehash},
    params::{Argon2Params, ParamsError},
    pool::{PasswordPool, PoolError, PoolOptions},
};
