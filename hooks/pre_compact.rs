//! `rejoin-hook-pre-compact`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::pre_compact::handle)
}
