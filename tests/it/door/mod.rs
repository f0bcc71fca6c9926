//! Through the real door: the built binary, its files, its signals, its end.

mod backup;
mod configuration;
mod first_start;
mod process;
mod shutdown;
mod sudden_death;
