//! `rejoin-hook-stop-failure`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::stop_failure::handle)
}
