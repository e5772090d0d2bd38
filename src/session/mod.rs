//! The facts of a session as a pure value.
//!
//! `event` is what comes in, `facts` what is known, `fold` how the one becomes the other; `bounds`
//! keeps it small. The rest reads text: commands, summaries, sentences, symbols, trackers, failures.

mod background;
mod bounds;
mod calls;
pub mod command;
pub mod event;
pub mod facts;
mod fold;
mod rewritten;
mod runs;
pub mod sentence;
pub mod signature;
mod step;
pub mod summary;
pub mod symbols;
pub mod text;
mod told;
pub mod tracker;
mod window;

pub use bounds::{merge_family, merge_touch};
pub use facts::Session;
pub(crate) use fold::hash;
pub use fold::{WHOLE, keep_quote};
pub use window::{window, window_of};
