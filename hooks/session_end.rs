//! Started by Claude Code at `SessionEnd`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::session_end;
use rejoin::protocol::Event;

rejoin::hook!(Event::SessionEnd, session_end::handle);
