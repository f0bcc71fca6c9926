//! Sessions, their tokens, and who may see and end them.

mod at_once;
mod ending;
mod lifetime;
mod places;
mod reading;
mod refreshing;
mod verifying;
