//! What has to be known to carry on: where, what is uncommitted, how to check, which rules hold.

use super::log::{Entry, Topic};
use super::next::plural;
use super::recall::Told;
use super::view::View;
use crate::session::command::Class;
use crate::session::event::Outcome;
use crate::session::facts::{Act, Family, Touch};
use crate::session::text::{self, cut, units};
use std::fmt::Write;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    place(view, out);
    uncommitted(view, out);
    checks(view, out);
    commands(view, out);
    setup(view, out);
    in_play(view, out);
    links(view, out);
}

/// Addresses of what was made or started, and those that Claude named.
fn links(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut known: Vec<String> =
        (view.session.turns.iter()).map(|t| view.recall.whole(&t.prompt).into_owned()).collect();
    known.extend(view.steps.iter().filter_map(|s| match &s.act {
        Act::Fetch(what) => Some(what.clone()),
        _ => None,
    }));
    let mut found: Vec<String> = Vec::new();
    let mut add = |url: &str, from: &str| {
        if !known.iter().any(|k| k.contains(url)) && found.len() < 12 {
            known.push(url.to_owned());
            found.push(if from.is_empty() { url.to_owned() } else { format!("{url} ({from})") });
        }
    };
    for (step, run) in view.runs().rev() {
        if let Some(url) = run.summary.as_deref().filter(|s| s.starts_with("http")) {
            add(url, &format!("`{}` {}", cut(&run.family, 40), view.clock(step.at)));
        }
    }
    for turn in view.session.turns.iter().rev() {
        let Some(closing) = &turn.closing else { continue };
        for url in text::urls(&view.recall.whole(closing)) {
            add(url, "");
        }
    }
    if !found.is_empty() {
        out.push(Entry::new(Topic::Links, 79, found.join(" · ")));
    }
}

fn place(view: &View<'_>, out: &mut Vec<Entry>) {
    let session = view.session;
    if !session.folder.is_empty() {
        let tree = view.worktree().map(|_| ", a work tree").unwrap_or_default();
        out.push(Entry::new(Topic::Place, 55, format!("folder `{}`{tree}", session.folder)));
    }
    if !session.cwd.is_empty() {
        let below = session.cwd.strip_prefix(&session.folder).map(|p| p.trim_start_matches('/'));
        let shown = below.unwrap_or(&session.cwd);
        out.push(Entry::new(
            Topic::Place,
            93,
            format!(
                "the shell was left in `{shown}`, not in the folder that the session was started in"
            ),
        ));
    }
    if let Some((_, commit)) = view.commits.last()
        && !view.files.iter().any(Touch::is_uncommitted)
    {
        let said = format!("last commit of the session: {}, nothing edited since", commit.hash);
        out.push(Entry::new(Topic::Place, 88, said));
    }
}

/// What a person calls the state of a changed file in `git status`.
struct Status {
    seq: u32,
    /// Path, and what git says of it.
    files: Vec<(String, String)>,
    staged: bool,
}

/// The last `git status`, read by its headings.
fn status(view: &View<'_>) -> Option<Status> {
    let (seq, place) = view.session.status?;
    let output = view.recall.output(Some(place))?;
    let mut files = Vec::new();
    let (mut part, mut staged) = ("", false);
    for raw in output.lines() {
        let line = raw.trim();
        if line.starts_with("Changes to be committed") {
            part = "staged";
        } else if line.starts_with("Changes not staged") {
            part = "not staged";
        } else if line.starts_with("Untracked files") {
            part = "untracked";
        } else if raw.starts_with('\t') && !part.is_empty() {
            staged |= part == "staged";
            let (how, path) = match line.split_once(":   ") {
                Some((how, path)) => (format!("{how}, {part}"), path.trim()),
                None => (part.to_owned(), line),
            };
            files.push((path.to_owned(), how));
        } else if part.is_empty() && raw.len() > 3 && raw.is_char_boundary(3) {
            // The short format.
            let (code, path) = raw.split_at(3);
            let known = code.trim_end().chars().all(|c| "MADRCU?! ".contains(c));
            if known && !code.trim().is_empty() && code.ends_with(' ') {
                let how = if code.starts_with("??") { "untracked" } else { "modified" };
                staged |= !code.starts_with([' ', '?']);
                files.push((path.trim().to_owned(), how.to_owned()));
            }
        }
    }
    Some(Status { seq, files, staged })
}

fn uncommitted(view: &View<'_>, out: &mut Vec<Entry>) {
    let git = view.runs().any(|(_, r)| r.family.starts_with("git ") && r.class == Class::Vcs)
        || view.session.status.is_some();
    let changed: Vec<&Touch> =
        view.files.iter().rev().filter(|t| t.is_uncommitted() && inside(&t.path)).collect();
    let last_commit = view.commits.last().map_or(0, |c| c.0.seq);
    let seen = status(view).filter(|s| s.seq > last_commit);
    let mut list: Vec<(String, String)> = Vec::new();
    let mut lead = String::new();
    if let Some(seen) = &seen {
        let at = view.steps.iter().rev().find(|s| s.seq <= seen.seq).map(|s| view.clock(s.at));
        let _ = write!(lead, "git status at {}", at.unwrap_or_default());
        lead.push_str(if seen.staged { "" } else { ", nothing staged" });
        let plain = |how: &String| how.trim_end_matches(", not staged").to_owned();
        list.extend(
            seen.files.iter().map(|(path, how)| {
                (path.clone(), if seen.staged { how.clone() } else { plain(how) })
            }),
        );
    }
    for touch in &changed {
        let listed = list.iter().any(|(path, _)| {
            *path == touch.path || (path.ends_with('/') && touch.path.starts_with(path.as_str()))
        });
        let after = seen.as_ref().is_some_and(|s| touch.seq > s.seq);
        if !listed {
            let how = match touch {
                Touch { gone: true, .. } => "removed",
                Touch { new: true, .. } => "new",
                _ => "edited",
            };
            list.push((
                touch.path.clone(),
                if seen.is_some() && after { format!("{how} since") } else { how.to_owned() },
            ));
        }
    }
    if list.is_empty() {
        return;
    }
    let files = by_folder(&list);
    let lead = match (lead.is_empty(), view.commits.last()) {
        (false, _) => format!("{lead}: "),
        (true, Some((_, commit))) => format!("touched since {}: ", commit.hash),
        (true, None) if git => String::new(),
        (true, None) => "no commit was made; changed: ".to_owned(),
    };
    let mut said = format!("{lead}{files}");
    for (_, run) in view.runs().filter(|(s, r)| {
        s.seq > last_commit && r.class == Class::Install && r.outcome == Outcome::Ok
    }) {
        let _ = write!(said, "; `{}` (ok) changes the manifest and lock file", cut(&run.shown, 80));
    }
    let forced: Vec<&str> = view
        .runs()
        .filter(|(_, r)| {
            r.family == "git add" && r.outcome == Outcome::Ok && r.shown.contains(" -f ")
        })
        .flat_map(|(_, r)| r.shown.split_whitespace().skip(2).filter(|w| !w.starts_with('-')))
        .filter(|path| changed.iter().any(|t| t.path == *path))
        .collect();
    for path in forced {
        let base = path.rsplit('/').next().unwrap_or(path);
        let _ = write!(said, "; {base} is ignored by git and went in with `git add -f`");
    }
    let bases: Vec<&str> = list
        .iter()
        .map(|(path, _)| path.trim_end_matches('/').rsplit('/').next().unwrap_or(path))
        .collect();
    let short = format!("{lead}{}", cut(&bases.join(", "), 200));
    out.push(Entry::new(Topic::Uncommitted, 99, cut(&said, 1_600)).short(short));
}

/// Whether a path lies in the project.
pub(super) fn inside(path: &str) -> bool {
    !path.starts_with('/') && !path.starts_with('~') && !path.contains(":\\")
}

/// Files with what is said of each, a folder named once.
fn by_folder(list: &[(String, String)]) -> String {
    let mut folders: Vec<(&str, Vec<String>)> = Vec::new();
    for (path, how) in list {
        let at = path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
        let (folder, base) = path.split_at(at);
        let said = if how == "edited" { base.to_owned() } else { format!("{base} ({how})") };
        match folders.iter_mut().find(|f| f.0 == folder) {
            Some(found) => found.1.push(said),
            None => folders.push((folder, vec![said])),
        }
    }
    let all: Vec<String> = folders
        .iter()
        .map(|(folder, files)| match &files[..] {
            [one] => format!("{folder}{one}"),
            _ if folder.is_empty() => files.join(", "),
            _ => format!("{folder}: {}", files.join(", ")),
        })
        .collect();
    all.join("; ")
}

fn outcome(family: &Family) -> String {
    let summary = family.summary.clone();
    match family.outcome {
        _ if family.unclear => "outcome not seen (its output was cut)".to_owned(),
        Outcome::Ok => summary.unwrap_or_else(|| "ok".to_owned()),
        Outcome::Failed => summary.map_or_else(|| "FAILED".to_owned(), |s| format!("FAILED: {s}")),
        Outcome::Refused => "refused before it ran".to_owned(),
        Outcome::Denied => "the user refused it".to_owned(),
        Outcome::Interrupted => "stopped before it ended".to_owned(),
        Outcome::Background => "went on in the background".to_owned(),
    }
}

fn checks(view: &View<'_>, out: &mut Vec<Entry>) {
    let checks: Vec<&Family> = view.checks().collect();
    let last_check = checks.iter().max_by_key(|f| f.seq);
    let after_all = last_check.map_or(0, |f| view.edits_since(f).0);
    let mut ordered = checks.clone();
    ordered.sort_by_key(|f| {
        let class = match f.class {
            Class::Test => 0,
            Class::Lint => 1,
            Class::Build => 2,
            _ => 3,
        };
        (class, std::cmp::Reverse(f.seq))
    });
    for (below, family) in (0_u8..).zip(ordered) {
        let mut said = format!(
            "`{}`: {} ({}",
            super::failures::fewer_paths(&family.shown, 120),
            outcome(family),
            view.clock(family.at)
        );
        let (edits, file) = view.edits_since(family);
        if edits > after_all {
            let _ = write!(said, ", {} since", plural(edits, "edit"));
            if let Some(file) = file.filter(|_| edits < 8) {
                let _ = write!(said, ", of {}", file.rsplit('/').next().unwrap_or(file));
            }
        }
        if family.class == Class::Test && family.narrowed {
            said.push_str("; the whole suite was never run");
        }
        said.push(')');
        let class = match family.class {
            Class::Test => 96,
            Class::Lint => 94,
            Class::Build => 92,
            _ => 89,
        };
        out.push(Entry::new(Topic::Check, class - below.min(8), said));
    }
    if after_all > 0 && !checks.is_empty() {
        out.push(Entry::new(
            Topic::Check,
            97,
            match after_all {
                1 => "none was run after the last edit".to_owned(),
                n => format!("none was run after the last {n} edits"),
            },
        ));
    }
}

/// Whether the last run came to an end of its own, good or bad.
fn has_ended(family: &Family) -> bool {
    matches!(family.outcome, Outcome::Ok | Outcome::Failed | Outcome::Refused)
}

/// Other commands that work here.
fn commands(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut list: Vec<(&Family, u32)> = view
        .families
        .iter()
        .filter(|f| !f.class.is_check() && f.runs > f.failed + u32::from(!has_ended(f)))
        .map(|f| {
            let class = match f.class {
                Class::Run | Class::Install => 30,
                Class::Tracker | Class::Vcs => 12,
                Class::Look => 2,
                _ => 0,
            };
            (f, class + f.runs * 2 + f.seq * 20 / view.session.seq.max(1))
        })
        .collect();
    list.sort_by_key(|(f, worth)| (std::cmp::Reverse(*worth), f.family.clone()));
    let shown: Vec<String> = list
        .iter()
        .take(24)
        .map(|(f, _)| {
            let times = if f.runs > 1 { format!(" ({}×)", f.runs) } else { String::new() };
            format!("`{}`{times}", super::failures::fewer_paths(&f.shown, 56))
        })
        .collect();
    if shown.is_empty() {
        return;
    }
    let few = shown[..shown.len().min(8)].join(", ");
    out.push(
        Entry::new(Topic::Command, 75, format!("ran ok: {}", shown.join(", ")))
            .short(format!("ran ok: {few}")),
    );
}

/// How the project is built, from files that the session read: scripts, entry points, targets.
fn setup(view: &View<'_>, out: &mut Vec<Entry>) {
    for touch in view.files.iter().filter(|t| t.setup.is_some()) {
        let Some(shown) = view.recall.output(touch.setup) else { continue };
        let lines = setup_lines(&touch.path, shown);
        if lines.is_empty() {
            continue;
        }
        out.push(Entry::new(Topic::Setup, 74, format!("`{}`: {}", touch.path, lines.join("; "))));
    }
}

/// The lines of a build file that say what is run on what; without the numbers that a read puts
/// before each.
fn setup_lines(path: &str, shown: &str) -> Vec<String> {
    const WORDS: [&str; 12] = [
        "entry", "outdir", "outfile", "output", "watch", "node:", "script", "command", "bundle",
        "test", "build", "cd:",
    ];
    let manifest = path.ends_with("package.json");
    let make = path.to_ascii_lowercase().ends_with("makefile") || path.ends_with("justfile");
    let mut inside = false;
    let mut out: Vec<String> = Vec::new();
    let unnumbered = |raw| -> &str {
        let (number, rest) = str::split_once(raw, ['→', '\t']).unwrap_or(("x", raw));
        if number.trim().bytes().all(|b| b.is_ascii_digit()) { rest } else { raw }
    };
    if make {
        return recipes(shown.lines().map(unnumbered));
    }
    for line in shown.lines().map(unnumbered) {
        let text = line.trim().trim_end_matches(',');
        let tells = if manifest {
            if text.starts_with("\"scripts\"") {
                inside = true;
                continue;
            }
            inside &= !text.starts_with('}');
            inside
        } else {
            let lower = text.to_ascii_lowercase();
            text.contains(['"', '\'', '['])
                && WORDS.iter().any(|w| lower.contains(w))
                && !text.starts_with(['#', '/', '*'])
                && !["require(", "import ", "console.", "argv"].iter().any(|w| text.contains(w))
        };
        if tells && units(text) < 140 && out.len() < 8 {
            out.push(format!("`{}`", text::one_line(text).replace('`', "ʼ")));
        }
    }
    out
}

/// Targets of a make or just file, each with the first line of its recipe.
fn recipes<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut target: Option<&str> = None;
    for line in lines {
        let text = line.trim();
        if line.starts_with([' ', '\t']) {
            if let Some(name) = target.take().filter(|_| !text.is_empty()) {
                let recipe = text.trim_start_matches(['@', '-']).replace('`', "ʼ");
                out.push(format!("`{}: {}`", name, cut(&recipe, 100)));
            }
            continue;
        }
        target = line
            .split_once(':')
            .filter(|(name, rest)| {
                !rest.starts_with('=')
                    && !name.contains(['=', '#', '$', '"'])
                    && !name.starts_with('.')
            })
            .map(|(name, _)| name.trim());
    }
    out.truncate(8);
    out
}

/// Names that bodies or plans call for and that edits write.
fn in_play(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut pieces: Vec<&str> = Vec::new();
    for step in &view.steps {
        if !matches!(step.act, Act::Edit(_)) {
            continue;
        }
        for part in view.recall.at(step.line) {
            match part {
                Told::Edits { changes, .. } => {
                    pieces.extend(changes.iter().map(|(_, new)| new.as_str()));
                }
                Told::Write { content, .. } => pieces.push(content),
                _ => {}
            }
            pieces.push("\n");
        }
    }
    let written = pieces.concat();
    if written.is_empty() {
        return;
    }
    let bodies = view.items.iter().filter_map(|i| view.recall.output(i.body));
    let plans = view.steps.iter().filter_map(|s| view.recall.plan(s.line));
    let prompts = view.session.turns.iter().map(|t| &*t.prompt.text);
    let defined: Vec<&String> =
        view.files.iter().flat_map(|t| t.added.iter().chain(&t.changed)).collect();
    let mut names: Vec<&str> = Vec::new();
    for body in bodies.chain(plans).chain(prompts) {
        for (index, span) in body.split('`').enumerate() {
            if index % 2 == 0 || span.contains('\n') || span.len() > 120 {
                continue;
            }
            let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
            for word in span.split(|c| !inside(c)) {
                let word = word.trim_matches(|c| matches!(c, '.' | ':' | '/' | '-'));
                let telling = word.len() > 3
                    && !word.starts_with("a-z")
                    && word.contains(|c: char| matches!(c, '_' | '-' | '.') || c.is_uppercase());
                let known =
                    defined.iter().any(|d| d.trim_start_matches(['.', '#', '-']).starts_with(word))
                        || text::paths(word).len() == 1;
                if telling && !known && !names.contains(&word) && written.contains(word) {
                    names.push(word);
                }
            }
        }
    }
    // Variables of the environment that edits name.
    for quoted in written.split('"').skip(1).step_by(2) {
        let variable = quoted.len() > 4
            && quoted.len() < 60
            && quoted.contains('_')
            && quoted.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if variable && !names.contains(&quoted) {
            names.push(quoted);
        }
    }
    if names.len() < 2 {
        return;
    }
    // What a reader can't find by a file's symbols: dotted names, headers, variables.
    names.sort_by_key(|n| {
        let dotted = n.contains(['.', '-']) && !n.contains(':');
        let variable = n.contains('_') && !n.contains(char::is_lowercase);
        // The longer a dotted name is, the more it is one of this work.
        (!(dotted || variable), if variable { 1 } else { 2 })
    });
    let shown: Vec<String> = names.iter().take(40).map(|n| format!("`{n}`")).collect();
    let few = shown[..shown.len().min(16)].join(", ");
    out.push(Entry::new(Topic::Names, 83, shown.join(", ")).short(few));
}
