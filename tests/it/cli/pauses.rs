//! `rejoin pause` and `rejoin clear` as a person sees them, in repositories of every kind.

use super::followed::{Followed, Ran};
use super::{ENDED, KILLED};
use insta::assert_snapshot;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const SHOP: &str = "home/shop";

/// A project with one commit and a file of each kind.
fn committed() -> Followed {
    let here = Followed::new();
    fs::write(here.path("home/shop/till.py"), "price = 1\n").unwrap();
    here.git(&["add", "till.py"]);
    here.git(&["commit", "--quiet", "-m", "Start the till"]);
    here.git(&["config", "user.name", "dev"]);
    here.git(&["config", "user.email", "dev@example.invalid"]);
    here
}

/// The output with pauses and the commits made of them named alike.
fn plain(ran: &Ran) -> String {
    let mut text = ran.all();
    for word in ran.all().split(|c: char| !c.is_ascii_alphanumeric()) {
        let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
        if word.len() == 8 && word.starts_with('p') && hex(&word[1..]) {
            text = text.replace(word, "PAUSEID");
        } else if word.len() == 7 && hex(word) && word.bytes().any(|b| b.is_ascii_digit()) {
            text = text.replace(word, "HASHHEX");
        }
    }
    text
}

/// The newest pause, as its file has it.
fn newest(here: &Followed) -> Value {
    let project = fs::read_dir(here.state().join("projects")).unwrap().flatten().next().unwrap();
    let files = fs::read_dir(project.path().join("pauses")).unwrap().flatten();
    let mut pauses: Vec<Value> = files
        .filter(|file| file.path().extension().is_some_and(|e| e == "json"))
        .map(|file| serde_json::from_slice(&fs::read(file.path()).unwrap()).unwrap())
        .collect();
    pauses.sort_by_key(|pause: &Value| pause["created"].to_string());
    pauses.pop().unwrap()
}

#[test]
fn a_session_is_paused_told_and_put_away() {
    let here = committed();
    here.follow(ENDED, true);
    here.follow(KILLED, false);
    fs::write(here.path("home/shop/till.py"), "price = 2\n").unwrap();
    fs::write(here.path("home/shop/new.py"), "").unwrap();
    here.git(&["add", "new.py"]);
    let ran = here.run_in(SHOP, &["pause", "-m", "the till counts double"]);
    assert_snapshot!(plain(&ran));
    let pause = newest(&here);
    assert_eq!(pause["session"], here.id(KILLED), "the project's last");
    assert_eq!(pause["format"], 1);
    assert_eq!(pause["checkout"]["staged"][0], "new.py");
    assert_eq!(pause["checkout"]["modified"][0], "till.py");

    // It comes before the session that was cut off.
    let told = here.start();
    assert!(told.contains("the till counts double"), "{told}");
    let id = pause["id"].as_str().unwrap();
    let shown = here.run(&["show", id]);
    assert!(shown.stdout.contains("the till counts double"), "{}", shown.all());
    assert_eq!(here.run(&["--json"]).json()["pause"], id);

    let ran = here.run(&["clear"]);
    assert_snapshot!(plain(&ran));
    assert_eq!(here.run(&["clear", id, "--json"]).json()["archived"][0], id);
    assert!(!here.start().contains("the till counts double"));
    assert_eq!(here.run(&["list", "--json"]).json().as_array().map(Vec::len), Some(2));
    let all = here.run(&["list", "--archived", "--json"]).json();
    assert_eq!((&all[0]["id"], &all[0]["state"]), (&id.into(), &"archived".into()));
}

#[test]
fn inside_a_session_that_one_is_paused() {
    let here = committed();
    here.follow(ENDED, true);
    here.follow(KILLED, false);
    assert_eq!(here.inside(here.id(ENDED), &["pause"]).code, 0);
    assert_eq!(newest(&here)["session"], here.id(ENDED));
    let listed = here.run(&["list", "--json"]).json();
    let paused = |row: &&Value| row["id"] == here.id(ENDED) && row["state"] == "paused";
    assert!(listed.as_array().unwrap().iter().any(|row| paused(&row)), "{listed}");
}

#[test]
fn a_message_is_enough_without_a_session() {
    let here = committed();
    let ran = here.run_in(SHOP, &["pause"]);
    assert_snapshot!(plain(&ran));
    assert!(!here.state().exists());
    let ran =
        here.run_in(SHOP, &["pause", "-m", "use token ghp_0123456789abcdefghijABCDEFGHIJ012345"]);
    assert_snapshot!(plain(&ran));
    assert!(!newest(&here).to_string().contains("ghp_0123"), "secrets are not kept");
    let told = here.start();
    assert!(told.contains("paused on purpose"), "{told}");
    let ran = here.run_in(SHOP, &["list"]);
    assert_snapshot!(plain(&ran));
}

#[test]
fn a_commit_holds_the_pause_alone() {
    let here = committed();
    fs::write(here.path("home/shop/staged.py"), "").unwrap();
    here.git(&["add", "staged.py"]);
    let ran = here.run_in(SHOP, &["pause", "-m", "half done", "--commit"]);
    assert_snapshot!(plain(&ran).replace(&today(), "DAY"));
    let files = here.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert!(files.trim().starts_with(".rejoin/pauses/") && files.lines().count() == 1, "{files}");
    assert_eq!(here.git(&["diff", "--cached", "--name-only"]).trim(), "staged.py");
    let json = here.run_in(SHOP, &["pause", "-m", "more", "--commit", "--json"]).json();
    assert_eq!(json["commit"]["branch"], "main");
    assert_eq!(json["commit"]["hash"], here.git(&["rev-parse", "HEAD"]).trim());
}

fn today() -> String {
    let day = newest_day();
    day.format("%Y-%m-%d").to_string()
}

fn newest_day() -> chrono::DateTime<chrono::Utc> {
    std::time::SystemTime::now().into()
}

/// Pauses with `--commit`; git must refuse, and nothing may be left of it.
fn refused(here: &Followed, staged: &str) -> String {
    let before = here.git(&["status", "--porcelain"]);
    let ran = here.run_in(SHOP, &["pause", "-m", "half done", "--commit"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert!(!here.path("home/shop/.rejoin").exists(), "{}", ran.all());
    assert_eq!(here.git(&["status", "--porcelain"]), before);
    assert!(before.contains(staged));
    assert_eq!(newest(here)["message"], "half done", "the pause is kept");
    plain(&ran)
}

/// Sets up a pre-commit hook.
fn pre_commit(here: &Followed, script: &str) -> PathBuf {
    let hook = here.path("home/shop/.git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    hook
}

#[test]
fn what_a_git_hook_adds_is_told() {
    let here = committed();
    pre_commit(&here, "echo more > more.py && git add more.py\n");
    let ran = here.run_in(SHOP, &["pause", "-m", "half done", "--commit"]);
    assert_snapshot!(plain(&ran).replace(&today(), "DAY"));
}

#[test]
fn what_git_says_of_a_signature_is_no_part_of_a_commit() {
    let here = committed();
    let gpg = here.path("gpg.sh");
    let script = "#!/bin/sh\ncase \"$*\" in\n*--verify*) echo 'gpg: Good signature' >&2;;\n\
                  *) cat >/dev/null; echo '[GNUPG:] SIG_CREATED ' >&2; printf 'signed\\n';;\nesac\n";
    fs::write(&gpg, script).unwrap();
    fs::set_permissions(&gpg, fs::Permissions::from_mode(0o755)).unwrap();
    here.git(&["config", "gpg.program", gpg.to_str().unwrap()]);
    here.git(&["config", "log.showSignature", "true"]);
    here.git(&["commit", "--quiet", "--allow-empty", "-S", "-m", "Sign the till"]);
    here.run_in(SHOP, &["pause", "-m", "signed"]);
    let pause = newest(&here);
    let commit = &pause["checkout"]["commits"][0];
    assert_eq!(commit["subject"], "Sign the till");
    let hash = commit["hash"].as_str().unwrap();
    assert!(hash.bytes().all(|b| b.is_ascii_hexdigit()), "{hash}");
}

#[test]
fn what_git_refuses_is_told_in_its_words() {
    let here = committed();
    fs::write(here.path("home/shop/staged.py"), "").unwrap();
    here.git(&["add", "staged.py"]);

    let hook = pre_commit(&here, "echo 'the linter found 3 errors' >&2\nexit 1\n");
    assert_snapshot!("a_hook_refuses", refused(&here, "A  staged.py"));

    fs::remove_file(&hook).unwrap();

    here.git(&["config", "--unset", "user.name"]);
    here.git(&["config", "user.useConfigOnly", "true"]);
    assert_snapshot!("nobody_is_the_author", refused(&here, "A  staged.py"));
    here.git(&["config", "user.name", "dev"]);

    fs::write(here.path("home/shop/.gitignore"), ".rejoin\n").unwrap();
    assert_snapshot!("the_folder_is_ignored", refused(&here, "A  staged.py"));
    fs::remove_file(here.path("home/shop/.gitignore")).unwrap();

    // A merge that waits for somebody.
    fs::write(here.path("home/shop/staged.py"), "main\n").unwrap();
    here.git(&["add", "staged.py"]);
    here.git(&["commit", "--quiet", "-m", "Stage"]);
    here.git(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    fs::write(here.path("home/shop/staged.py"), "side\n").unwrap();
    here.git(&["add", "staged.py"]);
    here.git(&["commit", "--quiet", "-m", "Stage otherwise"]);
    let merge =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| here.git(&["merge", "main"])));
    assert!(merge.is_err(), "both sides added it");
    assert_snapshot!("a_merge_is_in_progress", refused(&here, "AA staged.py"));
    let pause = newest(&here);
    assert_eq!(pause["checkout"]["in_progress"], "merge");
    assert_eq!(pause["checkout"]["unmerged"][0], "staged.py");
}

#[test]
fn a_detached_head_is_told() {
    let here = committed();
    here.git(&["checkout", "--quiet", "--detach"]);
    let ran = here.run_in(SHOP, &["pause", "-m", "half done", "--commit"]);
    assert_snapshot!(plain(&ran).replace(&today(), "DAY"));
    assert_eq!(newest(&here)["checkout"]["branch"], Value::Null);
}

#[test]
fn a_repository_without_commits_gets_its_first() {
    let here = Followed::new();
    here.git(&["config", "user.name", "dev"]);
    here.git(&["config", "user.email", "dev@example.invalid"]);
    let ran = here.run_in(SHOP, &["pause", "-m", "half done", "--commit"]);
    assert_snapshot!(plain(&ran).replace(&today(), "DAY"));
    assert_eq!(newest(&here)["checkout"]["head"], Value::Null);
}

#[test]
fn folders_without_a_work_tree_have_a_pause_and_no_commit() {
    let here = committed();
    fs::create_dir_all(here.path("home/plain")).unwrap();
    let ran = here.run_in("home/plain", &["pause", "-m", "half done", "--commit"]);
    assert_snapshot!("no_repository", plain(&ran));
    here.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let ran = here.run_in("home/bare.git", &["pause", "-m", "half done", "--commit"]);
    assert_snapshot!("a_bare_repository", plain(&ran));
}

#[test]
fn names_of_every_kind_are_kept() {
    let here = committed();
    let shop = here.path(SHOP);
    fs::write(shop.join("with space.py"), "").unwrap();
    fs::write(shop.join("with\nline end.py"), "").unwrap();
    fs::write(shop.join(OsStr::from_bytes(b"caf\xe9.py")), "").unwrap();
    fs::create_dir(here.path("home/sub")).unwrap();
    here.git(&["init", "--quiet", "../sub"]);
    here.git(&["-C", "../sub", "commit", "--quiet", "--allow-empty", "-m", "Start"]);
    here.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "../sub",
        "vendor/sub",
    ]);
    let ran = here.run_in(SHOP, &["pause", "-m", "half done"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let pause = newest(&here);
    assert_eq!(
        pause["checkout"]["untracked"],
        serde_json::json!(["caf\u{fffd}.py", "with\nline end.py", "with space.py"])
    );
    assert_eq!(pause["checkout"]["staged"], serde_json::json!([".gitmodules", "vendor/sub"]));
    let told = here.start();
    assert!(told.contains("`with line end.py`"), "{told}");
    // Inside the submodule, its own repository is what counts.
    let ran = here.run_in("home/shop/vendor/sub", &["pause", "-m", "in the submodule"]);
    assert!(ran.stdout.contains("branch"), "{}", ran.all());
}

#[test]
fn a_copy_is_written_for_people_or_programs() {
    let here = committed();
    let file = |name: &str| here.path(name).to_string_lossy().into_owned();
    let ran = here.run_in(SHOP, &["pause", "-m", "half done", "--export", &file("copy.json")]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let copy: Value = serde_json::from_slice(&fs::read(here.path("copy.json")).unwrap()).unwrap();
    assert_eq!(copy, newest(&here));
    let ran = here.run_in(SHOP, &["pause", "-m", "half done", "--export", &file("copy.json")]);
    assert_snapshot!(plain(&ran));
    let ran = here.run_in(SHOP, &["pause", "-m", "for people", "--export", &file("home")]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let id = newest(&here)["id"].as_str().unwrap().to_owned();
    let text = fs::read_to_string(here.path(&format!("home/{id}.md"))).unwrap();
    assert!(text.contains("for people"), "{text}");
}
