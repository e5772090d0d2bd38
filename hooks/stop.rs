//! Started by Claude Code at `Stop`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::stop;
use rejoin::protocol::Event;

rejoin::hook!(Event::Stop, stop::handle);
