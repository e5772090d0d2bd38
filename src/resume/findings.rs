//! What turned out.

use super::item;
use super::log::{Entry, State, Topic};
use super::view::View;
use crate::bytes;
use crate::session::event::Outcome;
use crate::session::facts::{Act, By, End, Step};
use crate::session::sentence::{Kind, Mark, condense, sentences};
use crate::session::text::{self, cut, units};
use std::borrow::Cow;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    closings(view, out);
    reports(view, out);
    statements(view, out);
    summaries(view, out);
    sources(view, out);
}

/// Statements of Claude's about what turned out, those that failures tell already left out.
fn statements(view: &View<'_>, out: &mut Vec<Entry>) {
    // What stands in a closing statement is told there.
    let closings = (view.session.turns.iter())
        .filter_map(|t| t.closing.as_ref().filter(|_| t.end == End::Stopped));
    let (mut closed, mut ends) = (String::new(), Vec::new());
    for closing in closings {
        closed.push_str(&view.recall.whole(closing).replace("**", ""));
        closed.push('\0');
        ends.push(closed.len());
    }
    let mut near = 0;
    let mut seen: Vec<&str> = Vec::new();
    // Those that no closing statement has, and what is looked for of each.
    let (mut open, mut wanted) = (Vec::new(), Vec::new());
    for step in &view.steps {
        let Act::Said(said) = &step.act else { continue };
        let worth = match said.kind {
            Kind::Diagnosis => 76,
            Kind::Finding => 70,
            Kind::Guess => 45,
            Kind::Decision | Kind::Plan | Kind::Other => continue,
        };
        let end = said.text.trim_end_matches('…');
        if seen.contains(&&*said.text) {
            continue;
        }
        seen.push(&said.text);
        // Statements and closing statements follow each other in order: mostly it is the same one, or
        // the next.
        let find = |text: &str| bytes::find_part(end.as_bytes(), text.as_bytes());
        let start = |turn: usize| turn.checked_sub(1).map_or(0, |before| ends[before]);
        let next_two = match (near + 1).min(ends.len().saturating_sub(1)) {
            last if near < ends.len() => &closed[start(near)..ends[last]],
            _ => "",
        };
        let found = find(next_two).map(|at| start(near) + at).or_else(|| find(&closed));
        if let Some(at) = found {
            near = ends.partition_point(|end| *end <= at);
            continue;
        }
        open.push((step, said, worth));
        wanted.push(end.as_bytes());
    }
    let last = view.session.seq.max(1);
    let told = bytes::which(&wanted, told(out).as_bytes());
    for ((step, said, worth), _) in open.into_iter().zip(told).filter(|(_, told)| !told) {
        // The newer, the more likely to matter still.
        let age = (last - step.seq.min(last)) * 12 / last;
        let fixed = fix_of(view, step.seq, said.kind);
        let (worth, age) = if fixed.is_empty() { (worth, age) } else { (worth + 3, age / 3) };
        let context =
            if fixed.is_empty() { context_of(view, step, &said.text) } else { String::new() };
        // Without a name and without a context, it tells a reader little.
        let vague = fixed.is_empty() && context.is_empty() && !names_something(&said.text);
        let worth = if vague { worth - 25 } else { worth };
        out.push(Entry::new(
            Topic::Finding,
            worth - age as u8,
            [&*view.clock(step.at), " \"", &said.text, "\"", &fixed, &context].concat(),
        ));
    }
}

/// The text of all entries of the session: what became of the repository since is not the session's.
pub(super) fn told(out: &[Entry]) -> String {
    let own = out.iter().filter(|e| e.topic != Topic::Meanwhile);
    let pieces: Vec<&str> = own.flat_map(|e| [&*e.text, "\0"]).collect();
    pieces.concat()
}

/// What a sentence that names no file is about: the command that had just failed, or the file that
/// had just been edited.
fn context_of(view: &View<'_>, said: &Step, words: &str) -> String {
    if !text::paths(words).is_empty() {
        return String::new();
    }
    let before = view.steps.iter().rev().filter(|s| s.seq <= said.seq).take(6);
    for step in before {
        match &step.act {
            Act::Run(run) if matches!(run.outcome, Outcome::Failed | Outcome::Refused) => {
                return format!(
                    " (after `{}` {})",
                    cut(&run.family, 60),
                    super::failures::how(run)
                );
            }
            Act::Edit(edit) => {
                let base = edit.path.rsplit('/').next().unwrap_or(&edit.path);
                return format!(" (after an edit of `{base}`)");
            }
            _ => {}
        }
    }
    String::new()
}

/// Whether a sentence names code, a path or a number.
fn names_something(said: &str) -> bool {
    said.contains('`')
        || said.contains(|c: char| c == '_' || c.is_ascii_digit())
        || !text::paths(said).is_empty()
}

/// What was edited right after a diagnosis.
fn fix_of(view: &View<'_>, seq: u32, kind: Kind) -> String {
    if kind != Kind::Diagnosis {
        return String::new();
    }
    let mut names: Vec<&str> = Vec::new();
    let mut file = None;
    for step in view.steps.iter().filter(|s| s.seq > seq).take(4) {
        match &step.act {
            Act::Edit(edit) => {
                file.get_or_insert(&edit.path);
                names.extend(edit.names.iter().map(String::as_str));
            }
            Act::Said(_) => break,
            _ => {}
        }
    }
    let Some(file) = file else { return String::new() };
    names.dedup();
    names.truncate(4);
    let base = file.rsplit('/').next().unwrap_or(file);
    if names.is_empty() {
        format!(" Then edited `{base}`.")
    } else {
        format!(" Then edited `{base}`: {}.", names.join(", "))
    }
}

/// What turns came to: the closing statement of each but the last, which stands under "Last said"
/// when it ended.
fn closings(view: &View<'_>, out: &mut Vec<Entry>) {
    let turns = &view.session.turns;
    let ended = view.state() == State::Ended;
    let many = turns.len();
    for (index, turn) in turns.iter().enumerate() {
        let last = index + 1 == many;
        let Some(closing) = &turn.closing else { continue };
        let cut_short = turn.end != End::Stopped && units(&closing.text) < 80;
        if (last && !ended) || cut_short {
            continue;
        }
        let whole = view.recall.whole(closing);
        let room = if last { 2_400 } else { 700 };
        let (said, short) = both_condensed(&whole, room, 200);
        if said.is_empty() || (last && units(&said) <= 700) {
            continue;
        }
        let at = turn.last.or(turn.at).map(|t| view.time(t)).unwrap_or_default();
        let lead = if turn.by == By::Human && !turn.prompt.text.is_empty() && many > 1 {
            [&*at, ", to \"", &text::line(&turn.prompt.text, 60), "\": "].concat()
        } else {
            at + ": "
        };
        let worth = if last { 74 } else { 66 - ((many - index) as u8).min(16) };
        let tell = |said: &str| [&*lead, "\"", said, "\""].concat();
        out.push(Entry::new(Topic::Closing, worth, tell(&said)).short(tell(&short)));
    }
    if let Some(closing) = &view.session.earlier.closing {
        let said = condensed(&view.recall.whole(closing), 300);
        if !said.is_empty() {
            out.push(Entry::new(Topic::Closing, 46, format!("earlier: \"{said}\"")));
        }
    }
}

/// The same on one line: lists become clauses; code and tables are left to the whole.
pub(super) fn flat(said: &str, room: usize) -> String {
    let mut out = String::new();
    let (mut code, mut list) = (false, false);
    for line in condensed(said, room).lines() {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            code = !code;
            continue;
        }
        let (line, listed) = item::unlist(line);
        if line.is_empty() || code || line.starts_with('|') {
            continue;
        }
        if !out.is_empty() {
            let open = out.ends_with([':', '.', '!', '?', ';', '。', '！', '？', '…']);
            out.push_str(match (open, listed, list) {
                (true, ..) => " ",
                (false, true, true) => "; ",
                (false, true, false) => ": ",
                (false, false, _) => ". ",
            });
        }
        list = listed;
        out.push_str(line);
    }
    cut(&out, room)
}

/// A statement in at most `room` units, by its structure: as [`condense`] leaves it, emphasis off.
/// What was a heading ends in a colon.
pub(super) fn condensed(said: &str, room: usize) -> String {
    bare(&condense(said, room))
}

/// [`condensed`] in two rooms, the larger first. What fits the smaller one is the same in both.
fn both_condensed(said: &str, room: usize, less: usize) -> (String, String) {
    let long = condense(said, room);
    let short = (units(&long) > less).then(|| bare(&condense(said, less)));
    let long = bare(&long);
    let short = short.unwrap_or_else(|| long.clone());
    (long, short)
}

/// A condensed statement without emphasis.
fn bare(said: &str) -> String {
    let kept: Vec<Cow<'_, str>> = said.trim().lines().map(plain).collect();
    let structured = kept.iter().any(|l| {
        let bare = l.trim_start();
        item::unlist(bare).1 || bare.starts_with(['|', '`', '~']) || l.ends_with(':')
    });
    if structured { kept.join("\n") } else { text::one_line(&kept.join(" ")) }
}

/// A line without emphasis, a heading with a colon behind it.
fn plain(line: &str) -> Cow<'_, str> {
    if !line.contains("**") {
        return Cow::Borrowed(line);
    }
    let heading = line.strip_prefix("**").and_then(|l| l.strip_suffix("**"));
    match heading {
        Some(title) if !title.contains("**") && !title.ends_with([':', '.', '!', '?', '：']) => {
            Cow::Owned(format!("{title}:"))
        }
        _ => Cow::Owned(line.replace("**", "")),
    }
}

fn reports(view: &View<'_>, out: &mut Vec<Entry>) {
    let agents = || view.steps.iter().filter(|s| matches!(s.act, Act::Agent { .. }));
    let many = agents().count();
    for (index, step) in agents().enumerate() {
        let Act::Agent { kind, task, report } = &step.act else { continue };
        let age = (many - 1 - index).min(16) as u8;
        let who = if kind.is_empty() { "subagent".to_owned() } else { format!("{kind} subagent") };
        let lead = format!("{} {who} \"{task}\": ", view.clock(step.at));
        let Some(report) = report else {
            let said = format!("{lead}no report was seen");
            out.push(Entry::new(Topic::Report, 56 - age, said));
            continue;
        };
        let whole = view.recall.whole(report);
        let (said, short) = both_condensed(&whole, 900, 240);
        // What a review found may block what comes later.
        let open = sentences(&whole).iter().any(|s| matches!(s.mark, Mark::Blocked));
        let worth = if open { 78 - age / 2 } else { 62 - age };
        out.push(
            Entry::new(Topic::Report, worth, format!("{lead}\"{said}\""))
                .short(format!("{lead}\"{short}\"")),
        );
    }
    for step in &view.steps {
        if let Act::Skill { name, error: Some(error) } = &step.act {
            let again = view.steps.iter().any(|s| {
                s.seq > step.seq && matches!(&s.act, Act::Skill { name: n, .. } if n == name)
            });
            let after = if again { "" } else { "; not tried again" };
            out.push(Entry::new(
                Topic::Finding,
                50,
                format!("{} skill {name} failed: \"{error}\"{after}", view.clock(step.at)),
            ));
        }
    }
}

/// A compaction's summary without what Claude Code puts around it: how the session goes on, and
/// what to do with the summary.
fn own_words(said: &str) -> &str {
    let from = said.find("\nSummary:").map_or(0, |at| at + "\nSummary:".len());
    let rest = &said[from..];
    let frames = [
        "\nIf you need specific details from before",
        "\nContinue the conversation from where",
        "\nPlease continue the conversation",
    ];
    let end = frames.iter().filter_map(|f| rest.find(f)).min().unwrap_or(rest.len());
    rest[..end].trim()
}

/// Claude's own summaries at compactions.
fn summaries(view: &View<'_>, out: &mut Vec<Entry>) {
    let last = view.session.compactions.last();
    if let Some(compaction) = last {
        let place = compaction.summary;
        let whole = view.recall.at(place).iter().find_map(|told| match told {
            super::recall::Told::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let kept = view.steps.iter().rev().find_map(|s| match &s.act {
            Act::Summary(quote) => Some(quote.text.as_str()),
            _ => None,
        });
        if let Some(said) = whole.or(kept) {
            let at = view.time(compaction.at);
            let said = condensed(own_words(said), 3_000);
            out.push(
                Entry::new(Topic::Summary, 58, format!("at the compaction of {at}: \"{said}\""))
                    .short(format!("at the compaction of {at}: \"{}\"", cut(&said, 500))),
            );
        }
    }
}

/// Pages that were looked up.
fn sources(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut pages: Vec<&str> = Vec::new();
    for step in view.steps.iter().rev() {
        if let Act::Fetch(what) = &step.act
            && !pages.contains(&&**what)
            && pages.len() < 12
        {
            pages.push(what);
        }
    }
    if !pages.is_empty() {
        out.push(Entry::new(Topic::Source, 42, pages.join(" · ")));
    }
    for step in &view.steps {
        if let Act::Run(run) = &step.act
            && run.outcome == Outcome::Interrupted
        {
            out.push(Entry::new(
                Topic::Finding,
                48,
                format!(
                    "{} `{}` was stopped before it ended",
                    view.clock(step.at),
                    cut(&run.shown, 160)
                ),
            ));
        }
    }
}
