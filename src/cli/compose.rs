//! `rejoin compose`: the resume text of any transcript, straight from the file.

use crate::resume::{self, About, Recall, ResumeLog, Whose};
use crate::session::Session;
use crate::transcript::{self, Cursor, Told};
use clap::{Args, ValueEnum};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Bytes of a transcript that are read again for a log.
const RECALL: u64 = 512 << 10;

/// Arguments of `rejoin compose`.
#[derive(Debug, Args)]
pub struct ComposeArgs {
    /// A session's transcript: a .jsonl file below Claude Code's `projects` folder.
    pub transcript: PathBuf,
    /// The most tokens of the text, of 4 characters each; the whole log is at most 10000.
    #[arg(long, value_name = "TOKENS", conflicts_with = "digest")]
    pub budget: Option<usize>,
    /// Print the digest that a next session would be told.
    #[arg(long)]
    pub digest: bool,
    /// The log as Markdown or as JSON.
    #[arg(long, value_enum, default_value_t = Format::Md)]
    pub format: Format,
}

/// How the log is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown.
    Md,
    /// JSON.
    Json,
}

/// The log of a transcript, and what it was composed with.
fn read(path: &Path) -> io::Result<(ResumeLog, About)> {
    let mut session = Session::default();
    let mut cursor = Cursor::default();
    transcript::follow(path, &mut cursor, None, &mut |told| match told {
        Told::Restarted => session = Session::default(),
        Told::Event(at, event) => session.apply(at, event),
    })?;
    if session.id.is_empty() {
        session.id = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    }
    let mut recall = Recall::default();
    let places = resume::wanted(&session);
    transcript::recall(path, &places, RECALL, &mut |place, event| recall.take(place, event))?;
    let about = About { now: crate::clock::now(), ..About::default() };
    Ok((resume::compose(&session, &recall, &about), about))
}

/// Prints the resume text of a transcript.
pub(super) fn run(args: &ComposeArgs) -> ExitCode {
    let (log, about) = match read(&args.transcript) {
        Ok(read) => read,
        Err(error) => {
            let path = args.transcript.display();
            return fail(&format!("can't read the transcript {path}: {error}"));
        }
    };
    let text = if args.digest {
        resume::digest(&log, &about, Whose::Earlier)
    } else if args.format == Format::Json {
        match serde_json::to_string_pretty(&log) {
            Ok(json) => json,
            Err(error) => return fail(&format!("can't write the log as JSON: {error}")),
        }
    } else if let Some(budget) = args.budget {
        resume::text(&log, budget)
    } else {
        resume::markdown(&log)
    };
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().write_all(b"\n")) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            fail(&format!("can't print the text: {error}"))
        }
        _ => ExitCode::SUCCESS,
    }
}

fn fail(said: &str) -> ExitCode {
    let mut err = io::stderr();
    match writeln!(err, "rejoin: {said}") {
        Ok(()) | Err(_) => ExitCode::FAILURE,
    }
}
