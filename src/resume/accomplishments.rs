//! What was done.

use super::log::{Entry, Topic};
use super::next::plural;
use super::state;
use super::view::View;
use crate::session::event::Outcome;
use crate::session::facts::{Commit, ItemState};
use crate::session::text::cut;
use std::fmt::Write;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    let many = view.commits.len();
    for (index, (step, commit)) in view.commits.iter().enumerate() {
        let mut said = told(commit, &view.clock(step.at));
        if let Some(refused) = refused_before(view, commit, step.seq) {
            let _ = write!(said, ". {refused}");
        }
        let worth = match many - index {
            0..=8 => 87,
            9..=20 => 62,
            _ => 38,
        };
        out.push(Entry::new(Topic::Commit, worth, said).short(format!(
            "{} \"{}\"",
            commit.hash,
            cut(&commit.subject, 90)
        )));
    }
    // A commit whose output names no hash.
    for (step, run) in view.runs() {
        let known = view.commits.iter().any(|c| c.0.seq == step.seq);
        if run.family == "git commit" && run.outcome == Outcome::Ok && !known {
            let subject = run.message.as_deref().unwrap_or(&run.shown);
            out.push(Entry::new(
                Topic::Commit,
                80,
                format!("{} \"{subject}\" (hash not seen)", view.clock(step.at)),
            ));
        }
    }
    pushed(view, out);
    for item in state::mattering(view) {
        if item.state == ItemState::Closed
            && let Some(reason) = &item.reason
        {
            let said = super::findings::condensed(&view.recall.whole(reason), 500);
            out.push(
                Entry::new(
                    Topic::Finished,
                    70,
                    format!("{} \"{}\" closed with: \"{said}\"", state::label(item), item.title),
                )
                .short(format!(
                    "{} closed with: \"{}\"",
                    state::label(item),
                    cut(&said, 160)
                )),
            );
        }
    }
}

/// The last push, and whether commits came after it.
fn pushed(view: &View<'_>, out: &mut Vec<Entry>) {
    let made: Vec<u32> = (view.runs())
        .filter(|(_, r)| r.family == "git commit" && r.outcome == Outcome::Ok)
        .map(|(s, _)| s.seq)
        .collect();
    let push = view.runs().rfind(|(_, r)| r.family == "git push" && r.outcome == Outcome::Ok);
    let said = match push {
        Some((step, run)) => {
            let after = made.iter().filter(|seq| **seq > step.seq).count();
            let more = match after {
                0 => String::new(),
                n => format!(", {} after it not", plural(n, "commit")),
            };
            format!("pushed {} (`{}`){more}", view.clock(step.at), cut(&run.shown, 80))
        }
        None if made.is_empty() => return,
        None => "no `git push` was run".to_owned(),
    };
    out.push(Entry::new(Topic::Commit, if push.is_some() { 86 } else { 61 }, said));
}

fn told(commit: &Commit, at: &str) -> String {
    let mut said = format!("{at} {} \"{}\"", commit.hash, commit.subject);
    if commit.files > 0 {
        let _ = write!(
            said,
            ", {}, +{} −{}",
            plural(commit.files as usize, "file"),
            commit.added,
            commit.removed
        );
    }
    said
}

/// Tries of the same commit that did not go through.
fn refused_before(view: &View<'_>, commit: &Commit, seq: u32) -> Option<String> {
    let tries: Vec<_> = view
        .runs()
        .filter(|(s, r)| {
            s.seq < seq
                && r.family == "git commit"
                && r.outcome != Outcome::Ok
                && r.message.as_deref() == Some(&*commit.subject)
        })
        .collect();
    let (_, last) = tries.last()?;
    let how = super::failures::how(last);
    Some(match last.errors.first() {
        Some(error) => {
            let line = view.problems.get(&error.key).copied().unwrap_or(&error.line);
            format!("First {how}: \"{}\"", cut(line, 160))
        }
        None => format!("First {how}"),
    })
}
