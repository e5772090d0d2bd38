//! `rejoin-hook-post-tool-batch`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::post_tool_batch::handle)
}
