//! Through the real door: the built binary, its files, its signals, its end.

mod backup;
mod configuration;
mod disk_full;
mod first_start;
mod maintenance;
mod mtls;
mod process;
mod shutdown;
mod sudden_death;
mod tls;
