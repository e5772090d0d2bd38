//! Started by Claude Code at `SessionStart`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::session_start;
use rejoin::protocol::Event;

rejoin::hook!(Event::SessionStart, session_start::handle);
