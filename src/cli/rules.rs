//! The permission rules that an install offers.

use std::path::Path;

use super::{Failure, places};

/// The rules that let Claude read a resume log, and use `rejoin show`, `rejoin note` and the deployed skills
/// about rejoin itself without a question (in the interface) or a refusal (under `-p`).
///
/// `skills` are those of the user's that are as bundled. Only they are allowed: of one name the user's skill
/// goes before a project's, so that the rule cannot let in a repository's skill and what it brings.
pub(super) fn wanted(state: &Path, skills: &[String]) -> Result<Vec<String>, Failure> {
    let mut rules = vec![read_rule(places::text(state)?)];
    // Read through a link is allowed only when the path as given and the real one both are.
    let real = read_rule(places::text(&places::real(state))?);
    if !rules.contains(&real) {
        rules.push(real);
    }
    rules.extend(["Bash(rejoin show:*)", "Bash(rejoin note:*)"].map(str::to_owned));
    rules.extend(skills.iter().map(|name| format!("Skill({name})")));
    Ok(rules)
}

/// A rule's pattern is absolute with two slashes; with one it is relative to the settings file.
fn read_rule(state: &str) -> String {
    let mut pattern = String::new();
    for c in state.chars() {
        match c {
            '[' | ']' | '*' if !cfg!(windows) => pattern.extend(['\\', c]),
            '\\' if cfg!(windows) => pattern.push('/'),
            ':' if cfg!(windows) => {}
            c => pattern.push(c),
        }
    }
    format!("Read(//{}/projects/**/resume.md)", pattern.trim_start_matches('/'))
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    #[cfg(unix)]
    fn rules_are_spelled_as_claude_code_matches_them() {
        assert_eq!(read_rule("/h/a b/é"), "Read(//h/a b/é/projects/**/resume.md)");
        assert_eq!(read_rule("/h/[x]*"), r"Read(//h/\[x\]\*/projects/**/resume.md)");
    }

    #[test]
    #[cfg(unix)]
    fn a_state_directory_behind_a_link_gets_a_rule_for_each_path() {
        let base = tempfile::tempdir().unwrap();
        let base = base.path().canonicalize().unwrap();
        fs::create_dir(base.join("real")).unwrap();
        std::os::unix::fs::symlink("real", base.join("link")).unwrap();
        let rules = wanted(&base.join("link/state"), &[]).unwrap();
        let read = |name: &str| read_rule(base.join(name).to_str().unwrap());
        assert_eq!(rules[..2], [read("link/state"), read("real/state")]);
        let rules = wanted(&base.join("real/state"), &["a-b".to_owned()]).unwrap();
        assert_eq!(rules.len(), 4);
        assert_eq!(rules[3], "Skill(a-b)");
    }
}
