//! The corpus. No real secret is in it, and what a scanner would take for one is put together from
//! parts.

mod lookalikes;
mod properties;
mod secrets;

use super::redact;
