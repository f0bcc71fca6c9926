//! The chain from emitting to verifying, on a real store and without the rest of the server.

mod erasure;
mod kit;
mod reading;
mod sealing;
mod tampering;
