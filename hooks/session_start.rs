//! `rejoin-hook-session-start`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::session_start::handle)
}
