//! Signing in at a provider that may lie in everything it says.

mod accounts;
mod guests;
mod hand_off;
mod identities;
mod lies;
mod linking;
mod pages;
mod providers;
mod racing;
mod redeeming;
mod samples;
mod signing_in;
mod stage;
mod states;
mod upstream;

pub(crate) use samples::{has_sample, sample};
