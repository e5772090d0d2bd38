//! `rejoin show`: a session's resume log.

use super::Failure;
use super::args::Show;
use super::here::Here;
use super::terminal::Terminal;
use crate::env::Env;
use crate::resume::{self, Whose};
use std::io::Write;

pub(super) fn run(options: &Show, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let (log, about) = here.known(options.session.as_deref(), env)?.log(&here)?;
    let text = if options.json {
        serde_json::to_string_pretty(&log).unwrap_or_default()
    } else if options.digest {
        resume::digest(&log, &about, Whose::Earlier)
    } else {
        resume::markdown(&log)
    };
    writeln!(terminal, "{}", text.trim_end())?;
    Ok(())
}
