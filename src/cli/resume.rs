//! `rejoin resume`: a fresh session that is told where an earlier one, or a pause, stands.

mod launch;

use super::Failure;
use super::here::{Here, PATIENCE, age};
use super::known::{Known, What};
use super::list::{Row, rows};
use super::picker::{self, Choice};
use super::places::Places;
use super::terminal::Terminal;
use crate::env::Env;
use crate::follow::{Given, Handover, opening, pause};
use crate::resume::{self, Whose};
use crate::store::Store;
use clap::Args;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

/// Start Claude Code in a fresh context that is told where a session or pause stands
#[derive(Debug, Args)]
#[command(
    after_help = "Without an id: choose one on the screen.\n\nExamples:\n  rejoin resume\n  rejoin resume p0c51f3a -- --model opus\n  rejoin resume --last --print"
)]
pub struct ResumeArgs {
    /// The id of a session or pause, or its beginning
    #[arg(value_name = "SESSION|PAUSE")]
    pub id: Option<String>,
    /// The pause that waits, else the session that was touched last
    #[arg(long, conflicts_with = "id")]
    pub last: bool,
    /// Print what Claude would be told, start nothing
    #[arg(long)]
    pub print: bool,
    /// Go on with the old conversation itself: `claude --resume`, in the folder it belongs to
    #[arg(long, conflicts_with = "print")]
    pub native: bool,
    /// What `claude` is started with besides
    #[arg(last = true, value_name = "CLAUDE_ARGS")]
    pub claude: Vec<OsString>,
}

pub(super) fn run(options: &ResumeArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let Some(known) = chosen(options, &here, env, terminal)? else { return Ok(()) };
    if options.native {
        return native(&known, options, terminal);
    }
    if let What::Pause(pause) = &known.what
        && !pause.accepted
    {
        return Err(Failure::Failed(format!(
            "{} came from elsewhere and was not accepted: look at it with `rejoin show {}`, then accept it with `rejoin import --accept {}`",
            known.named(),
            known.id,
            known.id
        )));
    }
    let (log, about) = known.log(&here)?;
    let text = resume::digest(&log, &about, Whose::Earlier);
    if options.print {
        writeln!(terminal, "{text}")?;
        return Ok(());
    }
    if let Some(argument) = options.claude.iter().find(|argument| goes_on(argument)) {
        return Err(Failure::Failed(format!(
            "`{}` goes on with an old conversation, where a fresh one was asked for; `rejoin resume --native` does that",
            argument.display()
        )));
    }
    let folder = Some(&known.place.folder)
        .filter(|_| known.place.project.key != here.place.project.key)
        .map(std::path::PathBuf::as_path);
    if let Some(folder) = folder {
        writeln!(terminal, "{} is of {}: starting there.", known.named(), folder.display())?;
    }
    fresh(&known, text, options, folder, env, terminal)
}

/// Starts `claude` so that its first SessionStart finds the text; where no hook would, in its system
/// prompt.
fn fresh(
    known: &Known,
    text: String,
    options: &ResumeArgs,
    folder: Option<&Path>,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let now = crate::clock::now();
    let places = Places::find(env)?;
    let store = Store::open(&places.state)?;
    let bare = |a: &OsString| ["--bare", "--safe-mode"].iter().any(|bare| a.as_os_str() == *bare);
    let project = folder.unwrap_or(&places.project);
    let switched_off =
        store.is_off() || known.project.as_ref().is_some_and(crate::store::Project::is_off);
    let hooked = launch::hooks_run(&places, project) && !options.claude.iter().any(bare);
    let mut launch = launch::Launch::new(folder, &options.claude);
    if hooked && !switched_off {
        let tokens = text.len() / resume::UNITS;
        let message = format!(
            "rejoin: Claude was told where {} stands (about {tokens} tokens).",
            known.named()
        );
        let handover = Handover::new(given(known), text, message, now);
        let name = handover.leave(&store, std::process::id())?;
        terminal.flush()?;
        return launch.env(crate::env::HANDOVER, &name).run().inspect_err(|_| {
            // Nobody comes for it; another resume would sweep it otherwise.
            drop(store.remove_file(&format!("handovers/{name}.json")));
        });
    }
    launch::Launch::check()?;
    let why =
        if switched_off { "rejoin is off here" } else { "the hooks of rejoin do not run here" };
    writeln!(
        terminal,
        "{why}: Claude is told in its system prompt, and the new session is not followed; `{}` changes that.",
        if switched_off { "rejoin on" } else { "rejoin install" }
    )?;
    terminal.flush()?;
    if let (What::Pause(pause), Some(project)) = (&known.what, &known.project) {
        // No hook will see the first prompt: the start has to do.
        pause::take_up(&project.lock(PATIENCE)?, &pause.id, "unknown", now)?;
    }
    launch.arg("--append-system-prompt").arg(&text).run()
}

/// What counts as taken up when a prompt follows.
fn given(known: &Known) -> Given {
    match &known.what {
        What::Pause(pause) => opening::given(&known.recent, pause),
        _ => Given { session: Some(known.id.clone()), pause: None },
    }
}

/// Hands over to Claude Code's own resume.
fn native(known: &Known, options: &ResumeArgs, terminal: &mut Terminal) -> Result<(), Failure> {
    let Some(session) = known.session() else {
        return Err(Failure::Failed(format!(
            "{} has no conversation to go on with, only its log; leave --native out",
            known.named()
        )));
    };
    let state = known.state()?;
    if !state.transcript.as_ref().is_some_and(|path| path.is_file()) {
        return Err(Failure::Failed(format!(
            "Claude Code's transcript of session {session} is gone; `rejoin resume {}` starts a fresh one with its log",
            known.id
        )));
    }
    let folder = known.folder()?;
    if !folder.is_dir() {
        return Err(Failure::Failed(format!(
            "the folder {} is gone, and only there does Claude Code find session {session}; `rejoin resume {}` starts a fresh one with its log",
            folder.display(),
            known.id
        )));
    }
    terminal.flush()?;
    let mut launch = launch::Launch::new(Some(&folder), &["--resume", session]);
    launch.args(&options.claude).run()
}

/// Whether an argument of `claude` takes an old conversation up.
fn goes_on(argument: &OsString) -> bool {
    let text = argument.to_string_lossy();
    let name = text.split('=').next().unwrap_or_default();
    ["-c", "--continue", "-r", "--resume", "--fork-session", "--from-pr", "--teleport"]
        .contains(&name)
}

/// What is to be resumed: named, the last, or picked. `None` when the user left the picker.
fn chosen(
    options: &ResumeArgs,
    here: &Here,
    env: &Env,
    terminal: &Terminal,
) -> Result<Option<Known>, Failure> {
    if options.id.is_some() {
        return here.known(options.id.as_deref(), env).map(Some);
    }
    let mut all: Vec<Row> =
        rows(here, env, false, false, 200)?.into_iter().flat_map(|(_, r)| r).collect();
    all.retain(|row| row.state != "foreign");
    if options.last {
        let waits = all.iter().find(|row| row.kind == "pause" && row.state == "paused");
        let newest = all.iter().find(|row| row.kind == "session" && row.state != "live");
        let row = waits.or(newest).ok_or_else(super::known::nothing)?;
        return here.known(Some(&row.id), env).map(Some);
    }
    if all.is_empty() {
        return Err(super::known::nothing());
    }
    if !terminal.attended() {
        return Err(Failure::Failed(
            "which one? name a session or pause (`rejoin list` shows them), or take `--last`"
                .to_owned(),
        ));
    }
    let choices: Vec<Choice> = all.iter().map(|row| choice(row, here)).collect();
    let mut preview = |index: usize| {
        let known = here.known(Some(&all[index].id), env);
        match known.and_then(|known| known.log(here)) {
            Ok((log, _)) => {
                let text = resume::text(&log, resume::TOKENS / 4);
                // The first line is for programs.
                text.split_once('\n')
                    .filter(|_| text.starts_with("<!--"))
                    .map_or(text.clone(), |t| t.1.to_owned())
            }
            Err(Failure::Failed(why)) => why,
            Err(_) => String::new(),
        }
    };
    let picked = picker::pick(&choices, &mut preview)
        .map_err(|error| Failure::Failed(format!("the screen can't be used: {error}")))?;
    picked.map(|index| here.known(Some(&all[index].id), env)).transpose()
}

/// A line of the picker: id, age, state and what it is about.
fn choice(row: &Row, here: &Here) -> Choice {
    let words = [row.state, &row.about, &row.first_prompt, &row.worktree];
    let words = words.join(" ") + " " + row.branch.as_deref().unwrap_or_default();
    let last = row.at().map(|last| age(here.now - last)).unwrap_or_default();
    let head = format!("{:<8}  {last:>6}  {:<8}  ", row.short(), row.state);
    Choice { head, about: row.about.clone(), id: row.id.clone(), words: words.to_lowercase() }
}
