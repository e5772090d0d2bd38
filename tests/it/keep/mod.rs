//! What is kept, handed over, taken over and taken away, as a person sees it.

#[cfg(unix)]
mod asked;
mod documented;
mod exported;
mod forgotten;
mod imported;
#[cfg(unix)]
mod misused;
mod person;
#[cfg(unix)]
mod retained;
#[cfg(unix)]
mod shared;
