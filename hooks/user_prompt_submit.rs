//! Started by Claude Code at `UserPromptSubmit`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::user_prompt_submit;
use rejoin::protocol::Event;

rejoin::hook!(Event::UserPromptSubmit, user_prompt_submit::handle);
