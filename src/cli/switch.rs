//! `rejoin off` and `rejoin on`.

use super::Failure;
use super::args::Switch;
use super::here::Here;
use super::terminal::Terminal;
use crate::env::Env;
use crate::store::{Store, Wait};
use std::io::Write;
use std::time::Duration;

pub(super) fn run(
    options: &Switch,
    on: bool,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let state = env.state_dir().ok_or_else(|| Failure::Failed("no home folder".to_owned()))?;
    let store = Store::open(&state)?;
    let word = if on { "on" } else { "off" };
    if options.everywhere {
        store.switch(on)?;
        writeln!(terminal, "rejoin is {word} everywhere.")?;
        return Ok(());
    }
    let project = here.place.open(&store)?;
    project.lock(Wait::For(Duration::from_secs(5)))?.switch(on)?;
    writeln!(terminal, "rejoin is {word} for {}.", here.place.project.name)?;
    if on && store.is_off() {
        writeln!(terminal, "It is still off everywhere: `rejoin on --everywhere` turns it on.")?;
    }
    Ok(())
}
