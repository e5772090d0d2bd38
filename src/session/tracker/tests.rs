use proptest::prelude::*;

use super::*;
use crate::session::command::parts;

fn one(command: &str) -> Call {
    parts(command).iter().find_map(call).unwrap_or_else(|| panic!("no call in {command}"))
}

#[test]
fn calls_of_text_trackers() {
    let call = one("bd update app-x1.3 --status in_progress");
    assert_eq!(
        (call.verb, call.id.as_deref(), call.status.as_deref()),
        (Verb::Claim, Some("app-x1.3"), Some("in_progress"))
    );
    let call = one("bd close app-x1.3 --reason=\"Did it; all tests pass\" 2>&1");
    assert_eq!((call.verb, call.reason.as_deref()), (Verb::Close, Some("Did it; all tests pass")));
    let call = one("bd close a-1 a-2 -r done");
    assert_eq!(
        (call.id.as_deref(), call.others, call.reason.as_deref()),
        (Some("a-1"), vec!["a-2".to_owned()], Some("done"))
    );
    let call = one("bd create --title=\"Fix it\" --type=bug --priority=3 --parent=app-x1");
    assert_eq!(
        (call.verb, call.title.as_deref(), call.parent.as_deref(), call.id),
        (Verb::Create, Some("Fix it"), Some("app-x1"), None)
    );
    let call = one("bd create \"Fix that-one\" -t bug -p 1");
    assert_eq!(call.title.as_deref(), Some("Fix that-one"));
    assert_eq!(one("bd ready").verb, Verb::List);
    assert_eq!(
        (one("bd list --status=open").verb, one("bd list --status=open").status),
        (Verb::List, None)
    );
    assert_eq!(
        (one("bd show app-x1").verb, one("bd show app-x1").id.as_deref()),
        (Verb::Show, Some("app-x1"))
    );
    let call = one("bd dep add app-2 app-1");
    assert_eq!(
        (call.verb, call.id.as_deref(), call.others),
        (Verb::Depend, Some("app-2"), vec!["app-1".to_owned()])
    );
    assert_eq!(one("bd update app-1 --claim").verb, Verb::Claim);
    assert_eq!(one("bd update app-1 --status=closed").verb, Verb::Close);
    assert_eq!(one("bd update app-1 --priority 1").verb, Verb::Update);
}

#[test]
fn calls_of_other_trackers() {
    let call = one("gh issue close 12 --comment \"Fixed in main\" -R a/b");
    assert_eq!(
        (call.program.as_str(), call.verb, call.id.as_deref(), call.reason.as_deref()),
        ("gh issue", Verb::Close, Some("12"), Some("Fixed in main"))
    );
    let call = one("gh pr create --title 'Add x' --body \"$(cat <<'EOF'\nlong\nEOF\n)\"");
    assert_eq!(
        (call.program.as_str(), call.verb, call.title.as_deref(), call.reason),
        ("gh pr", Verb::Create, Some("Add x"), None)
    );
    assert_eq!(one("gh pr merge 7 --squash").verb, Verb::Close);
    let call = one("jira issue move ABC-12 \"In Progress\"");
    assert_eq!(
        (call.verb, call.id.as_deref(), call.status.as_deref()),
        (Verb::Claim, Some("ABC-12"), Some("In Progress"))
    );
    let call = one("task 12 done");
    assert_eq!((call.verb, call.id.as_deref()), (Verb::Close, Some("12")));
    assert_eq!(one("tk start tk-ab1").verb, Verb::Claim);
    let call = one("task-master set-status --id=3.1 --status=done");
    assert_eq!((call.verb, call.id.as_deref()), (Verb::Close, Some("3.1")));
    let call = one("backlog task edit 7 -s Done");
    assert_eq!((call.verb, call.id.as_deref()), (Verb::Close, Some("7")));
    assert_eq!(parts("make test").iter().find_map(super::call), None);
}

const SHOW: &str = "○ app-x1.3 · Colour the code blocks in the page   [● P2 · OPEN]\nOwner: A Person · Type: task\nCreated: 2026-01-01\n\nDESCRIPTION\nAdd colours.\n\n\
    Output files:\n- `assets/app.js` (modify)\n- `lib/app/page.ex` (modify)\n\nTechnical specs:\n- Install it.\n- In `assets/app.js`:\n  - skip nodes already done.\n\n\
    Edge cases:\n- Unknown tags fall back.\n\nArchitecture constraints:\n- No CDN.\n\nDefinition of Done:\n- All requirements are implemented.\n\n\n\
    PARENT\n  ↑ ○ app-x1: (EPIC) Make the page readable ● P2\n\nDEPENDS ON\n  → ✓ app-x1.2: Rebuild the page ● P2\n\nBLOCKS\n  ← ○ app-x1.4: Add tests for it, and a (small) note ● P2\n";

#[test]
fn a_shown_item_is_read_by_its_headings() {
    let body = body(SHOW);
    let item = body.item.clone().unwrap();
    assert_eq!(
        (item.id.as_str(), item.title.as_deref(), item.state, item.priority.as_deref()),
        ("app-x1.3", Some("Colour the code blocks in the page"), Some(State::Open), Some("P2"))
    );
    let headings: Vec<_> =
        body.sections.iter().map(|s| (s.heading.as_str(), s.class, s.lines.len())).collect();
    assert_eq!(
        headings,
        [
            ("DESCRIPTION", Heading::Other, 1),
            ("Output files", Heading::Files, 2),
            ("Technical specs", Heading::Requirement, 3),
            ("Edge cases", Heading::Requirement, 1),
            ("Architecture constraints", Heading::Exclusion, 1),
            ("Definition of Done", Heading::DefinitionOfDone, 1),
        ]
    );
    assert_eq!(body.lines(Heading::Exclusion).collect::<Vec<_>>(), ["No CDN."]);
    assert_eq!(body.paths(), ["assets/app.js", "lib/app/page.ex"]);
    let parent = body.parent.unwrap();
    assert_eq!(
        (parent.id.as_str(), parent.title.as_deref(), parent.kind.as_deref()),
        ("app-x1", Some("Make the page readable"), Some("epic"))
    );
    assert_eq!(
        (body.depends_on[0].id.as_str(), body.depends_on[0].state),
        ("app-x1.2", Some(State::Closed))
    );
    assert_eq!(body.blocks[0].title.as_deref(), Some("Add tests for it, and a (small) note"));
}

#[test]
fn headings_in_markdown() {
    let body = body(
        "○ app-x1 [EPIC] · All of it   [● P1 · OPEN]\n\nDESCRIPTION\n# Epic\n\n## No-gos\n- No new route.\n\n## Success Criteria\n- It works.\n\n## Implement\n1. Add a helper `X`:\n- `with(a)` wraps.\n\n---\nRig: x.\n\nCHILDREN\n  ↳ ○ app-x1.1: First ● P1\n  ↳ ◐ app-x1.2: Second ● P1\n",
    );
    let classes: Vec<_> = body.sections.iter().map(|s| s.class).collect();
    assert_eq!(classes, [Heading::Exclusion, Heading::Goal, Heading::Requirement, Heading::Other]);
    assert_eq!(body.item.unwrap().kind.as_deref(), Some("epic"));
    let children: Vec<_> = body.children.iter().map(|c| (c.id.as_str(), c.state)).collect();
    assert_eq!(children, [("app-x1.1", Some(State::Open)), ("app-x1.2", Some(State::InProgress))]);
}

#[test]
fn lists_of_many_forms() {
    let read = |text: &str| -> Vec<String> {
        items(text, &["app-x1.3"])
            .into_iter()
            .map(|i| {
                format!(
                    "{} {:?} {} {} {}",
                    i.id,
                    i.state,
                    i.kind.unwrap_or_default(),
                    i.priority.unwrap_or_default(),
                    i.title.unwrap_or_default()
                )
            })
            .collect()
    };
    assert_eq!(
        read(
            "📋 Ready work (2 issues with no blockers):\n\n1. [● P1] [epic] app-obz: Fix the terminal\n2. [● P2] [task] app-x1.2: Do (the) rest - well\n"
        ),
        ["app-obz None epic P1 Fix the terminal", "app-x1.2 None task P2 Do (the) rest - well"]
    );
    assert_eq!(
        read("◐ app-y5l.4 [● P2] [task] - Add --flag to setup (blocked by: app-y5l, app-y5l.1)\n"),
        ["app-y5l.4 Some(InProgress) task P2 Add --flag to setup"]
    );
    assert_eq!(
        read("12\tOPEN\tCrash on start\tbug\t2026-01-01\n"),
        ["#12 Some(Open) bug  Crash on start"]
    );
    assert_eq!(read("#7  Something broke  bug\n"), Vec::<String>::new());
    assert_eq!(read("#7: Something broke\n"), ["#7 None   Something broke"]);
    assert_eq!(read("Task\tABC-12\tDo it\tIn Progress\n"), ["ABC-12 Some(InProgress) task  Do it"]);
    assert_eq!(
        read("title:\tCrash\nstate:\tCLOSED\nnumber:\t12\n--\nbody"),
        ["#12 Some(Closed)   Crash"]
    );
    assert_eq!(
        read("- [x] app-x1.3: Write it\n- [ ] app-x1.4: Read it"),
        ["app-x1.3 Some(Closed)   Write it", "app-x1.4 Some(Open)   Read it"]
    );
}

#[test]
fn answers_to_changes_hold_no_titles() {
    let read = |text: &str| items(text, &["app-x1"]);
    let closed = read("✓ Closed app-x1: Enriched it. All tests pass.");
    assert_eq!((closed[0].state, closed[0].title.as_deref()), (Some(State::Closed), None));
    assert_eq!(read("✓ Updated issue: app-x1")[0].state, None);
    let created = read(
        "✓ Created issue: app-x1.5\n  Title: It drops a field\n  Priority: P3\n  Status: open\n",
    );
    assert_eq!(
        (
            created[0].id.as_str(),
            created[0].title.as_deref(),
            created[0].state,
            created[0].priority.as_deref()
        ),
        ("app-x1.5", Some("It drops a field"), Some(State::Open), Some("P3"))
    );
}

#[test]
fn prose_names_no_items() {
    for text in [
        "- Use end-to-end tests: they are good",
        "End-to-end OpenTelemetry tracing",
        "  at-least: x",
        "12 tests, 0 failures",
        "step-by-step guide",
        "ok-1 - x",
        "UTF-8 is the encoding",
        "See app-x1 in the list",
        "- well-known: yes",
        "* follow-up: ask",
    ] {
        assert_eq!(items(text, &[] as &[&str]), [], "{text}");
    }
}

#[test]
fn states_of_many_words() {
    for (word, state) in [
        ("○", State::Open),
        ("in_progress", State::InProgress),
        ("In Progress", State::InProgress),
        ("DONE", State::Closed),
        ("blocked", State::Blocked),
        ("[closed]", State::Closed),
    ] {
        assert_eq!(State::of(word), Some(state), "{word}");
    }
    assert_eq!(State::of("well"), None);
}

proptest! {
    #[test]
    fn never_panics_and_stays_bounded(
        pieces in prop::collection::vec(
            prop_oneof![
                any::<String>(), Just("○ app-x1 · é   [● P2 · OPEN]".to_owned()), Just("BLOCKS".to_owned()), Just("  ← ○ app-x2: y ● P2".to_owned()),
                Just("## Heading".to_owned()), Just("✓ Closed app-x1: é".to_owned()), Just("1\tOPEN\té\tx".to_owned()), Just("[é] app-1".to_owned()),
                Just("  Title: é".to_owned()), Just("✓ Created issue: app-x1".to_owned()), "[○◐✓\\[\\]()●·a-z:# -]{0,20}",
            ],
            0..20,
        )
    ) {
        let output = pieces.join("\n");
        let all = items(&output, &["app-x1"]);
        prop_assert!(all.iter().all(|i| !i.id.is_empty() && i.title.as_ref().is_none_or(|t| text::units(t) <= MAX_TITLE)));
        let body = body(&output);
        prop_assert!(body.sections.len() <= 40);
        for part in parts(&format!("bd {}", output.replace('\n', " "))) {
            let _ = call(&part);
        }
    }
}
