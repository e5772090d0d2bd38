//! SessionStart: the one event at which Claude is told something.

use super::{Context, Fault, LOCK, twin};
use crate::config::{self, Config};
use crate::follow::{self, Earlier, Given, Handover, Opening, Recent};
use crate::process;
use crate::protocol::{Reply, Source};
use crate::resume::policy::{Form, Offer, Rule, Start, form};
use crate::resume::{self, About, Cause, ResumeLog, Whose};
use crate::session::text::{self, thousands};
use crate::store::{self, SessionId};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::Write as _;

/// A session that is open elsewhere and has not been touched for so long is worth a word.
const IDLE: TimeDelta = TimeDelta::hours(2);

/// Where it is not known what the user wants out of every text, none is told or kept.
const UNKNOWN: &str = "rejoin: what is to be taken out of every text ([redact] in config.toml) can't be \
                       read: nothing is told or kept until it can; `rejoin doctor` says more";

/// Registers the session and tells it where the work stands, as its start calls for.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let Some((place, project)) = context.project()? else { return Ok(Reply::default()) };
    let file = config::Opened::of(context.store.root());
    let variables = crate::env::settings(None);
    let known = context.redact_by(&file, &variables);
    let config = config::read_of(&file, &variables).unwrap_or_else(|error| {
        context.note(&[error]);
        Config::default()
    });
    let inject = config.inject;
    let source = context.input.source.unwrap_or(Source::Startup);
    let opening = Opening {
        project: &project,
        place: &place,
        id: context.id.as_str(),
        attended: context.attended(),
        now: context.now,
        wait: LOCK,
    };
    let process = process::identify(context.env.claude_pid.unwrap_or_else(process::parent));
    let (recent, mut seen) = opening.recent(process.as_ref())?;
    // The session that ran in this process before: cleared, or branched from.
    let before = process
        .as_ref()
        .filter(|_| matches!(source, Source::Clear | Source::Fork))
        .and_then(|process| recent.before(opening.id, process))
        .map(|entry| entry.id.clone());
    let told = match source {
        _ if !known => Ok(Answer::from(UNKNOWN.to_owned())),
        Source::Compact => compacted(context, &opening, inject.rule(inject.compact)),
        Source::Resume => meanwhile(&opening, &context.id, inject.rule(inject.resume)),
        Source::Fork => match before.as_deref().and_then(SessionId::parse) {
            Some(origin) => meanwhile(&opening, &origin, inject.rule(inject.fork)),
            None => Ok(Answer::default()),
        },
        Source::Startup if let Some(handover) = handed(context) => Ok(Answer::from(handover)),
        Source::Startup | Source::Clear => {
            let dead = opening.dead(&recent);
            // What is finished is entered as what it came to.
            let later = if dead.is_empty() {
                None
            } else {
                context.note(&opening.finish_all(&dead));
                let later = opening.recent(process.as_ref());
                later.map_err(|error| context.note(&[error.to_string()])).ok().map(
                    |(later, read)| {
                        seen = read;
                        later
                    },
                )
            };
            let cleared = before.as_deref().filter(|_| source == Source::Clear);
            let (start, named) = match (source, opening.attended) {
                (Source::Clear, _) => (Start::Clear, inject.clear),
                (_, true) => (Start::Startup, inject.startup),
                (_, false) => (Start::Unattended, inject.unattended),
            };
            let recent = later.as_ref().unwrap_or(&recent);
            fresh(&opening, recent, start, inject.rule(named), cleared)
        }
    };
    let mut told = told.unwrap_or_else(|fault| {
        context.note(&[fault.to_string()]);
        Answer::default()
    });
    if known && matches!(source, Source::Resume | Source::Fork) {
        let origin = match source {
            Source::Resume => Some(context.id.clone()),
            _ => before.as_deref().and_then(SessionId::parse),
        };
        told.reply.message = cost(context, &opening, origin.as_ref(), config.resume)
            .unwrap_or_else(|fault| {
                context.note(&[fault.to_string()]);
                None
            });
    }
    if let Some(lost) = twin::dropped(context) {
        let said = told.reply.message.take();
        told.reply.message =
            Some(said.map_or_else(|| lost.clone(), |said| format!("{lost}\n{said}")));
    }
    told.reply.reload_skills = deployed_since(context, &recent, process.as_ref());
    let transcript = context.input.transcript_path.as_deref();
    let anew = source != Source::Compact;
    if source == Source::Resume {
        // The paused session itself goes on.
        let own = recent.pauses.iter().find(|p| p.session.as_deref() == Some(opening.id));
        told.given.pause = own.map(|pause| pause.id.clone());
    }
    // What was found is told even where nothing can be written.
    let before = before.as_deref();
    if let Err(error) =
        opening.register(seen, transcript, process.as_ref(), anew, before, &told.given)
    {
        context.note(&[error.to_string()]);
    }
    let session = project.session(&context.id);
    if source == Source::Resume && session.exists() {
        // Takes back the end that the session had.
        let told = follow::Told::SessionStart { source: "resume".to_owned() };
        follow::append(&session, &context.record(told), LOCK)?;
    }
    Ok(told.reply)
}

/// Whether skills were deployed since the first session that is known of in this process: Claude Code looks
/// for skills when it starts. One look at a file's time, and none at all in a process that is new.
fn deployed_since(context: &Context, recent: &Recent, process: Option<&process::Identity>) -> bool {
    let here =
        recent.sessions.iter().filter(|e| process.is_some() && e.process.as_ref() == process);
    let Some(began) = here.filter_map(|e| e.started).min() else { return false };
    let record = context.env.data_dir().map(|data| data.join(crate::skills::RECORD));
    let changed = record.and_then(|path| path.metadata().ok()?.modified().ok());
    changed.is_some_and(|changed| DateTime::<Utc>::from(changed) > began)
}

/// What is said, and of which session.
#[derive(Debug, Default)]
struct Answer {
    reply: Reply,
    given: Given,
}

impl From<String> for Answer {
    /// A message to the user, and nothing for Claude.
    fn from(message: String) -> Self {
        Self { reply: Reply { message: Some(message), ..Reply::default() }, ..Self::default() }
    }
}

impl From<Handover> for Answer {
    fn from(handover: Handover) -> Self {
        let reply = Reply {
            context: Some(handover.text),
            message: Some(handover.message),
            ..Reply::default()
        };
        Self { reply, given: handover.given }
    }
}

/// What `rejoin resume` left for the session that it started.
fn handed(context: &Context) -> Option<Handover> {
    let name = context.env.handover.as_deref()?;
    Handover::take(&context.store, name, context.now).unwrap_or_else(|error| {
        context.note(&[error.to_string()]);
        None
    })
}

/// After a compaction: what the summary loses of this very session.
fn compacted(context: &Context, opening: &Opening<'_>, rule: Rule) -> Result<Answer, Fault> {
    let offer = Offer { paused: false, cut_off: false, fullness: None, age: TimeDelta::zero() };
    let form = form(Start::Compact, rule, &offer);
    let session = opening.project.session(&context.id);
    let state = follow::look(&session)?;
    if form == Form::Nothing || state.session.human_prompts() == 0 {
        return Ok(Answer::default());
    }
    let (log, about) = opening.log(&session, &state, Some(Cause::Running), None);
    Ok(Answer { reply: say(form, &log, &about, Whose::This), given: Given::default() })
}

/// A conversation that goes on: only what changed in the repository since.
fn meanwhile(opening: &Opening<'_>, id: &SessionId, rule: Rule) -> Result<Answer, Fault> {
    let session = opening.project.session(id);
    if rule == Rule::Never || !session.exists() {
        return Ok(Answer::default());
    }
    let state = follow::look(&session)?;
    let context = opening.changes(&state);
    Ok(Answer { reply: Reply { context, ..Reply::default() }, given: Given::default() })
}

/// What it costs to go on with a conversation whose prompt cache is gone, beside a fresh start with
/// its digest. The numbers are Claude Code's.
fn cost(
    context: &Context,
    opening: &Opening<'_>,
    origin: Option<&SessionId>,
    limits: config::Resume,
) -> Result<Option<String>, Fault> {
    let input = &context.input;
    let (Some(tokens), Some(usd)) = (input.context_tokens, input.estimated_cache_write_usd) else {
        return Ok(None);
    };
    let limit = limits.tell_above_usd;
    if limit <= 0.0 || usd <= limit || input.prompt_cache_likely_expired != Some(true) {
        return Ok(None);
    }
    let mut said = format!(
        "rejoin: the prompt cache of this conversation has likely expired; its {} tokens are written \
         again, for about ${usd:.2}.",
        thousands(tokens)
    );
    let session = origin.map(|id| opening.project.session(id)).filter(store::Session::exists);
    if let Some(session) = session {
        let state = follow::look(&session)?;
        let (log, about) = opening.log(&session, &state, None, None);
        let digest = resume::digest(&log, &about, Whose::Earlier).len() / resume::UNITS;
        let _ = write!(
            said,
            " A new session with the digest of it begins with about {} tokens more than an empty one.",
            thousands(digest as u64)
        );
    }
    Ok(Some(said))
}

/// A new conversation: where the work of an earlier one stands.
fn fresh(
    opening: &Opening<'_>,
    recent: &Recent,
    start: Start,
    rule: Rule,
    cleared: Option<&str>,
) -> Result<Answer, Fault> {
    let Some(told) = opening.told(recent, start, rule, cleared)? else {
        return Ok(idle(opening, recent));
    };
    let mut reply = say(told.form, &told.log, &told.about, Whose::Earlier);
    if let (Earlier::Pause(pause), Some(message)) = (&told.earlier, &mut reply.message) {
        *message = told_of_pause(pause, &reply.context.clone().unwrap_or_default());
    }
    let given = told.given;
    // Its thousand texts go with the process.
    std::mem::forget((told.log, told.about, told.earlier));
    Ok(Answer { reply, given })
}

/// Nothing to go on with; but a session that stands open elsewhere is worth a word.
fn idle(opening: &Opening<'_>, recent: &Recent) -> Answer {
    let open = recent.sessions.iter().find(|e| {
        e.id != opening.id
            && e.prompts > 0
            && e.attended
            && recent.live(e, opening.now)
            && e.last.is_some_and(|last| opening.now - last > IDLE)
    });
    let message = open.map(|e| {
        let short: String = e.id.chars().take(8).collect();
        format!("rejoin: session {short} is still open elsewhere, untouched for over two hours")
    });
    Answer { reply: Reply { message, ..Reply::default() }, given: Given::default() }
}

/// The reply in its form: for Claude the text, for the user one line.
fn say(form: Form, log: &ResumeLog, about: &About, whose: Whose) -> Reply {
    let short: String = log.subject.session.chars().take(8).collect();
    let context = match form {
        Form::Digest => resume::digest(log, about, whose),
        Form::Brief => resume::brief(log, about),
        Form::Notice => resume::notice(log, about),
        Form::Nothing => return Reply::default(),
    };
    let message = matches!(form, Form::Digest | Form::Brief).then(|| {
        let tokens = context.len() / resume::UNITS;
        let what = match whose {
            Whose::This => "this session's record was given back to Claude after the compaction",
            Whose::Earlier => "Claude was told where the last session stands",
        };
        format!("rejoin: {what} ({short}, about {tokens} tokens). `rejoin` shows it, `rejoin off` stops it.")
    });
    Reply { context: Some(context), message, ..Reply::default() }
}

/// One line for the user: which pause Claude was told of.
fn told_of_pause(pause: &follow::Pause, context: &str) -> String {
    let tokens = context.len() / resume::UNITS;
    let left = pause.message.as_deref().map(|m| format!(", \"{}\"", text::line(m, 60)));
    format!(
        "rejoin: Claude was told of pause {}{} (about {tokens} tokens). `rejoin` shows it, `rejoin off` stops it.",
        pause.id,
        left.unwrap_or_default()
    )
}
