//! `rejoin-hook-post-compact`.

fn main() -> std::process::ExitCode {
    rejoin::hook::run(rejoin::hook::post_compact::handle)
}
