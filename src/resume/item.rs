//! Bodies of tracker items and task descriptions, by their headings.

/// What stands under a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What must not be, or holds throughout.
    Exclusion,
    /// What is to be made.
    Requirement,
    /// By what it is judged.
    Goal,
    /// Paths: which files, which sources.
    Paths,
    /// Anything else.
    Other,
}

/// One line of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) part: Part,
    pub(super) heading: &'a str,
    pub(super) text: &'a str,
    /// It stood behind a bullet or number.
    pub(super) listed: bool,
}

/// The lines of a body that say something, with the part they belong to. The relations that
/// trackers print below (parent, children, dependencies) are left out.
pub(super) fn lines(body: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let (mut part, mut heading) = (Part::Other, "");
    let mut first = true;
    for raw in body.lines() {
        let line = raw.trim();
        if line.is_empty() || line == "---" {
            continue;
        }
        if first {
            first = false;
            // The item's own title line.
            if !line.starts_with(['-', '*', '#']) {
                continue;
            }
        }
        if let Some(name) = heading_of(raw) {
            if is_relation(name) {
                part = Part::Paths;
            } else {
                part = part_of(name);
            }
            heading = name;
            continue;
        }
        if line.starts_with(['↳', '↑', '→', '←', '↔']) {
            continue;
        }
        let (text, listed) = unlist(line);
        if !text.is_empty() {
            out.push(Line { part, heading, text, listed });
        }
    }
    out
}

/// A line without its bullet, number or check box.
pub(super) fn unlist(line: &str) -> (&str, bool) {
    let line = line.trim();
    for bullet in ["- ", "* ", "• ", "– "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            let rest =
                ["[ ] ", "[x] ", "[X] "].iter().find_map(|b| rest.strip_prefix(b)).unwrap_or(rest);
            return (rest.trim(), true);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits)
        && let Some(rest) = line[digits..].strip_prefix(". ").or(line[digits..].strip_prefix(") "))
    {
        return (rest.trim(), true);
    }
    (line, false)
}

/// The words of a heading: `## X`, `**X**`, `X:` on a line of its own, or capitals.
pub(super) fn heading_of(raw: &str) -> Option<&str> {
    let line = raw.trim();
    if let Some(rest) = line.strip_prefix('#') {
        let rest = rest.trim_start_matches('#');
        return rest.starts_with(' ').then(|| rest.trim().trim_end_matches(':'));
    }
    if let Some(inner) =
        line.strip_prefix("**").and_then(|l| l.trim_end_matches(':').strip_suffix("**"))
    {
        return (!inner.contains("**")).then(|| inner.trim_end_matches(':'));
    }
    let words = line.split_whitespace().count();
    if raw.starts_with(char::is_whitespace)
        || line.starts_with(['-', '*', '•', '`', '↳'])
        || words > 5
    {
        return None;
    }
    if let Some(name) = line.strip_suffix(':') {
        return (!name.contains(['.', ',', '`', '"'])).then_some(name);
    }
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    (letters >= 4 && line.chars().all(|c| c.is_uppercase() || c.is_whitespace())).then_some(line)
}

fn is_relation(name: &str) -> bool {
    matches!(name, "PARENT" | "CHILDREN" | "DEPENDS ON" | "BLOCKS" | "RELATED" | "BLOCKED BY")
}

fn part_of(name: &str) -> Part {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if has(&[
        "no-go",
        "no go",
        "non-goal",
        "non goal",
        "out of scope",
        "not in scope",
        "constraint",
        "must not",
        "rabbit hole",
        "exclusion",
        "limitation",
        "restriction",
        "guardrail",
        "rules",
        "technical requirement",
        "do not",
        "don't",
    ]) {
        Part::Exclusion
    } else if has(&["output file", "source", "reference", "target area", "files", "link"]) {
        Part::Paths
    } else if has(&[
        "spec",
        "implement",
        "edge case",
        "requirement",
        "component",
        "task",
        "steps",
        "scope",
        "todo",
        "to do",
        "design",
        "approach",
    ]) {
        Part::Requirement
    } else if has(&[
        "acceptance",
        "success",
        "definition of done",
        "done when",
        "criteria",
        "goal",
        "expected",
    ]) {
        Part::Goal
    } else {
        Part::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_falls_into_its_parts() {
        let body = "○ x-1 · Title [P2]\nOwner: A\n\nDESCRIPTION\n## No-gos\n- No schema change.\n\n\
                    Technical specs:\n- Use `a`.\n  - nested\n1. Two\n\nPARENT\n  ↑ ○ x: epic\n";
        let got: Vec<_> = lines(body).iter().map(|l| (l.part, l.text)).collect();
        assert_eq!(
            got,
            [
                (Part::Other, "Owner: A"),
                (Part::Exclusion, "No schema change."),
                (Part::Requirement, "Use `a`."),
                (Part::Requirement, "nested"),
                (Part::Requirement, "Two"),
            ]
        );
    }
}
