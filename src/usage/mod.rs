//! Totals over all transcripts.
//!
//! One response is one `message.id`, whatever else its lines carry: it counts once, with the numbers of
//! its last line, however many lines, files and forks repeat it. Reading goes from the files
//! ([`files`], [`scan`], [`line`]) or the cache of an earlier run ([`cache`]) into a ledger of rows;
//! copies are united ([`unique`]), and reports are cut from what is left ([`report`]).

mod blocks;
mod cache;
mod collect;
mod files;
mod flaw;
mod hidden;
mod ledger;
mod line;
pub mod prices;
mod report;
mod row;
mod scan;
mod totals;
mod unique;
mod zone;

use std::io;
use std::path::{Path, PathBuf};

pub use blocks::HOURS as BLOCK_HOURS;
pub use collect::{Progress, Skipped};
pub use files::roots;
pub(crate) use files::{Candidate, list};
pub use flaw::{Flaw, FlawedLine, fault, flawed_lines};
pub(crate) use report::folder_name;
pub use report::{By, ProjectFilter, Query, Report, ReportRow};
pub use row::{TokenSums, Tokens};
pub use totals::Totals;
pub use zone::{Zone, rfc3339};

use hidden::Hidden;
use ledger::Ledger;

/// All usage that the transcripts below some folders tell of.
#[derive(Debug)]
pub struct Usage {
    ledger: Ledger,
    hidden: Vec<Hidden>,
    /// What could not be counted.
    pub skipped: Skipped,
    /// Why the cache could not be written. The totals are right all the same.
    pub unsaved: Option<io::Error>,
}

impl Usage {
    /// Reads the transcripts below `roots`, with a cache in the `state` directory where one is named.
    ///
    /// Transcripts may grow, shrink and vanish meanwhile. `tell` is called every tenth of a second while
    /// there is much to read.
    pub fn collect(
        roots: &[PathBuf],
        state: Option<&Path>,
        tell: &mut dyn FnMut(Progress),
    ) -> Self {
        let cache = state.map(|state| cache::path(state, roots));
        let (mut ledger, skipped, unsaved) = collect::collect(roots, cache.as_deref(), tell);
        let hidden = hidden::find(&ledger);
        unique::unite_copies(&mut ledger.rows, &ledger.transcripts);
        Self { ledger, hidden, skipped, unsaved }
    }

    /// How many transcripts were found and read.
    pub fn transcript_count(&self) -> usize {
        self.ledger.transcripts.len()
    }
}
