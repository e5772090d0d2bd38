//! Started by Claude Code at `UserPromptSubmit`.

use rejoin::hook::{run, user_prompt_submit};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::UserPromptSubmit, user_prompt_submit::handle)
}
