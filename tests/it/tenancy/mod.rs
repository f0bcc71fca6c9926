//! Which application a request is for, and the wall around it.

mod resolution;
mod suspension;
