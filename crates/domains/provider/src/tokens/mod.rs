//! Access tokens: what they carry, and whom they speak for.

mod authenticator;

pub use authenticator::AccessTokens;
