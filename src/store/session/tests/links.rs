use std::os::unix::fs::symlink;

use super::*;

/// A scene with a fold and records, whose `path` was swapped for a link to its own content
/// elsewhere.
fn linked(path: &str) -> (Scene, PathBuf) {
    let scene = scene();
    fold(&mut scene.lock());
    scene.lock().append(b"a").unwrap();
    scene.session.pend(b"p").unwrap();
    let path = dir::plain(&scene.project.dir().join(path));
    let outside = scene.temp.path().join("outside");
    fs::rename(&path, &outside).unwrap();
    symlink(&outside, &path).unwrap();
    (scene, outside)
}

fn is_refused<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Unsafe { .. }))
}

#[test]
fn a_linked_directory_is_refused() {
    for path in ["sessions", "sessions/s1"] {
        let (scene, outside) = linked(path);
        let before = fs::read_dir(&outside).unwrap().count();
        assert!(is_refused(&scene.session.lock(Wait::HOOK)), "{path}");
        assert!(is_refused(&scene.session.pend(b"x")), "{path}");
        assert!(is_refused(&scene.session.read::<State>()), "{path}");
        assert!(is_refused(&scene.session.read_file("resume.md")), "{path}");
        assert!(is_refused(&scene.session.remove(Wait::HOOK)), "{path}");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), before, "{path}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_session_is_known_at_one_look_unless_there_is_reason_for_another() {
    use std::os::unix::fs::PermissionsExt;
    let known = |scene: &Scene| {
        let store = Store::open(&scene.temp.path().join("state")).unwrap();
        let id = SessionId::parse("s1").unwrap();
        store.known_session("app", Path::new("/home/u/app"), &id)
    };
    let scene = scene();
    assert!(known(&scene).is_none(), "it has no directory");
    fold(&mut scene.lock());
    let (project, session) = known(&scene).unwrap();
    assert_eq!((project.dir(), session.dir()), (scene.project.dir(), scene.session.dir()));
    session.lock(Wait::HOOK).unwrap().append(b"a").unwrap();
    assert_eq!(scene.seen(), once(&["a"]));
    // Removed after the look.
    scene.session.remove(Wait::HOOK).unwrap();
    session.lock(Wait::HOOK).unwrap().append(b"b").unwrap();
    assert_eq!(scene.seen(), once(&["b"]));
    fs::set_permissions(scene.session.dir(), fs::Permissions::from_mode(0o750)).unwrap();
    assert!(known(&scene).is_none(), "it is open to others");
    for path in ["", "sessions", "sessions/s1"] {
        let (scene, _) = linked(path);
        assert!(known(&scene).is_none(), "a link leads to {path}");
    }
}

#[test]
fn a_linked_pending_folder_is_refused() {
    let (scene, outside) = linked("sessions/s1/pending");
    assert!(is_refused(&scene.session.pend(b"x")));
    assert!(is_refused(&scene.session.read::<State>()));
    assert!(is_refused(&scene.lock().load::<State>()));
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn a_linked_file_is_refused() {
    let (scene, outside) = linked("sessions/s1/state.json");
    let before = fs::read(&outside).unwrap();
    assert!(is_refused(&scene.session.read::<State>()));
    assert!(is_refused(&scene.lock().load::<State>()));
    assert!(is_refused(&scene.lock().append(b"x")));
    assert_eq!(fs::read(&outside).unwrap(), before);

    let (scene, outside) = linked("sessions/s1/journal");
    let before = fs::read(&outside).unwrap();
    assert!(is_refused(&scene.session.read::<State>()));
    assert!(is_refused(&scene.lock().append(b"x")));
    assert_eq!(fs::read(&outside).unwrap(), before);

    let (scene, _) = linked("sessions/s1/lock");
    assert!(is_refused(&scene.session.lock(Wait::HOOK)));
}

#[test]
fn a_linked_pending_record_is_moved_aside() {
    let scene = scene();
    scene.session.pend(b"p").unwrap();
    let outside = scene.temp.path().join("outside");
    let record = pending::folder(scene.session.dir()).join("00000000000001-x");
    fs::write(&outside, crate::store::frame::encode(0, b"foreign")).unwrap();
    symlink(&outside, &record).unwrap();
    assert_eq!(scene.loaded(), once(&["p"]));
    assert!(!record.is_symlink());
    assert!(outside.exists());
}

#[test]
fn a_fifo_in_a_files_place_holds_nobody() {
    let scene = scene();
    drop(scene.lock());
    for name in ["state.json", "journal"] {
        let path = scene.path(name);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(is_refused(&scene.session.read::<State>()), "{name}");
        assert!(is_refused(&scene.lock().append(b"x")), "{name}");
        fs::remove_file(&path).unwrap();
    }
}
