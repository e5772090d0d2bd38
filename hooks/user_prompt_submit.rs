//! Started by Claude Code at `UserPromptSubmit`.

use rejoin::hook::{user_prompt_submit, run};
use rejoin::protocol::Event;

fn main() -> std::process::ExitCode {
    run(Event::UserPromptSubmit, user_prompt_submit::handle)
}
