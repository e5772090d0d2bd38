//! `rejoin-hook-session-end`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::session_end::handle)
}
