//! What became of a shell command.

use super::bounds;
use super::command::{self, Class, Part};
use super::event::{At, Outcome, Result};
use super::facts::{Act, Commit, Family, Item, ItemState, OpenCall, Problem, Quote, Run, Session};
use super::fold::{hash, short};
use super::{signature, summary, text, tracker};

/// Of an output, this much at its end is looked at for a summary and errors, and as much of its
/// beginning.
const LOOKED_AT: usize = 48 << 10;

/// How a part of a command line ended.
struct Ended<'a> {
    outcome: Outcome,
    exit: Option<i32>,
    output: &'a str,
    /// Whether it is told as a step of its own.
    tell: bool,
}

impl Session {
    /// A command's result: what each part of it came to.
    pub(super) fn ran(
        &mut self,
        at: At,
        call: &OpenCall,
        command: &str,
        outcome: Outcome,
        result: &Result<'_>,
    ) {
        let parts = command::parts(command);
        let plain = text::strip_ansi(&result.text);
        let output = ends(&plain);
        let looks = parts.iter().all(|p| p.class == Class::Look);
        if looks
            && outcome != Outcome::Denied
            && let Some(turn) = self.turns.last_mut()
        {
            turn.counts.looks += 1;
        }
        if outcome == Outcome::Ok && parts.iter().any(|p| p.family == "git status") {
            self.status = Some((call.seq, at.place));
        }
        let blamed = (outcome == Outcome::Failed).then(|| {
            let last = parts.len().saturating_sub(1);
            command::blamed(&parts, &output).unwrap_or(last)
        });
        for (index, part) in parts.iter().enumerate() {
            if outcome == Outcome::Ok {
                self.changed_files(at, call, part);
            }
            if part.class == Class::Look && !part.family.starts_with("git ") {
                continue;
            }
            // In a failed chain the parts behind the one that failed did not run.
            let outcome = match blamed {
                Some(failed) if index < failed => Outcome::Ok,
                Some(failed) if index > failed => break,
                _ => outcome,
            };
            // Of a chain that was refused as one, its last part stands for all.
            let refused = matches!(outcome, Outcome::Refused | Outcome::Denied);
            let tell = !refused || index + 1 == parts.len();
            let ended = Ended { outcome, exit: result.exit, output: &output, tell };
            self.part(at, call, part, &ended);
        }
        if looks && outcome == Outcome::Failed {
            // A failed look is worth telling only by its error.
            if let Some(part) = parts.last().filter(|p| !p.family.starts_with("git ")) {
                let ended = Ended { outcome, exit: result.exit, output: &output, tell: true };
                self.part(at, call, part, &ended);
            }
        }
    }

    fn part(&mut self, at: At, call: &OpenCall, part: &Part, ended: &Ended<'_>) {
        let Ended { outcome, exit, output, tell } = *ended;
        let said = match outcome {
            Outcome::Ok | Outcome::Failed => summary::summary(&part.family, output),
            _ => None,
        };
        // In a pipeline the status is that of its last stage: the tool's own words count.
        let outcome = match (&said, outcome) {
            (Some(said), Outcome::Ok) if said.failed => Outcome::Failed,
            (_, outcome) => outcome,
        };
        let failed = matches!(outcome, Outcome::Failed | Outcome::Refused);
        let found = if failed { signature::failure(output) } else { signature::Failure::default() };
        let errors: Vec<Problem> = found
            .sections
            .iter()
            .filter(|s| said.as_ref().is_none_or(|said| said.text != s.line))
            .take(4)
            .map(|s| Problem {
                tag: s.tag.as_deref().map(|t| short(t, 40)),
                line: short(&s.line, 260),
                key: hash(&s.key),
            })
            .collect();
        let said_nothing = said.is_none();
        let run = Run {
            shown: shown(part),
            family: short(&part.family, 60),
            class: part.class,
            outcome,
            exit: exit.filter(|_| failed),
            summary: said
                .map(|s| s.text)
                .or_else(|| link(part, outcome, output))
                .map(|s| short(&s, 160)),
            errors,
            explains: found
                .explains
                .iter()
                .take(3)
                .chain(&found.truncated)
                .map(|l| short(l, 200))
                .collect(),
            unseen: found.unseen,
            message: part.subject().map(|m| short(m, 160)),
            unclear: unclear(part, outcome, said_nothing),
        };
        if outcome == Outcome::Ok {
            match &*run.family {
                "git add" => self.staged(call, part),
                "git commit" => {
                    for commit in commits(output) {
                        self.turn(at).counts.commits += 1;
                        self.put(at, call, Act::Commit(commit));
                    }
                    self.committed(call, part);
                }
                _ => {}
            }
        }
        if let Some(asked) = tracker::call(part) {
            self.tracked(at, call, &asked, outcome, output);
        }
        self.count_family(at, call, part, &run);
        if tell && (run.class != Class::Look || failed) {
            self.forget_repeated(&run);
            self.put(at, call, Act::Run(Box::new(run)));
        }
    }

    /// The newest of like failures keeps the words; the older ones are known by their keys.
    fn forget_repeated(&mut self, new: &Run) {
        if new.errors.is_empty() {
            return;
        }
        let steps = std::iter::once(&mut self.earlier)
            .chain(&mut self.turns)
            .flat_map(|t| &mut t.steps)
            .filter_map(|s| match &mut s.act {
                Act::Run(run) if run.family == new.family => Some(run),
                _ => None,
            });
        for old in steps {
            for error in &mut old.errors {
                if new.errors.iter().any(|e| e.key == error.key) {
                    error.line.clear();
                }
            }
            if old.explains == new.explains {
                old.explains.clear();
            }
        }
    }

    fn count_family(&mut self, at: At, call: &OpenCall, part: &Part, run: &Run) {
        // Of looks, only those at the repository tell how the work goes.
        if run.class == Class::Look && !run.family.starts_with("git ") {
            return;
        }
        let second = self.second(at);
        let edits = self.all().map(|t| t.counts.edits).sum();
        self.slack.unsettle(bounds::Part::Families);
        let families = &mut self.turn(at).families;
        let old = families
            .iter()
            .position(|f| f.family == run.family)
            .map(|found| families.remove(found));
        let done = matches!(run.outcome, Outcome::Ok | Outcome::Failed);
        let failed = matches!(run.outcome, Outcome::Failed | Outcome::Refused);
        let narrowed = part.args.iter().any(|arg| narrows(arg));
        families.push(Family {
            family: run.family.clone(),
            class: run.class,
            runs: old.as_ref().map_or(0, |f| f.runs) + 1,
            failed: old.as_ref().map_or(0, |f| f.failed) + u32::from(failed),
            shown: match &old {
                Some(old) if !done => old.shown.clone(),
                _ => run.shown.clone(),
            },
            outcome: run.outcome,
            summary: run.summary.clone(),
            seq: call.seq,
            at: second,
            narrowed: narrowed && old.as_ref().is_none_or(|f| f.narrowed),
            edits,
            unclear: run.unclear,
        });
    }

    /// `git add`: what it covers is staged.
    fn staged(&mut self, call: &OpenCall, part: &Part) {
        let all =
            ["-A", "--all", "-u", "--update", "."].iter().any(|f| part.args.iter().any(|a| a == f));
        let paths: Vec<&str> =
            part.args.iter().filter(|a| !a.starts_with('-')).map(|a| &**a).collect();
        for touch in self.touches().filter(|t| t.edits > 0) {
            if all || paths.iter().any(|p| covers(p, &touch.path)) {
                touch.staged = call.seq;
            }
        }
    }

    /// `git commit`: what is staged, or named, or everything by `-a`, is taken in.
    fn committed(&mut self, call: &OpenCall, part: &Part) {
        let all = part.args.iter().any(|a| {
            a == "--all" || (a.starts_with('-') && !a.starts_with("--") && a.contains('a'))
        });
        let words: Vec<&str> =
            part.args.iter().filter(|a| !a.starts_with('-')).map(|a| &**a).collect();
        for touch in self.touches().filter(|t| t.edits > 0) {
            let staged = touch.staged > 0 && touch.staged >= touch.seq;
            if all || staged || words.iter().any(|p| covers(p, &touch.path)) {
                touch.committed = call.seq;
            }
        }
    }

    /// A call of an issue tracker: its items' states by replay.
    fn tracked(
        &mut self,
        at: At,
        call: &OpenCall,
        asked: &tracker::Call,
        outcome: Outcome,
        output: &str,
    ) {
        use tracker::Verb;
        if outcome != Outcome::Ok {
            return;
        }
        let mut ids: Vec<String> =
            asked.id.iter().chain(&asked.others).map(|id| short(id, 60)).collect();
        match asked.verb {
            Verb::Show | Verb::List => {
                let known: Vec<String> =
                    self.all().flat_map(|t| &t.items).map(|i| i.id.clone()).chain(ids).collect();
                for found in tracker::items(output, &known) {
                    self.item(at, &asked.program, &found.id, |item| learn(item, &found));
                }
                if asked.verb == Verb::Show {
                    self.shown_item(at, asked, output);
                }
            }
            Verb::Create => {
                for found in tracker::items(output, &ids) {
                    self.item(at, &asked.program, &found.id, |item| {
                        learn(item, &found);
                        item.touched = true;
                        item.changed = call.seq;
                        item.parent = asked.parent.clone().or(item.parent.take());
                        if item.state == ItemState::Unknown {
                            item.state = ItemState::Open;
                        }
                        if item.title.is_empty()
                            && let Some(title) = &asked.title
                        {
                            item.title = short(title, 200);
                        }
                    });
                }
            }
            Verb::Claim | Verb::Close | Verb::Update | Verb::Reopen | Verb::Comment => {
                let state = match asked.verb {
                    Verb::Claim => Some(ItemState::Active),
                    Verb::Close => Some(ItemState::Closed),
                    Verb::Reopen => Some(ItemState::Open),
                    _ => asked.status.as_deref().and_then(tracker::State::of).map(state),
                };
                let reason = asked.reason.as_deref().filter(|_| asked.verb == Verb::Close);
                let reason = reason.map(|r| Quote { text: short(r, 400), whole: None });
                let seq = call.seq;
                for id in &ids {
                    self.item(at, &asked.program, id, |item| {
                        item.touched = true;
                        if let Some(state) = state {
                            item.state = state;
                            item.changed = seq;
                            if state == ItemState::Active {
                                item.claimed = seq;
                            }
                        }
                        item.reason = reason.clone().or(item.reason.take());
                    });
                }
            }
            Verb::Depend if ids.len() > 1 => {
                let on = ids.remove(1);
                self.item(at, &asked.program, &ids[0], |item| {
                    if !item.waits.contains(&on) {
                        item.waits.push(on);
                    }
                });
            }
            Verb::Depend | Verb::Delete | Verb::Other => {}
        }
    }

    /// The body of an item was shown: where it stands, and what it says of other items.
    fn shown_item(&mut self, at: At, asked: &tracker::Call, output: &str) {
        let body = tracker::body(output);
        let Some(id) = asked.id.clone().or_else(|| body.item.as_ref().map(|i| i.id.clone())) else {
            return;
        };
        let program = asked.program.clone();
        for child in &body.children {
            let parent = id.clone();
            self.item(at, &program, &child.id, |item| {
                learn(item, child);
                item.parent = Some(parent);
            });
        }
        for waiting in &body.blocks {
            let on = id.clone();
            self.item(at, &program, &waiting.id, |item| {
                learn(item, waiting);
                if !item.waits.contains(&on) {
                    item.waits.push(on);
                }
            });
        }
        let parent = body.parent.as_ref().map(|p| p.id.clone());
        let waits: Vec<String> = body.depends_on.iter().map(|i| i.id.clone()).take(8).collect();
        let line = at.place;
        self.item(at, &program, &id, |item| {
            if let Some(own) = &body.item {
                learn(item, own);
            }
            item.touched = true;
            item.body = Some(line);
            item.parent = parent.or(item.parent.take());
            for on in waits {
                if !item.waits.contains(&on) {
                    item.waits.push(on);
                }
            }
        });
    }

    /// Changes an item; one that an earlier turn knows is taken over from there.
    fn item(&mut self, at: At, program: &str, id: &str, change: impl FnOnce(&mut Item)) {
        let id = short(id, 60);
        let known = self.all().rev().flat_map(|t| t.items.iter().rev()).find(|i| i.id == id);
        let mut item = known.cloned().unwrap_or_else(|| Item {
            id: id.clone(),
            program: short(program, 30),
            ..Item::default()
        });
        change(&mut item);
        self.slack.unsettle(bounds::Part::Items);
        let items = &mut self.turn(at).items;
        items.retain(|i| i.id != id);
        items.push(item);
    }
}

/// Takes over what a list or a heading says of an item.
fn learn(item: &mut Item, found: &tracker::Item) {
    if let Some(title) = &found.title {
        item.title = short(title, 200);
    }
    let kind: Vec<&str> = found.kind.iter().chain(&found.priority).map(String::as_str).collect();
    if !kind.is_empty() && kind.join(", ").len() >= item.kind.len() {
        item.kind = short(&kind.join(", "), 40);
    }
    if let Some(seen) = found.state {
        item.state = state(seen);
    }
}

fn state(seen: tracker::State) -> ItemState {
    match seen {
        tracker::State::Open => ItemState::Open,
        tracker::State::InProgress => ItemState::Active,
        tracker::State::Blocked => ItemState::Blocked,
        tracker::State::Closed => ItemState::Closed,
    }
}

/// The beginning and the end of a long output.
fn ends(output: &str) -> String {
    if output.len() <= 2 * LOOKED_AT {
        return output.to_owned();
    }
    let head = bounds::prefix(output, LOOKED_AT);
    let mut from = output.len() - LOOKED_AT;
    while !output.is_char_boundary(from) {
        from += 1;
    }
    format!("{head}\n{}", &output[from..])
}

/// A command as it is kept, with the folder that its line names.
fn shown(part: &Part) -> String {
    match &part.dir {
        Some(dir) if !dir.starts_with('/') && dir != "." => {
            short(&format!("{} (in {dir})", part.words), 200)
        }
        _ => short(&part.words, 200),
    }
}

/// The address that a command printed on a line of its own: of what it made or started.
fn link(part: &Part, outcome: Outcome, output: &str) -> Option<String> {
    let makes = matches!(part.class, Class::Tracker | Class::Run | Class::Other | Class::Vcs);
    if !makes || outcome != Outcome::Ok {
        return None;
    }
    let alone = |l: &&str| {
        (l.starts_with("https://") || l.starts_with("http://"))
            && l.len() < 160
            && !l.contains(char::is_whitespace)
    };
    output.lines().map(str::trim).rev().find(alone).map(str::to_owned)
}

/// Whether an argument of a test command names what is to be tested. `./...` and `.` name everything.
fn narrows(arg: &str) -> bool {
    let everything = arg.trim_end_matches(['.', '/']).is_empty();
    let plain = !arg.starts_with('-') && !arg.contains('=');
    plain && !everything && (arg.contains(['/', '.']) || arg.contains("::"))
        || matches!(arg, "-k" | "-t" | "-run" | "--grep" | "--filter")
        || arg.starts_with("-run=")
        || arg.starts_with("--filter=")
}

/// Whether a check's outcome is not known: what followed it in the pipe decided the status, and no
/// summary is seen.
fn unclear(part: &Part, outcome: Outcome, said_nothing: bool) -> bool {
    part.piped && said_nothing && outcome == Outcome::Ok && matches!(part.class, Class::Test)
}

/// Whether a path given to git covers a file.
fn covers(given: &str, path: &str) -> bool {
    let given = given.trim_start_matches("./").trim_end_matches('/');
    let given = given.split_once('*').map_or(given, |(before, _)| before.trim_end_matches('/'));
    if given.is_empty() || given == "." {
        return true;
    }
    let below = |whole: &str| {
        whole.strip_prefix(given).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    below(path)
        || path.match_indices('/').any(|(at, _)| below(&path[at + 1..]))
        || given.ends_with(&format!("/{path}"))
}

/// The commits that git says it made: `[branch hash] subject` and the counts below.
fn commits(output: &str) -> Vec<Commit> {
    let mut made: Vec<Commit> = Vec::new();
    for line in output.lines() {
        if let Some((head, subject)) = line.strip_prefix('[').and_then(|l| l.split_once("] ")) {
            let hash = head.split_whitespace().last().unwrap_or("");
            let named = head.contains(' ') && (7..=40).contains(&hash.len());
            if named && hash.bytes().all(|b| b.is_ascii_hexdigit()) {
                made.push(Commit {
                    hash: hash.chars().take(12).collect(),
                    subject: short(subject, 200),
                    files: 0,
                    added: 0,
                    removed: 0,
                });
            }
        } else if let Some(commit) = made.last_mut()
            && commit.files == 0
            && (line.contains("file changed") || line.contains("files changed"))
        {
            for part in line.split(", ") {
                let count = part.split_whitespace().next().and_then(|n| n.parse().ok());
                match (count, part) {
                    (Some(n), p) if p.contains("changed") => commit.files = n,
                    (Some(n), p) if p.contains("insertion") => commit.added = n,
                    (Some(n), p) if p.contains("deletion") => commit.removed = n,
                    _ => {}
                }
            }
        }
    }
    made.truncate(4);
    made
}
