//! Which build it is, and whether the parts fit.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use super::home::{Home, REJOIN};

/// Without what differs from build to build.
fn plain(text: &str) -> String {
    let mut text = text.replace(rejoin::release::TARGET, "TARGET").replace(REJOIN, "REJOIN");
    for (name, value) in [("COMMIT", rejoin::release::COMMIT), ("DATE", rejoin::release::DATE)] {
        if !value.is_empty() {
            text = text.replace(value, name);
        }
    }
    text
}

/// A home where the folder of executables is the search path: there is no `claude`.
fn bare(home: &Home, arguments: &[&str]) -> super::home::Ran {
    home.run_with(|command| command.args(arguments).env("PATH", home.path("bin")))
}

#[test]
fn the_build_is_named() {
    let home = Home::new();
    assert_eq!(home.run(&["-V"]).stdout, concat!("rejoin ", env!("CARGO_PKG_VERSION"), "\n"));
    let long = home.run(&["--version"]).stdout;
    assert_eq!(long, home.run(&["version"]).stdout);
    assert!(long.contains(rejoin::release::TARGET) && long.lines().count() == 2, "{long}");
    let json = home.run(&["version", "--json"]).json();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["target"], rejoin::release::TARGET);
    assert!(json.get("parts").is_none());
}

#[test]
fn nothing_else_is_installed() {
    let home = Home::new();
    assert_snapshot!("version_of_nothing", plain(&bare(&home, &["version", "--all"]).all()));
}

#[test]
#[cfg(unix)]
fn parts_that_fit_and_parts_that_do_not() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let claude = home.write("bin/claude", "#!/bin/sh\necho '2.1.330 (Claude Code)'\n");
    fs::set_permissions(&claude, fs::Permissions::from_mode(0o755)).unwrap();
    let folder = Path::new(REJOIN).parent().unwrap();
    let executables = home.path("home/.local/share/rejoin/bin");
    fs::create_dir_all(&executables).unwrap();
    for hook in &rejoin::settings::HOOKS {
        fs::copy(folder.join(hook.file_name()), executables.join(hook.file_name())).unwrap();
    }
    fs::copy(folder.join("rejoin-statusline"), executables.join("rejoin-statusline")).unwrap();
    let deployed = home.run(&["skills", "deploy", "--user"]);
    assert_eq!(deployed.code, 0, "{}", deployed.all());
    let ran = bare(&home, &["version", "--all"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let json = bare(&home, &["version", "--all", "--json"]).json();
    let parts = json["parts"].as_array().unwrap();
    let names: Vec<&str> = parts.iter().map(|part| part["part"].as_str().unwrap()).collect();
    assert_eq!(names, ["rejoin", "hooks", "status line", "skills", "claude"]);
    assert!(parts.iter().all(|part| part["fits"] == true), "{json}");
    assert_eq!(parts[1]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(parts[4]["version"], "2.1.330");

    // An older hook, and one that is missing; an older Claude Code.
    let stop = executables.join("rejoin-hook-stop");
    let mut bytes = fs::read(&stop).unwrap();
    let mark = format!("rejoin-build:{} ", env!("CARGO_PKG_VERSION"));
    let at = bytes.windows(mark.len()).position(|part| part == mark.as_bytes()).unwrap();
    bytes[at + "rejoin-build:".len()] = b'9';
    fs::write(&stop, bytes).unwrap();
    fs::write(&claude, "#!/bin/sh\necho '2.1.100 (Claude Code)'\n").unwrap();
    let ran = bare(&home, &["version", "--all"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("of another version than this `rejoin`"), "{}", ran.all());
    assert!(ran.stdout.contains("2.1.139 is the oldest"), "{}", ran.all());
    fs::remove_file(&stop).unwrap();
    let ran = bare(&home, &["version", "--all"]);
    let count = rejoin::settings::HOOKS.len();
    assert!(ran.stdout.contains(&format!("1 of {count} are not there")), "{}", ran.all());
}
