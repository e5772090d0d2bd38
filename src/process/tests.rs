//! With real children.

use std::process::{Child, Command, Stdio};

use super::*;

/// A child that lives until its stdin is closed.
fn child() -> Child {
    Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
}

#[test]
fn this_process_and_its_parent_are_alive() {
    for pid in [std::process::id(), parent()] {
        let known = identify(pid).unwrap();
        assert_eq!(known.pid, pid);
        assert_eq!(identify(pid), Some(known.clone()));
        assert_eq!(alive(&known), Alive::Yes);
    }
    let mut child = child();
    let known = identify(child.id()).unwrap();
    assert!(known.started >= identify(parent()).unwrap().started);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_process_that_ended_is_not_alive() {
    let mut child = child();
    let known = identify(child.id()).unwrap();
    assert_eq!(alive(&known), Alive::Yes);
    drop(child.stdin.take());
    child.wait().unwrap();
    assert_eq!(alive(&known), Alive::No);
    assert_eq!(identify(known.pid), None);
}

#[test]
fn no_such_process() {
    for pid in [0, u32::MAX, 4_194_305] {
        assert_eq!(identify(pid), None);
    }
}

#[cfg(unix)]
#[test]
fn a_zombie_is_not_alive() {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let mut child = child();
    let known = identify(child.id()).unwrap();
    child.kill().unwrap();
    let pid = Pid::from_child(&child);
    // Returns once the child has ended, and leaves it a zombie.
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).unwrap();
    assert_eq!(alive(&known), Alive::No);
    assert_eq!(identify(known.pid), None);
    #[cfg(target_os = "linux")]
    assert!(std::path::Path::new("/proc").join(known.pid.to_string()).exists());
    child.wait().unwrap();
}

#[test]
fn an_id_given_out_again_is_another_process() {
    let known = identify(std::process::id()).unwrap();
    assert_eq!(alive(&Identity { started: known.started - 1, ..known.clone() }), Alive::No);
    assert_eq!(alive(&Identity { started: known.started + 1, ..known }), Alive::No);
}

#[cfg(target_os = "linux")]
#[test]
fn a_restart_ends_and_another_machine_or_container_hides() {
    let known = identify(std::process::id()).unwrap();
    assert!(!known.boot.is_empty() && known.namespace != 0 && !known.host.is_empty());
    let boot = "00000000-0000-0000-0000-000000000000".to_owned();
    let restarted = Identity { boot, ..known.clone() };
    assert_eq!(alive(&restarted), Alive::No);
    assert_eq!(alive(&Identity { host: "elsewhere".into(), ..restarted }), Alive::Unknown);
    assert_eq!(
        alive(&Identity { namespace: known.namespace + 1, ..known.clone() }),
        Alive::Unknown
    );
    // A container's own name for the same machine is of no account.
    assert_eq!(alive(&Identity { host: "container".into(), ..known }), Alive::Yes);
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_may_be_called_anything() {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("a) Z 1 (b");
    std::fs::copy("/bin/cat", &program).unwrap();
    let mut child = Command::new(&program).stdin(Stdio::piped()).spawn().unwrap();
    // `exec` is over once spawn has returned, so the name is the new one.
    let known = identify(child.id()).unwrap();
    let us = identify(std::process::id()).unwrap();
    assert!(known.started >= us.started, "{known:?} {us:?}");
    assert_eq!(alive(&known), Alive::Yes);
    drop(child.stdin.take());
    child.wait().unwrap();
    assert_eq!(alive(&known), Alive::No);
}

#[test]
fn an_identity_is_kept_in_short() {
    let known = Identity {
        pid: 12,
        started: 345,
        boot: "b0".into(),
        namespace: 4_026_531_836,
        host: "box".into(),
    };
    let text = serde_json::to_string(&known).unwrap();
    assert_eq!(text, r#"{"p":12,"s":345,"b":"b0","n":4026531836,"h":"box"}"#);
    assert_eq!(serde_json::from_str::<Identity>(&text).unwrap(), known);
    let bare: Identity = serde_json::from_str(r#"{"p":1,"s":2}"#).unwrap();
    assert_eq!(serde_json::to_string(&bare).unwrap(), r#"{"p":1,"s":2}"#);
}
