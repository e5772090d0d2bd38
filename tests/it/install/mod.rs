//! `rejoin install`, `uninstall` and `doctor`, as a person runs them: the real executable in a home
//! folder of its own.

#[cfg(unix)]
mod asked;
mod doctor;
mod home;
mod registering;
mod removing;
#[cfg(unix)]
mod script;
mod status_line;
