//! Skills with one fault each.

use super::Home;

/// Folder, SKILL.md, where the fault is told, a word of it.
pub(super) const BROKEN: [(&str, &str, &str, &str); 36] = [
    ("no-front", "# No\n", "errors", "three dashes"),
    ("not-closed", "---\nname: not-closed\n", "errors", "not closed"),
    ("no-name", "---\ndescription: Use when x.\n---\nDo.\n", "errors", "`name` is missing"),
    (
        "no-description",
        "---\nname: no-description\n---\nDo.\n",
        "errors",
        "`description` is missing",
    ),
    ("empty", "", "errors", "three dashes"),
    (
        "extra-key",
        "---\nname: extra-key\ndescription: Use when x.\nversion: 1.0\n---\nDo.\n",
        "errors",
        "`version`",
    ),
    ("other-name", "---\nname: another\ndescription: Use when x.\n---\nDo.\n", "errors", "differs"),
    ("Upper", "---\nname: Upper\ndescription: Use when x.\n---\nDo.\n", "errors", "lower-case"),
    (
        "under_score",
        "---\nname: under_score\ndescription: Use when x.\n---\nDo.\n",
        "errors",
        "lower-case",
    ),
    ("-lead", "---\nname: -lead\ndescription: Use when x.\n---\nDo.\n", "errors", "hyphen"),
    ("trail-", "---\nname: trail-\ndescription: Use when x.\n---\nDo.\n", "errors", "hyphen"),
    (
        "two--hyphens",
        "---\nname: two--hyphens\ndescription: Use when x.\n---\nDo.\n",
        "errors",
        "two in a row",
    ),
    ("42", "---\nname: 42\ndescription: Use when x.\n---\nDo.\n", "errors", "quotes"),
    ("empty-name", "---\nname: \"\"\ndescription: Use when x.\n---\nDo.\n", "errors", "empty"),
    ("long-description", "LONG-DESCRIPTION", "errors", "1024"),
    (
        "empty-description",
        "---\nname: empty-description\ndescription: \" \"\n---\nDo.\n",
        "errors",
        "empty",
    ),
    (
        "null-description",
        "---\nname: null-description\ndescription:\n---\nDo.\n",
        "errors",
        "string",
    ),
    (
        "no-when",
        "---\nname: no-when\ndescription: Does things.\n---\nDo.\n",
        "warnings",
        "when to use",
    ),
    (
        "brackets",
        "---\nname: brackets\ndescription: Use when <b> is seen.\n---\nDo.\n",
        "warnings",
        "angle",
    ),
    ("compat", "LONG-COMPATIBILITY", "errors", "500"),
    (
        "license-list",
        "---\nname: license-list\ndescription: Use when x.\nlicense: [MIT]\n---\nDo.\n",
        "errors",
        "license",
    ),
    (
        "metadata-text",
        "---\nname: metadata-text\ndescription: Use when x.\nmetadata: v1\n---\nDo.\n",
        "errors",
        "metadata",
    ),
    (
        "tools-list",
        "---\nname: tools-list\ndescription: Use when x.\nallowed-tools: [Read]\n---\nDo.\n",
        "warnings",
        "one string",
    ),
    ("no-body", "---\nname: no-body\ndescription: Use when x.\n---\n\n", "warnings", "empty"),
    ("long-body", "LONG-BODY", "warnings", "500"),
    (
        "alias",
        "---\nname: alias\ndescription: &d Use when x.\nlicense: *d\n---\nDo.\n",
        "errors",
        "anchor",
    ),
    (
        "twice",
        "---\nname: twice\nname: twice\ndescription: Use when x.\n---\nDo.\n",
        "errors",
        "twice",
    ),
    ("tag", "---\nname: !!str tag\ndescription: Use when x.\n---\nDo.\n", "errors", "tag"),
    ("colon", "---\nname: colon\ndescription: Use when: x: y\n---\nDo.\n", "errors", "SKILL.md:3"),
    (
        "dead-link",
        "---\nname: dead-link\ndescription: Use when x.\n---\nSee [it](references/none.md).\n",
        "errors",
        "leads nowhere",
    ),
    (
        "way-out",
        "---\nname: way-out\ndescription: Use when x.\n---\nSee [it](../twice/SKILL.md).\n",
        "errors",
        "leaves the skill",
    ),
    (
        "absolute",
        "---\nname: absolute\ndescription: Use when x.\n---\nSee [it](/etc/hosts).\n",
        "errors",
        "leaves the skill",
    ),
    (
        "unreached",
        "---\nname: unreached\ndescription: Use when x.\n---\nDo.\n",
        "warnings",
        "leads to it",
    ),
    (
        "script",
        "---\nname: script\ndescription: Use when x.\n---\nRun `scripts/run.sh`.\n",
        "errors",
        "chmod",
    ),
    ("latin", "LATIN", "errors", "SKILL.md:2: it is not valid UTF-8"),
    ("folder", "FOLDER", "errors", "SKILL.md is a folder"),
];

pub(super) fn write_all(home: &Home) {
    for (name, text, ..) in BROKEN {
        let path = format!("broken/{name}/SKILL.md");
        let text = match text {
            "LONG-DESCRIPTION" => front(name, &format!("Use when {}.", "x".repeat(1_024))),
            "LONG-COMPATIBILITY" => format!(
                "---\nname: {name}\ndescription: Use when x.\ncompatibility: {}\n---\nDo.\n",
                "x".repeat(501)
            ),
            "LONG-BODY" => front(name, "Use when x.") + &"Do.\n".repeat(500),
            "LATIN" => {
                home.write(&path, b"---\nname: latin\xe9\n---\nDo.\n");
                continue;
            }
            "FOLDER" => {
                home.write(&format!("{path}/inside.md"), "x");
                continue;
            }
            text => text.to_owned(),
        };
        home.write(&path, text);
    }
    home.write("broken/unreached/references/lost.md", "Nobody comes here.\n");
    home.write("broken/script/scripts/run.sh", "#!/bin/sh\n");
}

fn front(name: &str, description: &str) -> String {
    format!("---\nname: {name}\ndescription: {description}\n---\nDo.\n")
}
