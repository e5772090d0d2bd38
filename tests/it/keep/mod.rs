//! What is kept, handed over, taken over and taken away, as a person sees it.

#[cfg(unix)]
mod asked;
mod exported;
mod forgotten;
mod imported;
mod person;
#[cfg(unix)]
mod retained;
#[cfg(unix)]
mod shared;
