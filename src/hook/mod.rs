//! The runner of the hook executables: read, parse, handle, reply.

pub mod post_compact;
pub mod post_tool_batch;
pub mod pre_compact;
pub mod session_end;
pub mod session_start;
pub mod stop;
pub mod stop_failure;
pub mod subagent_stop;
pub mod user_prompt_submit;

/// Runs one hook executable from stdin to its exit code, which is always success.
pub fn run(handle: fn()) -> std::process::ExitCode {
    handle();
    std::process::ExitCode::SUCCESS
}
