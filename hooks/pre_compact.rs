//! Started by Claude Code at `PreCompact`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::pre_compact;
use rejoin::protocol::Event;

rejoin::hook!(Event::PreCompact, pre_compact::handle);
