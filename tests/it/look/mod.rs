//! Looking back and setting: `rejoin search`, `catchup`, `context`, `config`, `version` and the like, as a
//! person sees them.

mod catchup;
mod config;
mod context;
mod home;
mod manual;
mod repository;
mod search;
#[cfg(unix)]
mod terminal;
mod version;
