//! Started by Claude Code at `PostToolBatch`.
#![cfg_attr(target_os = "linux", no_main)]

use rejoin::hook::post_tool_batch;
use rejoin::protocol::Event;

rejoin::hook!(Event::PostToolBatch, post_tool_batch::handle);
