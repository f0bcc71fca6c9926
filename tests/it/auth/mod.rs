//! Signing up, in and out: `/v1/auth` and `/api/v1/auth`.

mod alike;
mod config;
mod cookies;
mod data_plane;
mod me;
mod password_change;
mod signing_in;
mod signing_up;

pub(crate) use cookies::signed_in_browser;
