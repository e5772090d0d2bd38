//! `install/install.sh` with a toolchain that builds nothing: what it asks of cargo, rustc and
//! rustup, and what it hands to `rejoin install`.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use super::home::{EVENTS, Home, Ran};

/// Links for the targets named in `targets`, one a line, with `+crt-static` only when that stands
/// there too.
const RUSTC: &str = r#"#!/bin/sh
here=$(dirname "$0")
case $1 in -vV) echo "host: x86_64-unknown-linux-gnu"; exit 0;; esac
cat >/dev/null
for argument; do
    case $argument in
        x86_64-*) grep -qx -e "$argument" "$here/targets" || exit 1 ;;
        *crt-static) grep -qx -e "$argument" "$here/targets" || exit 1 ;;
    esac
done
"#;

const RUSTUP: &str = r#"#!/bin/sh
echo "rustup $*" >> "$(dirname "$0")/log"
echo "$3" >> "$(dirname "$0")/targets"
"#;

/// Copies what stands ready into the release folder of the target.
const CARGO: &str = r#"#!/bin/sh
here=$(dirname "$0")
case $1 in
    metadata) echo "{\"packages\":[],\"target_directory\":\"$here/target\",\"version\":1}" ;;
    build)
        echo "cargo $* RUSTFLAGS=${RUSTFLAGS-}" >> "$here/log"
        for target; do :; done
        mkdir -p "$here/target/$target/release"
        cp "$here"/../built/* "$here/target/$target/release/"
        ;;
esac
"#;

fn home(targets: &str) -> Home {
    let home = Home::new();
    for (name, text) in [("rustc", RUSTC), ("rustup", RUSTUP), ("cargo", CARGO)] {
        home.executable(&format!("../path/{name}"), text);
    }
    home.write("../path/targets", targets);
    let built = Path::new(env!("CARGO_BIN_EXE_rejoin"));
    fs::copy(built, home.path("../built/rejoin")).unwrap();
    for event in EVENTS {
        let name = format!("rejoin-hook-{event}");
        fs::copy(built.with_file_name(&name), home.path("../built").join(name)).unwrap();
    }
    home
}

/// The script, made to build: a source tree may hold archives that its owner made.
fn script(home: &Home, arguments: &[&str]) -> Ran {
    started(home, &[&["--from-source"], arguments].concat())
}

fn started(home: &Home, arguments: &[&str]) -> Ran {
    let mut command = Command::new("sh");
    home.furnish(&mut command);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/install/install.sh");
    home.ran(&command.arg(script).args(arguments).output().unwrap())
}

fn log(home: &Home) -> String {
    fs::read_to_string(home.path("../path/log")).unwrap_or_default()
}

#[test]
fn the_installed_musl_target_is_used_and_all_goes_to_the_user_s_folders() {
    let home = home("x86_64-unknown-linux-musl\n");
    let before = home.tree();
    let ran = script(&home, &[]).ok();
    // What the demo prints is its own test's; here it counts that it comes from what was installed.
    let (report, demo) = ran.stdout.split_once("\n\n").unwrap();
    assert!(demo.contains("This is what the next session is told:"), "{demo}");
    let last = demo.lines().last().unwrap();
    assert_snapshot!([report, "…", last, &log(&home)].join("\n"));
    for event in EVENTS {
        assert!(home.path(&format!(".local/share/rejoin/bin/rejoin-hook-{event}")).exists());
    }
    let mut installed = Command::new(home.path(".local/bin/rejoin"));
    home.furnish(&mut installed);
    home.ran(&installed.arg("doctor").output().unwrap()).ok();
    home.run(&["uninstall"]).ok();
    assert_eq!(home.tree(), before);
}

#[test]
fn options_are_passed_on() {
    let home = home("x86_64-unknown-linux-musl\n");
    home.write("project/.claude/settings.local.json", "{}");
    let arguments =
        ["--project", "--inject=notice", "--no-permissions", "-y", "--prefix", "../my dir"];
    script(&home, &arguments).ok();
    assert!(home.path("my dir/bin/rejoin").exists());
    assert!(!home.settings().exists());
    let text = home.read("project/.claude/settings.local.json");
    assert!(text.contains("rejoin-hook-stop") && !text.contains("permissions"));
    assert!(home.read(".local/state/rejoin/config.toml").contains("notice"));
}

#[test]
fn a_dry_run_changes_nothing() {
    let home = home("x86_64-unknown-linux-gnu\n");
    let before = home.tree();
    let ran = script(&home, &["--dry-run", "--yes"]).ok();
    assert_eq!(home.tree(), before);
    assert!(!log(&home).contains("rustup"), "{}", log(&home));
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_snapshot!([&lines[..4], &lines[lines.len() - 2..]].concat().join("\n"));
}

#[test]
fn the_musl_target_is_added_where_the_user_says_yes() {
    let home = home("x86_64-unknown-linux-gnu\n-C target-feature=+crt-static\n");
    script(&home, &["--yes"]).ok();
    assert_snapshot!(log(&home), @r"
    rustup target add x86_64-unknown-linux-musl
    cargo build --release --locked --bins --target x86_64-unknown-linux-musl RUSTFLAGS=
    ");
}

#[test]
fn without_the_musl_target_the_next_best_is_built_and_said() {
    let first = |ran: &Ran| ran.stdout.lines().next().unwrap_or_default().to_owned();
    let fixed = home("x86_64-unknown-linux-gnu\ntarget-feature=+crt-static\n");
    let said_static = first(&script(&fixed, &[]).ok());
    let plain = home("x86_64-unknown-linux-gnu\n");
    let said_plain = first(&script(&plain, &[]).ok());
    assert_snapshot!([said_static, log(&fixed), said_plain, log(&plain)].join("\n"));
}

#[test]
fn what_it_cannot_do_it_says() {
    let home = home("x86_64-unknown-linux-gnu\n");
    let odd = script(&home, &["--nonsense"]);
    assert_eq!((odd.code, odd.stdout.as_str()), (2, ""));
    assert_eq!(script(&home, &["--prefix"]).code, 2);
    fs::remove_file(home.path("../path/cargo")).unwrap();
    let without = script(&home, &[]);
    assert_eq!(without.code, 1);
    let help = started(&home, &["--help"]).ok();
    let first = odd.stderr.lines().next().unwrap_or_default();
    assert_snapshot!([first, &without.stderr, &help.stdout].join("\n"));
}

#[test]
fn a_refusal_of_rejoin_is_its_own_exit_code() {
    let home = home("x86_64-unknown-linux-gnu\n");
    home.claude("2.1.112 (Claude Code)");
    let ran = script(&home, &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("too old"), "{}", ran.all());
}

/// What `install/package.sh` would have made of a folder: an archive for this machine, and its checksum.
#[cfg(target_os = "linux")]
fn release(home: &Home, folder: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("rejoin-{version}-{}-unknown-linux-musl", std::env::consts::ARCH);
    let pack = format!(
        "mkdir releases && cp -R {folder} {name} && tar -c {name} | gzip -1 >releases/{name}.tar.gz && \
         cd releases && sha256sum *.tar.gz >SHA256SUMS"
    );
    let done =
        Command::new("sh").args(["-c", &pack]).current_dir(home.path("..")).status().unwrap();
    assert!(done.success());
    home.path("../releases").display().to_string()
}

#[test]
#[cfg(target_os = "linux")]
fn a_released_archive_is_taken_before_anything_is_built() {
    let home = home("");
    let before = home.tree();
    let folder = release(&home, "built");
    for program in ["cargo", "rustc", "rustup"] {
        fs::remove_file(home.path(&format!("../path/{program}"))).unwrap();
    }
    for releases in [folder.clone(), format!("file://{folder}")] {
        let ran = started(&home, &["--releases", &releases]).ok();
        assert!(ran.stdout.starts_with("installing from rejoin-"), "{}", ran.all());
        for event in EVENTS {
            assert!(home.path(&format!(".local/share/rejoin/bin/rejoin-hook-{event}")).exists());
        }
        home.run(&["uninstall"]).ok();
        assert_eq!(home.tree(), before);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_archive_that_differs_from_its_checksum_installs_nothing() {
    let home = home("x86_64-unknown-linux-gnu\n");
    let folder = release(&home, "home/project");
    let before = home.tree();
    let sums = fs::read_to_string(home.path("../releases/SHA256SUMS")).unwrap();
    let other = if sums.starts_with('0') { "1" } else { "0" };
    fs::write(home.path("../releases/SHA256SUMS"), format!("{other}{}", &sums[1..])).unwrap();
    let ran = started(&home, &["--releases", &folder]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert!(ran.stderr.contains("does not match its checksum"), "{}", ran.all());
    assert_eq!(home.tree(), before);
    assert_eq!(log(&home), "", "it was not built instead either");
}

#[test]
#[cfg(target_os = "linux")]
fn where_no_archive_fits_it_is_built() {
    let home = home("x86_64-unknown-linux-gnu\n");
    let folder = release(&home, "home/project");
    let sums = fs::read_to_string(home.path("../releases/SHA256SUMS")).unwrap();
    let later = sums.replace(env!("CARGO_PKG_VERSION"), "99.0.0");
    fs::write(home.path("../releases/SHA256SUMS"), later).unwrap();
    let ran = started(&home, &["--releases", &folder]).ok();
    assert!(ran.stdout.starts_with("no archive for "), "{}", ran.all());
    assert!(log(&home).contains("cargo build"), "{}", log(&home));
    let ran = started(&home, &["--releases", "/nowhere"]).ok();
    assert!(ran.stdout.starts_with("no archives in /nowhere"), "{}", ran.all());
}
