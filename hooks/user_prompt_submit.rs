//! `rejoin-hook-user-prompt-submit`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::user_prompt_submit::handle)
}
