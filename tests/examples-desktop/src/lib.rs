//! Compiles and runs the Rust examples of the bundled skills that need toolkits, a database or an async
//! runtime, where they stand: in the Markdown. No window is opened: the toolkits' own harnesses show the
//! interfaces without a screen. `cargo test --doc -p skill-examples-desktop` runs them.

#[doc = include_str!("../../../skills/rust-desktop-applications/references/async-and-database.md")]
mod async_and_database {}

#[doc = include_str!("../../../skills/rust-desktop-applications/references/gui-frameworks.md")]
mod gui_frameworks {}

#[doc = include_str!("../../../skills/rust-desktop-applications/references/platform-integration.md")]
mod platform_integration {}

#[doc = include_str!("../../../skills/rust-desktop-applications/references/tauri.md")]
mod tauri {}
