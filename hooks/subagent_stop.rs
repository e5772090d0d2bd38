//! Started by Claude Code at `SubagentStop`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::subagent_stop;
use rejoin::protocol::Event;

rejoin::hook!(Event::SubagentStop, subagent_stop::handle);
