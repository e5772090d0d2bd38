//! Transcripts that are broken, and folders that lead astray: the rest counts.

use std::fs;

use super::home::{Home, response};

#[test]
fn broken_lines_are_skipped_counted_and_named_once() {
    let home = Home::new();
    let whole = response(1);
    let long = format!("{{\"type\":\"user\",\"text\":\"{}\"}}\n", "x".repeat(20 << 20));
    let parts: [&[u8]; 15] = [
        whole.as_bytes(),
        &whole.as_bytes()[..whole.len() / 2],
        b"\n",
        b"\0\0\0\0\0\0\n",
        // Zeros before a sound line: two lines in one, and only one of them lost.
        b"\0\0\0",
        response(2).leak().as_bytes(),
        b"{\"type\":\"assistant\",\"message\":{\"id\":\"a\",\"model\":\"m\",\"usage\":{\"input_tokens\":-1,\"output_tokens\":1}},\"timestamp\":\"2026-11-22T15:00:00Z\"}\n",
        response(3).replace(".000Z", "").leak().as_bytes(),
        b"\xff\xfe\xfa\n",
        b"not json\n",
        long.as_bytes(),
        b"\r\n",
        response(4).replace('\n', "\r\n").leak().as_bytes(),
        b"{\"type\":\"user\",\"message\":{\"content\":\"\xff\xfe\"},\"usage\":1}\n",
        // Cut off, with the next line appended to it.
        &response(5).leak().as_bytes()[..40],
    ];
    home.write("-p/a.jsonl", parts.concat());
    let report = home.json(&["--by", "session"]);
    assert_eq!(report["totals"]["input_tokens"], 1 + 2 + 4);
    assert_eq!(report["skipped"]["lines"], 8 + 1);
    let ran = home.usage(&[]);
    assert_eq!(ran.stdout.matches("9 lines skipped, see rejoin doctor").count(), 1);
    assert_eq!(ran.stderr, "");
    let csv = home.usage(&["--csv"]);
    assert_eq!(csv.stderr, "9 lines skipped, see rejoin doctor.\n");
}

#[test]
fn doctor_names_the_lines_that_do_not_count_and_why() {
    let home = Home::new();
    let flawed = |from: &str, to: &str| {
        let whole = response(9);
        assert!(whole.contains(from), "{from}");
        whole.replacen(from, to, 1)
    };
    let torn = &response(2)[..100];
    let lines = [
        format!("{}{torn}\n{}", response(1), flawed(":10,", ":-10,")),
        format!("\n\0\0\0{}{}", response(3), flawed("\"id\":\"msg_9\",", "")),
        format!("{}{}", flawed(".000Z", ""), flawed("\"model\":\"claude-opus-4-6\",", "")),
    ];
    home.write("-p/a.jsonl", lines.concat());
    let long = format!("{{\"type\":\"user\",\"text\":\"{}\"}}\n", "x".repeat(9 << 20));
    let totals = r#"{"type":"cost-state","startTime":-1,"modelUsage":{}}"#;
    home.write("-p/b.jsonl", format!("{}{long}{totals}\n{torn}", response(4)));
    home.write("-q/c.jsonl", response(5));
    let check = home.doctor();
    assert_eq!(check["findings"], serde_json::json!([]));
    assert_eq!(
        check["detail"],
        "9 lines of 2 transcripts can't be read and do not count in `rejoin usage`; the rest is right"
    );
    let folder = home.projects().canonicalize().unwrap().join("-p").display().to_string();
    let notes: Vec<String> = check["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note.as_str().unwrap().replace(&folder, "-p"))
        .collect();
    insta::assert_snapshot!("doctor", notes.join("\n"));
    // As many as `usage` says.
    assert_eq!(home.json(&[])["skipped"]["lines"], 9);

    // However many there are, a few are named.
    for number in 0..10 {
        home.write(&format!("-r/{number}.jsonl"), format!("{torn}\n").repeat(100));
    }
    let notes = home.doctor()["notes"].as_array().unwrap().clone();
    assert_eq!(notes.len(), 20 + 1);
    assert_eq!(notes[20], format!("and {} more", 9 + 1000 - 20));
}

#[test]
fn two_lines_run_into_one_are_not_read_as_one_response() {
    // A crash tore the first line inside its content; the second was appended to it.
    let home = Home::new();
    let content = |number: u32| {
        let text = format!("[{{\"type\":\"text\",\"text\":\"{}\"}}]", "words ".repeat(200));
        response(number).replace("[]", &text).replace("\"usage\"", "\"stop_reason\":null,\"usage\"")
    };
    let (torn, whole) = (content(100), content(7));
    home.write("-p/a.jsonl", format!("{}{whole}{}", &torn[..500], content(20)));
    let report = home.json(&[]);
    assert_eq!(report["totals"]["input_tokens"], 20);
    assert_eq!(report["skipped"]["lines"], 1);
}

#[test]
fn a_response_behind_a_torn_prompt_is_lost_but_not_unnoticed() {
    let home = Home::new();
    let prompt =
        r#"{"parentUuid":"p","type":"user","message":{"role":"user","content":"what was typed bef"#;
    home.write("-p/a.jsonl", format!("{prompt}{}{}", response(7), response(20)));
    let report = home.json(&[]);
    assert_eq!(report["totals"]["input_tokens"], 20);
    assert_eq!(report["skipped"]["lines"], 1);
}

#[test]
fn look_alikes_inside_content_are_content() {
    let home = Home::new();
    let inner = r#"[{"type":"tool_use","input":{"content":[1],"stop_reason":"x","usage":{"input_tokens":900,"output_tokens":900}}},{"type":"text","text":"]"}]"#;
    let filler = format!("{},\"filler\":\"{}\"", "\"n\":1", "f".repeat(600));
    let inner = inner.replace("\"content\":[1]", &format!("{filler},\"content\":[1]"));
    // The message's own end is not the last thing that looks like one, or is missing.
    for stop in [r#""stop_reason":"tool_use","usage""#, r#""usage""#] {
        let line = response(3)
            .replace("[]", &inner)
            .replace("\"usage\":{\"input_tokens\":3", &format!("{stop}:{{\"input_tokens\":3"));
        home.write("-p/a.jsonl", line);
        let report = home.json(&[]);
        assert_eq!(report["totals"]["input_tokens"], 3);
        assert_eq!(report["totals"]["output_tokens"], 10);
        assert_eq!(report["skipped"]["lines"], 0);
    }
}

#[test]
fn a_response_that_quotes_a_user_s_line_is_a_response() {
    let home = Home::new();
    let inner = r#"[{"type":"tool_use","input":{"type":"user","message":{"role":"user"}}}]"#;
    let line = response(3).replace("[]", inner).replace("\"id\"", "\"role\":\"assistant\",\"id\"");
    let early = line.find("\"type\":\"user\",\"message\":{\"role\":\"user\"").unwrap();
    assert!(early < 200, "early enough to be taken for the line's own");
    // And its usage is far from its end.
    home.write("-p/a.jsonl", line.replace("/demo", &"/demo".repeat(1000)));
    assert_eq!(home.json(&[])["totals"]["input_tokens"], 3);
}

#[test]
fn an_empty_or_missing_history_is_no_failure() {
    let home = Home::new();
    let ran = home.usage(&[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "No usage found.\n"));
    home.write("-p/a.jsonl", "");
    home.write("-p/memory/notes.md", "\"usage\"");
    assert_eq!(home.usage(&[]).stdout, "No usage found.\n");
    assert_eq!(home.json(&[])["totals"]["responses"], 0);
}

#[test]
fn spilled_outputs_are_no_transcripts() {
    let home = Home::new();
    home.write("-p/s/tool-results/output.jsonl", response(1));
    home.write("-p/s/subagents/agent-1.jsonl", response(2));
    assert_eq!(home.json(&[])["totals"]["input_tokens"], 2);
}

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_loops_end() {
    use std::os::unix::fs::symlink;
    let home = Home::new();
    home.write("-p/a.jsonl", response(1));
    let project = home.projects().join("-p");
    symlink(&project, project.join("again")).unwrap();
    symlink(home.projects(), project.join("up")).unwrap();
    symlink("self", project.join("self")).unwrap();
    symlink(project.join("gone"), project.join("gone.jsonl")).unwrap();
    // A project kept elsewhere, under the name that the link has.
    let elsewhere = home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("b.jsonl"), response(2)).unwrap();
    symlink(&elsewhere, home.projects().join("-linked")).unwrap();
    // The second place to look in, which is the first again.
    fs::create_dir(home.path().join(".config")).unwrap();
    symlink(home.path().join(".claude"), home.path().join(".config/claude")).unwrap();
    let report = home.json(&["--by", "project"]);
    assert_eq!(report["totals"]["responses"], 2);
    let keys: Vec<&str> =
        report["rows"].as_array().unwrap().iter().map(|r| r["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["-linked", "-p"]);
    assert_eq!(report["skipped"]["unreadable"], 0);
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_counted_and_the_rest_counts() {
    use std::os::unix::fs::symlink;
    let home = Home::new();
    home.write("-p/a.jsonl", response(1));
    // A file that can be opened and not read, whoever asks.
    symlink("/proc/self/mem", home.projects().join("-p/b.jsonl")).unwrap();
    // One that would never end.
    let pipe = home.projects().join("-p/c.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let report = home.json(&[]);
    assert_eq!(report["totals"]["responses"], 1);
    assert_eq!(report["skipped"]["unreadable"], 1);
    assert!(home.usage(&[]).stdout.contains("1 unreadable file skipped, see rejoin doctor."));
    let found = home.doctor()["findings"].clone();
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    let what = found[0]["what"].as_str().unwrap();
    assert!(what.contains("/-p/b.jsonl can't be read: "), "{what}");
}

#[cfg(unix)]
#[test]
fn what_is_closed_to_us_is_counted_and_the_rest_counts() {
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    let home = Home::new();
    home.write("-open/a.jsonl", response(1));
    let file = home.write("-open/closed.jsonl", response(2));
    let folder = home.write("-closed/b.jsonl", response(4)).parent().unwrap().to_owned();
    for path in [&file, &folder] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    }
    let rejoin = home.path().join("rejoin");
    fs::copy(env!("CARGO_BIN_EXE_rejoin"), &rejoin).unwrap();
    let mut command = std::process::Command::new(&rejoin);
    command.args(["usage", "--json"]).env_clear().env("HOME", home.path());
    command.env("REJOIN_HOME", home.path().join("state")).current_dir(home.path());
    // To the superuser nothing is closed: the command runs as somebody else.
    if fs::metadata(home.path()).is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0) {
        for path in [home.path(), &home.path().join(".claude"), &home.projects(), &rejoin] {
            chown(path, Some(65534), Some(65534)).unwrap();
        }
        for path in [&file, &folder, &home.projects().join("-open")] {
            chown(path, Some(65534), Some(65534)).unwrap();
        }
        command.uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["totals"]["input_tokens"], 1);
    assert_eq!(report["skipped"]["unreadable"], 2);
}

/// A line of 100 MB is passed over in bounded memory.
#[cfg(target_os = "linux")]
#[test]
fn a_line_of_a_hundred_megabytes_takes_no_memory() {
    let home = Home::new();
    let long = format!("{{\"type\":\"user\",\"text\":\"{}\"}}\n", "x".repeat(100 << 20));
    home.write("-p/a.jsonl", format!("{}{long}{}", response(1), response(2)));
    drop(long);
    let line = format!(
        "ulimit -v 130000 && exec {} usage --json --no-cache",
        env!("CARGO_BIN_EXE_rejoin")
    );
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", &line]).env_clear().env("HOME", home.path());
    let output = command.output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["totals"]["input_tokens"], 3);
    assert_eq!(report["skipped"]["lines"], 1);
}
