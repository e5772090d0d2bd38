//! `rejoin-hook-subagent-stop`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::subagent_stop::handle)
}
