//! Claude Code's hook input and output, typed. Nothing else knows their field names.

mod input;
mod output;
mod status;

pub use input::{Event, Input, Read, Reader, Source, Trigger};
pub use output::Reply;
pub use status::Status;
