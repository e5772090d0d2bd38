//! `rejoin-hook-stop`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::stop::handle)
}
