//! Started by Claude Code at `PostCompact`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::post_compact;
use rejoin::protocol::Event;

rejoin::hook!(Event::PostCompact, post_compact::handle);
