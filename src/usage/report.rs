//! Totals by day, session, model and the like.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::Datelike;

use super::Usage;
use super::blocks::Blocks;
use super::ledger::Transcript;
use super::prices::{Model, PriceTable, Service};
use super::row::{Place, Row};
use super::totals::Totals;
use super::zone::{Days15, Zone, monday, rfc3339};

/// What a row of a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Day,
    /// From Monday.
    Week,
    Month,
    Session,
    Model,
    Project,
    /// Five hours, from the UTC hour of the first response.
    Block,
}

/// What to count, and how to cut it.
#[derive(Debug, Clone)]
pub struct Query {
    pub by: By,
    /// From this moment on, in seconds since 1970.
    pub since: Option<i64>,
    /// Before this moment.
    pub before: Option<i64>,
    pub project: Option<ProjectFilter>,
    pub zone: Zone,
}

/// Which projects count, by Claude Code's folder names: every character of the path that is neither a
/// letter nor a digit is a `-` there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectFilter {
    /// The project in this folder.
    Folder(String),
    /// Every project whose folder name is this or ends with `-` and this.
    Named(String),
}

impl ProjectFilter {
    /// The project in an absolute folder.
    pub fn folder(path: &str) -> Self {
        Self::Folder(folder_name(path.trim_end_matches('/')))
    }

    /// Projects of this name.
    pub fn named(name: &str) -> Self {
        Self::Named(folder_name(name))
    }

    /// Whether a project whose transcripts are in this folder counts.
    pub(crate) fn admits(&self, folder: &str) -> bool {
        match self {
            Self::Folder(name) => folder == name,
            Self::Named(name) => folder
                .strip_suffix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('-')),
        }
    }
}

/// How Claude Code names the folder for a path.
pub(crate) fn folder_name(path: &str) -> String {
    path.encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() => char::from(byte),
            _ => '-',
        })
        .collect()
}

/// Totals, cut one way.
#[derive(Debug, Clone)]
pub struct Report {
    pub by: By,
    pub zone: Zone,
    /// Days, weeks, months and blocks in their order, sessions by their last response, models and
    /// projects by cost, then tokens.
    pub rows: Vec<ReportRow>,
    pub totals: Totals,
    /// Usage beyond the responses, not contained in `totals`: see [`super::hidden`].
    pub hidden: Totals,
    /// Models with usage and without a price.
    pub unpriced: Vec<String>,
}

/// One row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// `2026-11-22` for a day or the Monday of a week, `2026-11` for a month, a session's id, a model's,
    /// a project's folder name, a block's start in RFC 3339.
    pub key: String,
    /// Folder name of a session's project.
    pub project: Option<String>,
    /// Where a session's or project's folder is, when transcripts tell.
    pub path: Option<String>,
    /// First and last response, in seconds since 1970.
    pub first: u32,
    pub last: u32,
    /// When a block starts, in seconds since 1970; for other rows the same as `first`.
    pub start: u32,
    pub usage: Totals,
    pub hidden: Totals,
}

/// What tells one row from another, as a number.
type Key = u64;

struct Group {
    key: Key,
    transcript: usize,
    first: u32,
    last: u32,
    usage: Totals,
    hidden: Totals,
}

impl Usage {
    /// Cuts everything that was collected.
    pub fn report(&self, query: &Query, prices: &PriceTable) -> Report {
        let mut cut = Cut::new(self, query);
        let models = &self.ledger.names.models;
        let rates: Vec<(Service, Option<&Model>)> = (0..models.len() as u32)
            .map(|number| {
                let model = models.name(number);
                (model.service, prices.model(&model.name))
            })
            .collect();
        let mut unpriced = BTreeSet::new();
        for (at, transcript) in self.ledger.transcripts.iter().enumerate() {
            if !cut.admits_project(transcript) {
                continue;
            }
            for row in &self.ledger.rows[transcript.rows.clone()] {
                if row.place == Place::Elsewhere || !cut.admits_time(row.time) {
                    continue;
                }
                let (service, price) = rates[usize::from(row.model)];
                let tokens = row.tokens.into();
                let searches = row.searches.into();
                let cost = price.map(|price| prices.cost(price, service, &tokens, searches));
                if cost.is_none() {
                    unpriced.insert(row.model);
                }
                let key = cut.key_of(row, at);
                let group = cut.group(key, at, row.time);
                group.usage.responses += 1;
                group.usage.add_tokens(tokens, cost);
            }
        }
        let mut unpriced: BTreeSet<String> = unpriced
            .into_iter()
            .map(|number| models.name(number.into()).name.to_string())
            .collect();
        for hidden in &self.hidden {
            let transcript = &self.ledger.transcripts[hidden.transcript];
            if !cut.admits_project(transcript) || !cut.admits_time(hidden.time) {
                continue;
            }
            let price = prices.model(&hidden.model);
            if price.is_none() {
                unpriced.insert(hidden.model.clone());
            }
            let cost = price.map(|price| PriceTable::standard_cost(price, &hidden.tokens));
            let key = cut.key(&hidden.model, transcript.session, hidden.transcript, hidden.time);
            let group = cut.group(key, hidden.transcript, hidden.time);
            group.hidden.add_tokens(hidden.tokens, cost);
        }
        cut.into_report(unpriced.into_iter().collect())
    }
}

/// A report in the making.
struct Cut<'u> {
    usage: &'u Usage,
    query: &'u Query,
    days: Days15,
    blocks: Blocks,
    /// Models by name, whatever way they were served.
    model_names: Vec<Arc<str>>,
    /// The number of each transcript's project.
    projects: Vec<Key>,
    /// The number of each served model's name.
    models: Vec<Key>,
    numbers: HashMap<Key, usize>,
    groups: Vec<Group>,
    /// Where projects are, as far as looked for.
    paths: HashMap<Arc<str>, Option<String>>,
    /// The group used last: rows come in runs.
    latest: usize,
}

impl<'u> Cut<'u> {
    fn new(usage: &'u Usage, query: &'u Query) -> Self {
        let ledger = &usage.ledger;
        let mut model_names: Vec<Arc<str>> = Vec::new();
        let models = (0..ledger.names.models.len() as u32)
            .map(|number| number_of(&mut model_names, &ledger.names.models.name(number).name))
            .collect();
        let mut known = HashMap::new();
        let projects = ledger
            .transcripts
            .iter()
            .map(|t| {
                let next = known.len() as Key;
                *known.entry(&t.project).or_insert(next)
            })
            .collect();
        // Blocks are the account's: cut before anything is left out.
        let blocks = if query.by == By::Block {
            let rows = ledger.rows.iter().filter(|row| row.place != Place::Elsewhere);
            Blocks::of(rows.map(|row| row.time).chain(usage.hidden.iter().map(|h| h.time)))
        } else {
            Blocks::default()
        };
        Self {
            usage,
            query,
            days: Days15::new(query.zone),
            blocks,
            model_names,
            projects,
            models,
            numbers: HashMap::new(),
            groups: Vec::new(),
            paths: HashMap::new(),
            latest: 0,
        }
    }

    fn admits_project(&self, transcript: &Transcript) -> bool {
        self.query.project.as_ref().is_none_or(|filter| filter.admits(&transcript.project))
    }

    fn admits_time(&self, time: u32) -> bool {
        let time = i64::from(time);
        self.query.since.is_none_or(|since| time >= since)
            && self.query.before.is_none_or(|before| time < before)
    }

    fn key_of(&mut self, row: &Row, transcript: usize) -> Key {
        if self.query.by == By::Model {
            return self.models[usize::from(row.model)];
        }
        self.key("", row.session, transcript, row.time)
    }

    fn key(&mut self, model: &str, session: u32, transcript: usize, time: u32) -> Key {
        let date = |days: &mut Days15| days.date(time);
        match self.query.by {
            By::Day => date(&mut self.days).num_days_from_ce() as Key,
            By::Week => monday(date(&mut self.days)).num_days_from_ce() as Key,
            By::Month => {
                let date = date(&mut self.days);
                date.year() as Key * 12 + Key::from(date.month0())
            }
            By::Session => session.into(),
            By::Model => number_of(&mut self.model_names, &model.into()),
            By::Project => self.projects[transcript],
            By::Block => self.blocks.start_of(time).into(),
        }
    }

    fn group(&mut self, key: Key, transcript: usize, time: u32) -> &mut Group {
        if self.groups.get(self.latest).is_none_or(|group| group.key != key) {
            self.latest = *self.numbers.entry(key).or_insert(self.groups.len());
            if self.latest == self.groups.len() {
                let (usage, hidden) = Default::default();
                self.groups.push(Group { key, transcript, first: time, last: time, usage, hidden });
            }
        }
        let group = &mut self.groups[self.latest];
        group.first = group.first.min(time);
        group.last = group.last.max(time);
        group
    }

    /// The path that a project's folder name stands for: many paths have the same, so it is taken from
    /// a response that was made there.
    fn path(&mut self, project: &Arc<str>) -> Option<String> {
        let transcripts = &self.usage.ledger.transcripts;
        let find = || {
            let of_project = transcripts.iter().filter(|t| t.project == *project);
            let mut folders = of_project.filter_map(|t| t.read.cwd.as_deref());
            folders.find(|cwd| folder_name(cwd) == **project).map(str::to_owned)
        };
        self.paths.entry(Arc::clone(project)).or_insert_with(find).clone()
    }

    fn into_report(mut self, unpriced: Vec<String>) -> Report {
        let by = self.query.by;
        let mut groups = std::mem::take(&mut self.groups);
        let mut totals = Totals::default();
        let mut hidden = Totals::default();
        for group in &groups {
            totals.add(&group.usage);
            hidden.add(&group.hidden);
        }
        match by {
            By::Day | By::Week | By::Month | By::Block => groups.sort_unstable_by_key(|g| g.key),
            By::Session | By::Model | By::Project => {}
        }
        let mut rows: Vec<ReportRow> = groups.iter().map(|group| self.row(group)).collect();
        match by {
            By::Day | By::Week | By::Month | By::Block => {}
            By::Session => rows.sort_by(|a, b| (a.last, &a.key).cmp(&(b.last, &b.key))),
            By::Model | By::Project => rows.sort_by(|a, b| {
                let weight = |row: &ReportRow| (row.usage.cost, row.usage.tokens.total());
                weight(b).cmp(&weight(a)).then_with(|| a.key.cmp(&b.key))
            }),
        }
        Report { by, zone: self.query.zone, rows, totals, hidden, unpriced }
    }

    fn row(&mut self, group: &Group) -> ReportRow {
        let Group { key, transcript, first, last, usage, hidden } = *group;
        let transcript = &self.usage.ledger.transcripts[transcript];
        let start = if self.query.by == By::Block { key as u32 } else { first };
        let place = matches!(self.query.by, By::Session | By::Project);
        let key = match self.query.by {
            By::Day => self.days.date(first).to_string(),
            By::Week => monday(self.days.date(first)).to_string(),
            By::Month => self.days.date(first).format("%Y-%m").to_string(),
            By::Session => self.usage.ledger.names.sessions.name(key as u32).to_string(),
            By::Model => self.model_names[key as usize].to_string(),
            By::Project => transcript.project.to_string(),
            By::Block => rfc3339(key as u32),
        };
        ReportRow {
            key,
            project: (self.query.by == By::Session).then(|| transcript.project.to_string()),
            path: place.then(|| self.path(&transcript.project)).flatten(),
            first,
            last,
            start,
            usage,
            hidden,
        }
    }
}

fn number_of(names: &mut Vec<Arc<str>>, name: &Arc<str>) -> Key {
    if let Some(at) = names.iter().position(|known| known == name) {
        return at as Key;
    }
    names.push(Arc::clone(name));
    names.len() as Key - 1
}
