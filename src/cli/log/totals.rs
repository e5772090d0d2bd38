//! What a session used in all: as its records tell it, and as its transcript does.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::progress::ProgressBar;
use crate::cli::usage::machine::{Hidden, Sums, hidden};
use crate::env::Env;
use crate::follow::{Response, Sum, Tokens};
use crate::usage::prices::PriceTable;
use crate::usage::{self, By, Query, Usage, Zone};

/// The totals of a session.
pub(super) struct Totals {
    session: String,
    /// Turns, and what they and the subagents used as the records tell it.
    pub turns: u32,
    pub requests: u32,
    pub sum: Tokens,
    /// What of it the subagents used.
    pub subagents: Sum,
    /// As `rejoin usage --by session` has it; `None` where the transcript is gone.
    pub usage: Option<Counted>,
}

/// What the transcripts tell of a session.
#[derive(Default)]
pub(super) struct Counted {
    pub usage: usage::Totals,
    /// Not contained in `usage`.
    pub hidden: usage::Totals,
}

#[derive(Serialize)]
struct Line<'t> {
    totals: Fields<'t>,
}

/// Fields are only ever added.
#[derive(Serialize)]
struct Fields<'t> {
    session: &'t str,
    turns: u32,
    requests: u32,
    subagents: Subagents<'t>,
    usage: Option<Sums>,
    hidden: Option<Hidden>,
}

#[derive(Serialize)]
struct Subagents<'t> {
    runs: u32,
    requests: u32,
    usage: &'t Tokens,
}

impl Totals {
    /// The totals over these records, and over the transcript.
    pub(super) fn of(records: &[Response], id: &str, transcript: Option<&Path>, env: &Env) -> Self {
        let all = Sum::of(records.iter());
        let subagents = Sum::of(records.iter().filter(|record| record.agent_id.is_some()));
        Self {
            session: id.to_owned(),
            turns: all.records - subagents.records,
            requests: all.requests,
            sum: all.usage,
            subagents,
            usage: transcript.and_then(|path| counted(id, path, env)),
        }
    }

    /// One line of JSON.
    pub(super) fn line(&self) -> String {
        let totals = Fields {
            session: &self.session,
            turns: self.turns,
            requests: self.requests,
            subagents: Subagents {
                runs: self.subagents.records,
                requests: self.subagents.requests,
                usage: &self.subagents.usage,
            },
            usage: self.usage.as_ref().map(|counted| Sums::from(&counted.usage)),
            hidden: self.usage.as_ref().and_then(|counted| hidden(&counted.hidden)),
        };
        // A value of strings and numbers has no way to fail to become JSON.
        serde_json::to_string(&Line { totals }).unwrap_or_default()
    }
}

/// The session among all transcripts: forks share responses and inherit totals, so they are looked at
/// together.
fn counted(id: &str, transcript: &Path, env: &Env) -> Option<Counted> {
    let transcript = fs::canonicalize(transcript).ok()?;
    // `projects/<project>/<session>.jsonl`; a transcript elsewhere says nothing about its neighbours.
    let own = transcript.ancestors().nth(2).filter(|own| own.ends_with("projects"))?.to_owned();
    let roots = usage::roots(env);
    let usual = roots.iter().any(|root| fs::canonicalize(root).is_ok_and(|root| root == own));
    // What lies elsewhere is not in the cache, and not to be put there.
    let roots: Vec<PathBuf> = if usual { roots } else { vec![own] };
    // Looking makes no state directory.
    let state = env.state_dir().filter(|dir| usual && dir.is_dir());
    let mut bar = ProgressBar::on_stderr();
    let usage = Usage::collect(&roots, state.as_deref(), &mut |progress| bar.show(progress));
    bar.clear();
    let query =
        Query { by: By::Session, since: None, before: None, project: None, zone: Zone::Utc };
    let report = usage.report(&query, &PriceTable::builtin());
    let row = report.rows.into_iter().find(|row| row.key == id);
    // A session without any response has no row.
    Some(row.map_or_else(Counted::default, |row| Counted { usage: row.usage, hidden: row.hidden }))
}
