//! Compiles and runs the Rust examples of the bundled skills that need nothing but std, where they stand:
//! in the Markdown. `cargo test --doc -p skill-examples` runs them alone.

#[doc = include_str!("../../../skills/condition-based-waiting/references/examples.md")]
mod condition_based_waiting {}

#[doc = include_str!("../../../skills/rust-desktop-applications/references/architecture.md")]
mod architecture {}

#[doc = include_str!("../../../skills/rust-desktop-applications/references/state-management.md")]
mod state_management {}

#[doc = include_str!("../../../skills/rust-desktop-applications/references/testing.md")]
mod testing {}
