//! State directories that can't be used.

use std::fs;
use std::path::Path;
use std::process::Command;

#[cfg(target_os = "linux")]
use rejoin::protocol::Event;

use super::scene::{Scene, Stdin, every_event, executable};

/// The beginning of a command line under which file permissions count: none for an ordinary user,
/// for root one that gives up the right to ignore them. `None` where that can't be done.
#[cfg(unix)]
pub(super) fn unprivileged() -> Option<Vec<String>> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    if !rustix::process::geteuid().is_root() {
        return Some(words("/usr/bin/env"));
    }
    let line = words("/usr/bin/setpriv --bounding-set -dac_override,-dac_read_search");
    let tried = Command::new(&line[0]).args(&line[1..]).arg("/bin/true").status();
    if !tried.is_ok_and(|status| status.success()) {
        eprintln!("skipped: root without setpriv (util-linux) can read everything");
        return None;
    }
    Some(line)
}

#[test]
fn a_state_directory_that_was_deleted_is_made_again() {
    every_event(|event, scene| {
        scene.follow_session();
        fs::remove_dir_all(scene.state()).unwrap();
        scene.run(event, &scene.input(event));
        assert_eq!(scene.faults(), Vec::<String>::new());
        assert!(scene.state().is_dir());
    });
}

#[test]
#[cfg(unix)]
fn a_read_only_state_directory_is_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let Some(unprivileged) = unprivileged() else { return };
    every_event(|event, scene| {
        scene.follow_session();
        let mode = |mode: u32| {
            let mut folders = vec![scene.state()];
            folders.extend(super::scene::tree(&scene.state()).into_keys().filter(|p| p.is_dir()));
            for folder in folders {
                fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
            }
        };
        mode(0o500);
        let before = super::scene::tree(&scene.state());
        let mut hook = Command::new(&unprivileged[0]);
        hook.args(&unprivileged[1..]).arg(executable(event));
        scene.furnish(&mut hook);
        let input = scene.input(event).to_string();
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
        let mut after = super::scene::tree(&scene.state());
        // The files that are there may be written to.
        let kept = |path: &Path| {
            ["journal", "hooks.log", "responses.jsonl"].iter().any(|name| path.ends_with(name))
        };
        after.retain(|path, _| !kept(path));
        let before: std::collections::BTreeMap<_, _> =
            before.into_iter().filter(|(path, _)| !kept(path)).collect();
        assert_eq!(after, before);
        mode(0o700);
        scene.run(event, &scene.input(event));
    });
}

#[test]
#[cfg(unix)]
fn a_state_directory_behind_a_link_is_refused() {
    every_event(|event, scene| {
        fs::create_dir(scene.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink("elsewhere", scene.state()).unwrap();
        scene.run(event, &scene.input(event));
        assert_eq!(fs::read_dir(scene.path("elsewhere")).unwrap().count(), 0);
        assert_doctor_says(scene, "is a symbolic link, and the hooks leave it alone");
    });
}

#[test]
fn a_file_in_the_state_directory_s_place_is_refused() {
    every_event(|event, scene| {
        fs::write(scene.state(), "mine").unwrap();
        scene.run(event, &scene.input(event));
        assert_eq!(fs::read_to_string(scene.state()).unwrap(), "mine");
        assert_doctor_says(scene, "is no folder");
    });
}

#[test]
#[cfg(unix)]
fn another_user_s_state_directory_is_refused() {
    every_event(|event, scene| {
        let theirs = if rustix::process::geteuid().is_root() {
            fs::create_dir(scene.state()).unwrap();
            std::os::unix::fs::chown(scene.state(), Some(12345), None).unwrap();
            scene.state()
        } else {
            Path::new("/usr").to_owned()
        };
        let mut hook = scene.hook(event);
        hook.env("REJOIN_HOME", &theirs);
        let input = scene.input(event).to_string();
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
        assert!(!theirs.join("hooks.log").exists());
        assert!(!theirs.join("projects").exists());
    });
}

#[test]
fn without_any_home_nothing_is_written() {
    every_event(|event, scene| {
        let mut hook = scene.hook(event);
        hook.env_remove("HOME").env_remove("REJOIN_HOME");
        let input = scene.input(event).to_string();
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
        assert!(!scene.state().exists());
    });
    let scene = Scene::new();
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_rejoin"));
    scene.furnish(&mut doctor);
    let told = doctor.arg("doctor").env_remove("HOME").env_remove("REJOIN_HOME").output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stderr).contains("HOME"), "{told:?}");
}

/// A file system that takes no byte more, as the size limit of a process.
#[test]
#[cfg(target_os = "linux")]
fn on_a_full_disk_what_is_known_stays() {
    every_event(|event, scene| {
        scene.follow_session();
        let state = scene.session("state.json").unwrap();
        let before = fs::read(&state).unwrap();
        let mut hook = scene.hook_in(event, "trap '' XFSZ; ulimit -f 0; exec \"$0\"");
        let input = scene.input(event).to_string();
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
        assert_eq!(fs::read(&state).unwrap(), before, "old or new, never half");
        assert_sound(event, scene);
    });
}

/// A real one: a file system in memory, filled to its last block.
#[test]
#[cfg(target_os = "linux")]
fn on_a_full_file_system_what_is_known_stays() {
    let script = r#"
        set -e
        mount -t tmpfs -o size=256k,mode=700 tmpfs "$STATE"
        for event in session-start user-prompt-submit stop; do
            "$HOOKS/rejoin-hook-$event" < "$INPUTS/$event" > /dev/null
        done
        cp -r "$STATE/projects" "$OUT/before"
        dd if=/dev/zero of="$STATE/fill" bs=4096 2> /dev/null || true
        "$0" < "$INPUTS/event" > "$OUT/stdout" 2> "$OUT/stderr"
        rm "$STATE/fill"
        cp -r "$STATE/projects" "$OUT/after"
        "$0" < "$INPUTS/event" > "$OUT/stdout" 2> "$OUT/stderr"
        cp -r "$STATE" "$OUT/last"
    "#;
    let namespace = || {
        let mut command = Command::new("/usr/bin/unshare");
        command.args(if rustix::process::geteuid().is_root() { &["-m"][..] } else { &["-rm"] });
        command
    };
    let tried = namespace().args(["/bin/mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !tried.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no file system can be mounted here");
        return;
    }
    every_event(|event, scene| {
        for folder in ["state", "inputs", "out"] {
            fs::create_dir(scene.path(folder)).unwrap();
        }
        for (name, event) in [
            ("session-start", Event::SessionStart),
            ("user-prompt-submit", Event::UserPromptSubmit),
            ("stop", Event::Stop),
            ("event", event),
        ] {
            let input = scene.input(event).to_string();
            fs::write(scene.path("inputs").join(name), input).unwrap();
        }
        let mut command = namespace();
        command.args(["/bin/sh", "-c", script]).arg(executable(event));
        scene.furnish(&mut command);
        let output = command
            .env("PATH", "/usr/bin:/bin")
            .env("STATE", scene.state())
            .env("INPUTS", scene.path("inputs"))
            .env("OUT", scene.path("out"))
            .env("HOOKS", executable(event).parent().unwrap())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}: {output:?}", event.name());
        let read = |name: &str| fs::read_to_string(scene.path("out").join(name)).unwrap();
        assert_eq!(read("stderr"), "");
        let state = |name: &str| {
            let files = super::scene::tree(&scene.path("out").join(name));
            let path = files.into_keys().find(|path| path.ends_with("state.json")).unwrap();
            fs::read_to_string(path).unwrap()
        };
        assert_eq!(state("before"), state("after"), "{}: old, never half", event.name());
        serde_json::from_str::<serde_json::Value>(&state("last")).unwrap();
    });
}

/// The next event works as if nothing had been.
#[cfg(target_os = "linux")]
fn assert_sound(event: Event, scene: &Scene) {
    let before = scene.faults().len();
    scene.run(event, &scene.input(event));
    scene.run(Event::Stop, &scene.input(Event::Stop));
    assert_eq!(scene.faults().len(), before, "{:?}", scene.faults());
    assert!(scene.session("resume.md").is_some());
}

fn assert_doctor_says(scene: &Scene, words: &str) {
    let told = scene.rejoin(&["doctor"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains(words), "`rejoin doctor` does not say `{words}`:\n{told}");
}
