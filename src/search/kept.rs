//! What we keep ourselves: notes, pauses, and the response log where the transcript is gone.

use std::path::PathBuf;
use std::sync::Arc;

use super::Role;
use crate::follow::{State, pause, responses};
use crate::store::{self, SessionId, Store};
use crate::usage::{ProjectFilter, folder_name};
use chrono::{DateTime, Utc};

/// A text of ours.
pub(super) struct Kept {
    /// The session's id, or the pause's.
    pub session: Arc<str>,
    pub folder: String,
    pub branch: Option<String>,
    pub at: Option<DateTime<Utc>>,
    pub role: Role,
    pub text: String,
    pub path: Arc<PathBuf>,
}

/// Tells every text of ours in the projects asked for. What can't be read is returned.
pub(super) fn texts(
    store: &Store,
    filter: Option<&ProjectFilter>,
    see: &mut dyn FnMut(Kept),
) -> Vec<PathBuf> {
    let mut unreadable = Vec::new();
    let projects = store.projects().unwrap_or_else(|_| {
        unreadable.push(store.root().join("projects"));
        Vec::new()
    });
    for project in projects {
        let path = project.path_of_origin();
        let folder = if path.ends_with(".git") { path.parent().unwrap_or(path) } else { path };
        let folder = folder.to_string_lossy().into_owned();
        if filter.is_some_and(|filter| !filter.admits(&folder_name(&folder))) {
            continue;
        }
        for id in project.sessions().unwrap_or_default() {
            if session(&project.session(&id), &id, &folder, see).is_err() {
                unreadable.push(project.session(&id).dir().to_owned());
            }
        }
        pauses(&project, &folder, see, &mut unreadable);
    }
    unreadable
}

fn session(
    session: &store::Session,
    id: &SessionId,
    folder: &str,
    see: &mut dyn FnMut(Kept),
) -> store::Result<()> {
    let contents = session.read::<State>()?;
    let mut state = contents.snapshot.unwrap_or_default();
    for record in contents.records.iter().filter_map(|r| serde_json::from_slice(r).ok()) {
        state.take(&record);
    }
    let kept = |at, role, text: &str, file: &str| Kept {
        session: id.as_str().into(),
        folder: if state.session.folder.is_empty() { folder } else { &state.session.folder }.into(),
        branch: state.session.branch.clone(),
        at,
        role,
        text: text.to_owned(),
        path: Arc::new(session.dir().join(file)),
    };
    for note in &state.session.notes {
        see(kept(Some(note.at), Role::Note, &note.text, "state.json"));
    }
    if state.transcript.as_ref().is_some_and(|path| path.exists()) {
        return Ok(());
    }
    let log = session.read_file(responses::FILE)?.unwrap_or_default();
    for record in responses::Log::read(&log).sorted() {
        see(kept(record.started_at, Role::Prompt, &record.prompt, responses::FILE));
        see(kept(record.ended_at, Role::Response, &record.response, responses::FILE));
        for file in &record.files {
            see(kept(record.ended_at, Role::File, file, responses::FILE));
        }
    }
    Ok(())
}

/// What was left with pauses; the whole of one whose session is not known here.
fn pauses(
    project: &store::Project,
    folder: &str,
    see: &mut dyn FnMut(Kept),
    unreadable: &mut Vec<PathBuf>,
) {
    let Ok((pauses, faults)) = pause::all(project) else {
        unreadable.push(project.dir().join("pauses"));
        return;
    };
    unreadable.extend((!faults.is_empty()).then(|| project.dir().join("pauses")));
    let known = project.sessions().unwrap_or_default();
    for pause in pauses {
        let path = Arc::new(pause::markdown_path(project, &pause.id));
        let id: Arc<str> = pause.id.as_str().into();
        let mut kept = |role, text: &str| {
            see(Kept {
                session: Arc::clone(&id),
                folder: folder.to_owned(),
                branch: pause.branch().map(str::to_owned),
                at: Some(pause.created),
                role,
                text: text.to_owned(),
                path: Arc::clone(&path),
            });
        };
        pause.message.iter().for_each(|message| kept(Role::Note, message));
        pause.open_tasks.iter().for_each(|task| kept(Role::Task, &task.title));
        let session = pause.session.as_deref();
        if session.is_none_or(|session| !known.iter().any(|id| id.as_str() == session)) {
            kept(Role::Summary, &crate::resume::markdown(&pause.frozen()));
        }
    }
}
