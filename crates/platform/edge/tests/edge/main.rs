//! The edge from outside: what a domain can write, and what becomes of it.

mod compile_fail;
mod openapi;
