//! To be written.

/// To be written.
pub fn handle() {}
