//! Started by Claude Code at `StopFailure`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::stop_failure;
use rejoin::protocol::Event;

rejoin::hook!(Event::StopFailure, stop_failure::handle);
